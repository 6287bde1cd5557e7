import type { Picture } from '../../model/image';
import { PngEncoder } from './pngEncoder';

/** A whole picture as PNG; see `PngEncoder`. */
export function encodePng(picture: Picture, dpi?: number, embedded?: string): Buffer {
  const encoder = new PngEncoder(picture, dpi, embedded);
  return Buffer.concat([...encoder.add(picture.rgb), encoder.end()]);
}
