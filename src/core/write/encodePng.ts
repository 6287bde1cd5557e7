import { crc32 } from 'node:zlib';
import type { Picture } from '../model/image';
import { mostDeflated, RunDeflater } from './runDeflater';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** So much is compressed with one code: it follows the picture, and its rows stay in the processor's caches. */
const blockBytes = 2 ** 18;

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
  const { widthPx, heightPx } = picture;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.writeUInt8(8, 8); // Bits per sample.
  header.writeUInt8(2, 9); // Red, green and blue.
  const head = [signature, chunk('IHDR', header), ...(dpi === undefined ? [] : [chunk('pHYs', physicalSize(dpi))])];
  const pixelsAt = head.reduce((sum, { length }) => sum + length, 0);

  const rowBytes = 3 * widthPx + 1;
  const blockRows = Math.max(1, Math.floor(blockBytes / rowBytes));
  const most = mostDeflated(Math.ceil(heightPx / blockRows), heightPx * rowBytes);
  const file = Buffer.allocUnsafeSlow(pixelsAt + most + 2 * chunkFrameBytes);
  let start = 0;
  for (const part of head) start += part.copy(file, start);

  const deflater = new RunDeflater(file, pixelsAt + 8);
  const filter = chooseFilter(picture);
  const rows = new Uint8Array(Math.min(heightPx, blockRows) * rowBytes);
  for (let y = 0; y < heightPx; y += blockRows) {
    const count = Math.min(blockRows, heightPx - y);
    filterRows(picture, filter, y, count, rows);
    deflater.addBlock(rows.subarray(0, count * rowBytes));
  }
  const end = deflater.end();
  closeChunk(file, 'IDAT', pixelsAt, end);
  return file.subarray(0, end + 4 + chunk('IEND', Buffer.alloc(0)).copy(file, end + 4));
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

/** Length and type before a chunk's content, its checksum after it. */
const chunkFrameBytes = 12;

function chunk(type: string, content: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(content.length + chunkFrameBytes);
  content.copy(whole, 8);
  closeChunk(whole, type, 0, content.length + 8);
  return whole;
}

/** Writes what stands around a chunk's content, which ends at `end`. */
function closeChunk(file: Buffer, type: string, start: number, end: number): void {
  file.writeUInt32BE(end - start - 8, start);
  file.write(type, start + 4, 'latin1');
  file.writeUInt32BE(crc32(file.subarray(start + 4, end)), end);
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

/** Some rows of a picture, from `top`, each after the number of its filter. */
function filterRows({ widthPx, rgb }: Picture, filter: Filter, top: number, count: number, rows: Uint8Array): void {
  const length = widthPx * 3;
  let o = 0;
  for (let i = top * length; i < (top + count) * length;) {
    rows[o++] = filters[filter];
    const end = i + length;
    if (filter === 'none') {
      rows.set(rgb.subarray(i, end), o);
      o += length;
      i = end;
      continue;
    }
    for (const second = i + 3; i < second; i++) rows[o++] = rgb[i];
    for (; i < end; i++) rows[o++] = rgb[i] - rgb[i - 3];
  }
}
