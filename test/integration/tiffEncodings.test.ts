import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PlaneMemory } from '../../src/core/read/planeMemory';
import { openTiff } from '../../src/core/read/tiff/openTiff';
import { readTiffRegion } from '../../src/core/read/tiff/readTiffRegion';
import { readLabels } from '../support/readLabels';
import { temporaryFolder } from '../support/temporaryFolder';

interface Encodings {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly truths: Record<string, (number | string)[]>;
  readonly cases: Record<string, { readonly dtype: string; readonly bands: number; readonly file: string }>;
}

function readExpected(name: string): unknown {
  return JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', name), 'utf8'));
}

interface WideIntegers extends Encodings {
  /** Values that are no number exactly, and where they are. */
  readonly refused: Record<string, { readonly file: string; value: string; x: number; y: number }>;
}

const wideIntegers = readExpected('wideIntegers.json') as WideIntegers;

const specials: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };

describe('Invariant 6: every encoding that GDAL and tifffile write is read exactly, whole and in regions', () => {
  checkAll(readExpected('tiffEncodings.json') as Encodings);
});

describe('Invariant 6: integers of 64 bits are read exactly, or refused with the value and the place', () => {
  checkAll(wideIntegers);

  for (const [name, { file: content, value, x, y }] of Object.entries(wideIntegers.refused)) {
    it(`refused: ${name}`, async () => {
      const file = path.join(temporaryFolder(), 'image.tif');
      writeFileSync(file, Buffer.from(content, 'base64'));
      await assert.rejects(readLabels({ file }), { code: 'ImageUnsupported' });
      const tiff = await openTiff(file);
      try {
        const [page] = tiff.pages;
        const { widthPx, heightPx } = page;
        const message = `Expected integers between −2⁵³ and 2⁵³ in ${file}, but found ${value} at x ${x}, y ${y}.`;
        const refusal = { code: 'ImageUnsupported', message };
        const whole = { x: 0, y: 0, widthPx, heightPx };
        await assert.rejects(readTiffRegion(tiff, page, [0], whole), refusal);
        await assert.rejects(readTiffRegion(tiff, page, [0], { x, y, widthPx: 1, heightPx: 1 }), refusal);
        // Where it is not looked at, it does no harm.
        const [besides] = await readTiffRegion(tiff, page, [0], { ...whole, heightPx: y });
        assert.equal(besides.samples[1], wideIntegers.truths['int64 1'][1]);
      } finally {
        await tiff.close();
      }
    });
  }
});

describe('labels in integers of 64 bits', () => {
  it('are refused from 2³² on and below 0, with the value and the place', async () => {
    const file = path.join(temporaryFolder(), 'mask.tif');
    const { file: content } = wideIntegers.cases['uint64 < strips'];
    writeFileSync(file, Buffer.from(content, 'base64'));
    // The second value of the first row is 2⁵³ − 1.
    await assert.rejects(readLabels({ file }), {
      code: 'MaskInvalid',
      message: `Expected labels 0, 1, 2 … in ${file}, but found 9007199254740991 at x 1, y 0.`,
    });
    writeFileSync(file, Buffer.from(wideIntegers.cases['int64 < strips'].file, 'base64'));
    await assert.rejects(readLabels({ file }), /but found -9007199254740991 at x 0, y 0\./);
  });
});

function checkAll({ widthPx, heightPx, truths, cases }: Encodings): void {
  const regions = [
    { x: 0, y: 0, widthPx, heightPx },
    { x: 15, y: 15, widthPx: 2, heightPx: 2 },
    { x: widthPx - 1, y: heightPx - 1, widthPx: 1, heightPx: 1 },
    { x: 3, y: 4, widthPx: widthPx - 7, heightPx: 7 },
  ];
  for (const [name, { dtype, bands, file: content }] of Object.entries(cases)) {
    it(name, async () => {
      const file = path.join(temporaryFolder(), 'image.tif');
      writeFileSync(file, Buffer.from(content, 'base64'));
      const expected = truths[`${dtype} ${bands}`].map((value) =>
        typeof value === 'number' ? value : specials[value],
      );
      const tiff = await openTiff(file);
      try {
        for (let band = 0; band < bands; band++) {
          const page = tiff.pages[tiff.pages.length > 1 ? band : 0];
          assert.equal(page.sampleType, dtype);
          for (const region of regions) {
            const wanted = [tiff.pages.length > 1 ? 0 : band];
            const [{ samples }] = await readTiffRegion(tiff, page, wanted, region);
            // In memory that another plane has left its samples in, nothing of these is left.
            const stale = new Uint8Array(samples.byteLength).fill(0xa5);
            const memory = new PlaneMemory();
            memory.refill([stale]);
            const [again] = await readTiffRegion(tiff, page, wanted, region, { memory });
            assert.deepEqual(again.samples, samples);
            for (let i = 0; i < samples.length; i++) {
              const x = region.x + (i % region.widthPx);
              const y = region.y + Math.floor(i / region.widthPx);
              const value = expected[(band * heightPx + y) * widthPx + x];
              // JSON has no negative zero.
              assert.ok(
                Object.is(samples[i] + 0, value + 0),
                `band ${band}, x ${x}, y ${y}: ${samples[i]}, not ${value}`,
              );
            }
          }
        }
      } finally {
        await tiff.close();
      }
    });
  }
}
