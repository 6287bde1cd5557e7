import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { isExportError } from '../../src/core/model/exportError';
import type { Picture } from '../../src/core/model/image';
import { openTiff } from '../../src/core/read/tiff/openTiff';
import { readTiffRegion } from '../../src/core/read/tiff/readTiffRegion';
import { type PictureFormat, requireEncodable, requireInMemory } from '../../src/core/write/pictureEncoder';
import { encodePicture } from '../support/encodeWhole';
import { temporaryFolder } from '../support/temporaryFolder';

function picture(widthPx: number, heightPx: number, value: (i: number) => number): Picture {
  return { widthPx, heightPx, rgb: Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => value(i)) };
}

/** Bytes without a pattern, the same in every run. */
function noise(i: number): number {
  let bits = Math.imul(i + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  return (bits ^ (bits >>> 13)) & 0xff;
}

const lossless: Record<string, Picture> = {
  noise: picture(97, 61, noise),
  'one pixel': picture(1, 1, () => 200),
  black: picture(64, 48, () => 0),
  'black but for one bit': picture(64, 48, (i) => (i === 4711 ? 1 : 0)),
  'nearly black': picture(65, 31, (i) => noise(i) & 1),
  'gentle slopes': picture(300, 200, (i) => Math.floor(i / 900) + (i % 3)),
  'wider than strips go': picture(2049, 5, noise),
};
const rising = picture(40, 30, (i) => i % 251);

async function decode(file: Buffer): Promise<Picture> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, 3);
  return { widthPx: info.width, heightPx: info.height, rgb: new Uint8Array(data) };
}

/** The chunks of a PNG, their checksums checked. */
function pngChunks(png: Buffer): { type: string; data: Buffer }[] {
  const chunks = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(png.subarray(at + 4, at + 8 + length)), `CRC of ${type}`);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/** The segments of a JPEG up to its pixels. */
function jpegSegments(jpeg: Buffer): { marker: number; data: Buffer }[] {
  assert.equal(jpeg.readUInt16BE(0), 0xffd8);
  const segments = [];
  for (let at = 2; jpeg.readUInt16BE(at) !== 0xffda;) {
    const length = jpeg.readUInt16BE(at + 2);
    segments.push({ marker: jpeg.readUInt16BE(at), data: jpeg.subarray(at + 4, at + 2 + length) });
    at += 2 + length;
  }
  return segments;
}

/** XResolution, YResolution (numerator, denominator) and ResolutionUnit of a little-endian TIFF. */
function tiffResolution(tiff: Buffer): Record<number, readonly number[]> {
  assert.equal(tiff.toString('latin1', 0, 4), 'II*\0');
  const directory = tiff.readUInt32LE(4);
  const found: Record<number, readonly number[]> = {};
  for (let i = 0; i < tiff.readUInt16LE(directory); i++) {
    const entry = directory + 2 + 12 * i;
    const tag = tiff.readUInt16LE(entry);
    const at = tiff.readUInt32LE(entry + 8);
    if (tag === 282 || tag === 283) found[tag] = [tiff.readUInt32LE(at), tiff.readUInt32LE(at + 4)];
    if (tag === 296) found[tag] = [tiff.readUInt16LE(entry + 8)];
  }
  return found;
}

