import { pngChunks } from '../../src/core/write/png/pngChunks';
import { pngText } from '../../src/core/write/png/pngText';

/** Puts a text into a whole PNG, where our own have it. */
export function embedInPng(png: Buffer, text: string): Buffer {
  const pixels = [...pngChunks(png)].find(({ type }) => type === 'IDAT');
  if (!pixels) throw new RangeError('expected a PNG with pixels');
  return Buffer.concat([png.subarray(0, pixels.start), pngText(text), png.subarray(pixels.start)]);
}
