import assert from 'node:assert/strict';
import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { Random } from '../../sample/random';
import type { Picture } from '../../src/core/model/image';
import { encodePicture } from '../support/encodeWhole';
import { pngChunks } from '../../src/core/write/png/pngChunks';
import { PngEncoder } from '../../src/core/write/png/pngEncoder';

const random = new Random(20261130, 'png');

function picture(widthPx: number, heightPx: number, value: (i: number) => number): Picture {
  return { widthPx, heightPx, rgb: Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => value(i)) };
}
const noise = (): number => random.uint32();

/** The picture from row `top` on, in the given numbers of rows, over and over again. */
function inBands({ widthPx, heightPx, rgb }: Picture, ...rows: readonly number[]): Buffer {
  const encoder = new PngEncoder({ widthPx, heightPx });
  const pieces: Buffer[] = [];
  for (let y = 0, i = 0; y < heightPx; y += rows[i++ % rows.length]) {
    const end = Math.min(heightPx, y + rows[i % rows.length]);
    pieces.push(...encoder.add(rgb.subarray(3 * widthPx * y, 3 * widthPx * end)));
  }
  return Buffer.concat([...pieces, encoder.end()]);
}

function pixelChunks(png: Buffer): Buffer[] {
  return [...pngChunks(png)].filter(({ type }) => type === 'IDAT').map(({ data }) => data);
}

/** The filters of the rows, and the pixels, by zlib and the definition of filters (third edition, 9.2). */
function decodeRows(png: Buffer, widthPx: number): { filters: number[]; rgb: Buffer } {
  const rows = inflateSync(Buffer.concat(pixelChunks(png)));
  const length = 3 * widthPx;
  const filters: number[] = [];
  const pixels: Buffer[] = [];
  for (let at = 0; at < rows.length; at += length + 1) {
    const row = rows.subarray(at + 1, at + 1 + length);
    filters.push(rows[at]);
    if (rows[at] === 1) for (let x = 3; x < length; x++) row[x] += row[x - 3];
    pixels.push(row);
  }
  return { filters, rgb: Buffer.concat(pixels) };
}

async function assertKept(image: Picture, png: Buffer): Promise<void> {
  const { data, info } = await sharp(png, { limitInputPixels: false }).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [image.widthPx, image.heightPx, 3]);
  assert.ok(data.equals(image.rgb), 'sharp finds the pixels');
  assert.ok(decodeRows(png, image.widthPx).rgb.equals(image.rgb), 'zlib finds the pixels');
}

describe('encoding a PNG in segments', () => {
  const slope = (i: number): number => i >> 4;
  const kinds: Record<string, Picture> = {
    '1 × 1': picture(1, 1, noise),
    '100 000 × 1': picture(100_000, 1, slope),
    '1 × 300 000': picture(1, 300_000, noise),
    '400 000 × 3, a row to a segment': picture(400_000, 3, noise),
    black: picture(1000, 900, () => 0),
  };
  for (const [name, image] of Object.entries(kinds)) {
    it(`keeps every pixel: ${name}`, async () => assertKept(image, await encodePicture(image, 'png')));
  }

  // Of 1000 pixels, 3001 bytes a row: 350 rows are the first that have more than 2²⁰ bytes.
  for (const [heightPx, rowsOf] of [
    [349, [349]],
    [350, [350]],
    [351, [350, 1]],
    [700, [350, 350]],
    [701, [350, 350, 1]],
  ] as const) {
    it(`has segments of 350 rows, each by itself: 1000 × ${heightPx}`, async () => {
      const image = picture(1000, heightPx, noise);
      const png = await encodePicture(image, 'png');
      await assertKept(image, png);
      const chunks = pixelChunks(png);
      // RFC 1950: deflate without a dictionary before all of them, a checksum behind.
      assert.deepEqual([...chunks[0].subarray(0, 2)], [0x78, 1]);
      chunks[0] = chunks[0].subarray(2);
      const pieces = chunks.map((piece) => inflateRawSync(piece, { finishFlush: constants.Z_SYNC_FLUSH }));
      assert.deepEqual(
        pieces.map(({ length }) => length / 3001),
        rowsOf,
      );
    });
  }

  it('writes the same bytes however the rows come', async () => {
    const image = picture(1000, 1100, (i) => (i < 1_500_000 ? noise() & 15 : i & 64));
    const png = await encodePicture(image, 'png');
    for (const rows of [[1], [7], [349], [350], [351], [1100], [0, 1, 699, 2]]) {
      assert.ok(inBands(image, ...rows).equals(png), `bands of ${rows.join()} rows`);
    }
  });

  it('gives each segment the filter with which it is smaller', async () => {
    // The first 350 rows rise gently, which differences make nearly constant; spots on black are shorter as they are.
    const image = picture(1000, 700, (i) => (i < 350 * 3000 ? (i % 3000) >> 4 : random.chance(0.02) ? noise() : 0));
    const { filters } = decodeRows(await encodePicture(image, 'png'), 1000);
    assert.deepEqual([new Set(filters.slice(0, 350)), new Set(filters.slice(350))], [new Set([1]), new Set([0])]);
  });

  it('refuses rows that are not whole or too many, and an end before the last', () => {
    const encoder = new PngEncoder({ widthPx: 2, heightPx: 3 });
    assert.throws(() => encoder.add(new Uint8Array(7)), RangeError);
    assert.throws(() => encoder.add(new Uint8Array(24)), RangeError);
    encoder.add(new Uint8Array(12));
    assert.throws(() => encoder.end(), /1 missing/);
    assert.throws(() => encoder.add(new Uint8Array(12)), RangeError);
    encoder.add(new Uint8Array(6));
    assert.equal(encoder.end().toString('hex'), '0000000049454e44ae426082');
  });
});