describe('encoding a picture', () => {
  for (const format of ['png', 'tiff', 'webp'] as const) {
    for (const [name, image] of Object.entries(lossless)) {
      it(`keeps every pixel in ${format}: ${name}`, async () => {
        assert.deepEqual(await decode(await encodePicture(image, format)), image);
        assert.deepEqual(await decode(await encodePicture(image, format, 300)), image);
      });
    }
  }

  it('takes a picture whose bytes are a part of a larger piece of memory', async () => {
    const part = {
      ...rising,
      rgb: Buffer.concat([Buffer.alloc(5, 9), rising.rgb, Buffer.alloc(7, 9)]).subarray(5, -7),
    };
    for (const format of ['png', 'tiff', 'webp', 'jpeg'] as const) {
      assert.deepEqual(await encodePicture(part, format), await encodePicture(rising, format));
    }
  });

  it('gives equal bytes for equal pixels', async () => {
    for (const format of ['png', 'tiff', 'webp', 'jpeg'] as const) {
      assert.deepEqual(await encodePicture(rising, format, 300), await encodePicture(rising, format, 300));
    }
  });

  it('keeps colours nearly and at full resolution in jpeg', async () => {
    const image = picture(64, 64, (i) => (i % 3 === 1 ? 128 : Math.floor(i / 3) % 2 === 0 ? 40 : 220));
    const jpeg = await encodePicture(image, 'jpeg');
    const decoded = await decode(jpeg);
    const worst = decoded.rgb.reduce((most, value, i) => Math.max(most, Math.abs(value - image.rgb[i])), 0);
    assert.ok(worst <= 12, `differs by ${worst}`);
    const frame = jpegSegments(jpeg).find(({ marker }) => marker === 0xffc0);
    assert.ok(frame);
    // Three components, each sampled 1 × 1.
    assert.deepEqual([frame.data[5], frame.data[7], frame.data[10], frame.data[13]], [3, 0x11, 0x11, 0x11]);
  });

  it('writes the resolution into png as pixels per metre and changes nothing else', async () => {
    const plain = await encodePicture(rising, 'png');
    const others = (png: Buffer) => pngChunks(png).filter(({ type }) => type !== 'pHYs');
    for (const [dpi, perMetre] of [
      [72, 2835],
      [150, 5906],
      [299, 11772],
      [300, 11811],
      [1200, 47244],
      [10_000, 393_701],
    ]) {
      const png = await encodePicture(rising, 'png', dpi);
      const physical = pngChunks(png).filter(({ type }) => type === 'pHYs');
      assert.equal(physical.length, 1);
      const { data } = physical[0];
      assert.deepEqual([data.readUInt32BE(0), data.readUInt32BE(4), data[8]], [perMetre, perMetre, 1]);
      assert.equal(Math.round(perMetre * 0.0254), dpi);
      assert.deepEqual(others(png), others(plain));
    }
    assert.deepEqual([...new Set(others(plain).map(({ type }) => type))], ['IHDR', 'IDAT', 'IEND']);
  });

  it('writes the resolution into jpeg as JFIF dots per inch, and no other metadata', async () => {
    for (const dpi of [undefined, 1, 72, 300, 10_000]) {
      const segments = jpegSegments(await encodePicture(rising, 'jpeg', dpi));
      const { marker, data } = segments[0];
      assert.equal(marker, 0xffe0);
      assert.equal(data.length, 14);
      assert.equal(data.toString('latin1', 0, 5), 'JFIF\0');
      const unit = dpi === undefined ? 0 : 1;
      assert.deepEqual([data[7], data.readUInt16BE(8), data.readUInt16BE(10)], [unit, dpi ?? 1, dpi ?? 1]);
      assert.equal(segments.filter((segment) => segment.marker >= 0xffe0 && segment.marker <= 0xffef).length, 1);
    }
  });

  it('writes the resolution into tiff per inch, or that there is no unit', async () => {
    for (const dpi of [1, 72, 299, 300, 10_000]) {
      const found = tiffResolution(await encodePicture(rising, 'tiff', dpi));
      assert.deepEqual(found, { 282: [dpi, 1], 283: [dpi, 1], 296: [2] });
    }
    const found = tiffResolution(await encodePicture(rising, 'tiff'));
    assert.deepEqual(found, { 282: [1, 1], 283: [1, 1], 296: [1] });
  });

  it('leaves webp as it is, which has no field for a resolution', async () => {
    assert.deepEqual(await encodePicture(rising, 'webp', 300), await encodePicture(rising, 'webp'));
  });

  it('writes a resolution with a fraction, as a print width makes it, as exactly as the format can', async () => {
    const dpi = (1024 * 25.4) / 85; // 305.995…
    const png = pngChunks(await encodePicture(rising, 'png', dpi)).find(({ type }) => type === 'pHYs')!.data;
    assert.equal(png.readUInt32BE(0), 12047); // 1024 pixels on 0.085 m
    assert.equal(jpegSegments(await encodePicture(rising, 'jpeg', dpi))[0].data.readUInt16BE(8), 306);
    const [numerator, denominator] = tiffResolution(await encodePicture(rising, 'tiff', dpi))[282];
    assert.ok(Math.abs(numerator / denominator - dpi) < 1e-6 * dpi, `${numerator}/${denominator}`);
  });

  it('refuses a resolution that is not above 0 and up to 65535', async () => {
    for (const dpi of [0, -1, Number.NaN, Infinity, 65536]) {
      await assert.rejects(encodePicture(rising, 'png', dpi), RangeError);
    }
  });

  for (const [widthPx, heightPx] of [
    [300, 200],
    [2048, 3],
    [2049, 3],
    [600, 2100],
  ]) {
    it(`writes a tiff of ${widthPx} × ${heightPx} that our own reader reads`, async () => {
      const image = picture(widthPx, heightPx, noise);
      const file = path.join(temporaryFolder(), 'picture.tiff');
      writeFileSync(file, await encodePicture(image, 'tiff'));
      const tiff = await openTiff(file);
      try {
        const [page] = tiff.pages;
        assert.deepEqual([tiff.pages.length, page.samplesPerPixel, page.sampleType], [1, 3, 'uint8']);
        assert.equal(page.tiled, Math.max(widthPx, heightPx) > 2048);
        // Deflate as it is: ImageJ would leave a predictor undone.
        assert.deepEqual([page.compression, page.predictor], [8, 1]);
        const planes = await readTiffRegion(tiff, page, [0, 1, 2], { x: 0, y: 0, widthPx, heightPx });
        for (const [color, { samples }] of planes.entries()) {
          assert.deepEqual(
            samples,
            image.rgb.filter((_, i) => i % 3 === color),
          );
        }
      } finally {
        await tiff.close();
      }
    });
  }

  it('refuses what webp and jpeg cannot hold, and takes the largest that they can', async () => {
    const strip = (sidePx: number) => picture(sidePx, 1, () => 7);
    const limits: [PictureFormat, number, string][] = [
      ['webp', 16383, 'at most 16383 × 16383 pixels for WebP, but it is 16384 × 1;'],
      ['jpeg', 65500, 'at most 65500 × 65500 pixels for JPEG, but it is 65501 × 1;'],
    ];
    for (const [format, sidePx, words] of limits) {
      await assert.rejects(encodePicture(strip(sidePx + 1), format), (error: unknown) => {
        assert.ok(isExportError(error, 'TooLarge'));
        assert.ok(error.message.includes(words), error.message);
        return true;
      });
      assert.equal((await sharp(await encodePicture(strip(sidePx), format)).metadata()).width, sidePx);
    }
    for (const format of ['png', 'tiff'] as const) {
      assert.deepEqual(await decode(await encodePicture(strip(70_000), format)), strip(70_000));
    }
  });

  it('bounds the pixels of what is in memory as a whole, and of nothing else', () => {
    const large = { widthPx: 40_000, heightPx: 36_000 };
    for (const format of ['png', 'tiff'] as const) requireEncodable(format, large);
    const isTooLarge = (error: unknown): boolean =>
      isExportError(error, 'TooLarge') && error.message.includes('at most 1431655765 pixels, but it is 40000 × 36000;');
    assert.throws(() => {
      requireEncodable('jpeg', large);
    }, isTooLarge);
    assert.throws(() => {
      requireInMemory(large);
    }, isTooLarge);
  });
});
