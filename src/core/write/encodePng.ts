import { crc32, constants, deflateSync } from 'node:zlib';
import type { Picture } from '../model/image';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Runs of equal bytes and Huffman codes: for pictures nearly as small as the full search, several times as fast. */
const deflateOptions = { level: 1, strategy: constants.Z_RLE } as const;

/** Rows that are tried to find out which filter makes the smaller file. */
const sampledRows = 16;

const filters = { none: 0, sub: 1 } as const;
type Filter = keyof typeof filters;

/**
 * Encodes a picture as PNG of 8 bits per colour without alpha; every pixel is kept, equal pixels give equal bytes under one
 * version of Node. Source: PNG, third edition, sections 7 to 10.
 * @param dpi pixels per inch on paper, written as whole pixels per metre; absent: the file says nothing of paper
 */
export function encodePng(picture: Picture, dpi?: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.widthPx, 0);
  header.writeUInt32BE(picture.heightPx, 4);
  header.writeUInt8(8, 8); // Bits per sample.
  header.writeUInt8(2, 9); // Red, green and blue.
  const rows = filterRows(picture, chooseFilter(picture));
  const pixels = deflateSync(rows, { ...deflateOptions, chunkSize: Math.max(2 ** 14, rows.length >> 2) });
  return Buffer.concat([
    signature,
    ...chunk('IHDR', header),
    ...(dpi === undefined ? [] : chunk('pHYs', physicalSize(dpi))),
    ...chunk('IDAT', pixels),
    ...chunk('IEND', Buffer.alloc(0)),
  ]);
}

const metresPerInch = 0.0254;

/** All that PNG can say of paper: section 11.3.4.3. */
function physicalSize(dpi: number): Buffer {
  const pixelsPerMetre = Math.round(dpi / metresPerInch);
  const content = Buffer.alloc(9);
  content.writeUInt32BE(pixelsPerMetre, 0);
  content.writeUInt32BE(pixelsPerMetre, 4);
  content.writeUInt8(1, 8); // The unit is the metre.
  return content;
}

/** A chunk in three pieces: what stands before its content, that, and what stands after it. */
function chunk(type: string, content: Buffer): Buffer[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length, 0);
  head.write(type, 4, 'latin1');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content, crc32(head.subarray(4))), 0);
  return [head, content, checksum];
}

/** Noise is smaller as differences, black between cells without: some rows of the picture itself say which. */
function chooseFilter(picture: Picture): Filter {
  const { widthPx, heightPx, rgb } = picture;
  const length = widthPx * 3;
  const count = Math.min(heightPx, sampledRows);
  const plain = new Uint32Array(256);
  const differences = new Uint32Array(256);
  for (let i = 0; i < count; i++) {
    const start = Math.floor(((i + 0.5) * heightPx) / count) * length;
    let [last, lastDifference] = [-1, -1];
    for (let o = start + 3; o < start + length; o++) {
      const value = rgb[o];
      const difference = (value - rgb[o - 3]) & 255;
      // Runs cost next to nothing.
      if (value !== last) plain[(last = value)]++;
      if (difference !== lastDifference) differences[(lastDifference = difference)]++;
    }
  }
  return bitsOf(differences) < bitsOf(plain) ? 'sub' : 'none';
}

/** What a perfect code takes for values that occur so often (Shannon's entropy). */
function bitsOf(counts: Uint32Array): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / all);
  return bits;
}

/** Used again for every picture: taken anew, it would keep the garbage collector busy. */
let scratch = new Uint8Array(0);

/**
 * The rows of a picture, each after the number of its filter.
 * @returns memory that the next picture uses again
 */
function filterRows({ widthPx, heightPx, rgb }: Picture, filter: Filter): Uint8Array {
  const length = widthPx * 3;
  const bytes = heightPx * (length + 1);
  if (scratch.length < bytes) scratch = new Uint8Array(bytes);
  const rows = scratch.subarray(0, bytes);
  for (let y = 0; y < heightPx; y++) {
    const row = rgb.subarray(y * length, (y + 1) * length);
    const start = y * (length + 1);
    rows[start] = filters[filter];
    rows.set(row, start + 1);
    if (filter === 'none') continue;
    for (let i = 3, o = start + 4; i < length; i++, o++) rows[o] = row[i] - row[i - 3];
  }
  return rows;
}
