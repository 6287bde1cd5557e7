import { crc32 } from 'node:zlib';
import { embeddedKeyword } from '../model/embeddedRecipe';
import { pngChunks } from './pngChunks';

/**
 * Puts a text into a whole PNG, as an iTXt chunk (third edition, 11.3.3.4) before the pixels, uncompressed, so that it can
 * be read with the simplest of tools.
 * @param text absent: the file stays as it is
 */
export function embedInPng(png: Buffer, text: string | undefined): Buffer {
  if (text === undefined) return png;
  const pixels = [...pngChunks(png)].find(({ type }) => type === 'IDAT');
  if (!pixels) throw new RangeError('expected a PNG with pixels');
  return Buffer.concat([png.subarray(0, pixels.start), textChunk(text), png.subarray(pixels.start)]);
}

function textChunk(text: string): Buffer {
  // After the keyword: not compressed, by no method, in no language, the keyword not translated.
  const data = Buffer.from(`iTXt${embeddedKeyword}\0\0\0\0\0${text}`, 'utf8');
  const chunk = Buffer.alloc(data.length + 8);
  chunk.writeUInt32BE(data.length - 4, 0);
  data.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(data), chunk.length - 4);
  return chunk;
}
