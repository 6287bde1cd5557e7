import { embeddedKeyword } from '../../model/embeddedRecipe';
import { pngChunk } from './pngChunk';

/**
 * A text in a PNG, as an iTXt chunk (third edition, 11.3.3.4), uncompressed, so that it can be read with the simplest of
 * tools. It stands before the pixels.
 */
export function pngText(text: string): Buffer {
  // After the keyword: not compressed, by no method, in no language, the keyword not translated.
  return pngChunk('iTXt', Buffer.from(`${embeddedKeyword}\0\0\0\0\0${text}`, 'utf8'));
}
