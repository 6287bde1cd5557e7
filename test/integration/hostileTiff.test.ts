import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TiffOptions, writeTiff } from '../../sample/writeTiff';
import { isExportError } from '../../src/core/model/exportError';
import type { Plane, Region } from '../../src/core/model/image';
import { readPlane } from '../../src/core/read/openImage';
import { openTiff, type OpenTiff } from '../../src/core/read/tiff/openTiff';
import { readTiffRegion } from '../../src/core/read/tiff/readTiffRegion';
import type { TiffPage } from '../../src/core/read/tiff/tiffPage';
import { withinCpuSeconds } from '../support/cpuTime';
import { realDataFolder } from '../support/dataset';
import { readNpy } from '../support/readNpy';
import { temporaryFolder } from '../support/temporaryFolder';

const expected = path.join(__dirname, '..', 'expected');
const data = realDataFolder();

interface Reference {
  readonly by: string;
  readonly dtype: string;
  readonly shape: readonly [rows: number, columns: number, samples: number];
  readonly sha256: string;
}

function whole(page: TiffPage): Region {
  return { x: 0, y: 0, widthPx: page.widthPx, heightPx: page.heightPx };
}

/** The hash of all samples of a page, samples of a pixel together, as the reference program makes it. */
async function hashPage(tiff: OpenTiff, page: TiffPage, dtype: string): Promise<string> {
  const planes: Plane[] = [];
  for (let sample = 0; sample < page.samplesPerPixel; sample++) {
    planes.push(...(await readTiffRegion(tiff, page, [sample], whole(page))));
  }
  const n = planes.length;
  const Type = planes[0].samples.constructor as new (length: number) => Plane['samples'];
  const values = new Type(page.widthPx * page.heightPx * n);
  for (const [s, { samples }] of planes.entries())
    for (let i = 0; i < samples.length; i++) values[i * n + s] = samples[i];
  // We keep half-precision floats as float32; the reference keeps them as they are.
  const bytes = dtype === 'float16' ? toFloat16Bytes(values) : new Uint8Array(values.buffer, 0, values.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}

/** The half-precision bits of values that came from half precision, so that nothing is rounded. */
function toFloat16Bytes(values: ArrayLike<number>): Uint8Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i]);
    const sign = values[i] < 0 || Object.is(values[i], -0) ? 0x8000 : 0;
    if (Number.isNaN(value)) halves[i] = 0x7e00;
    else if (value === Infinity) halves[i] = sign | 0x7c00;
    else if (value < 2 ** -14) halves[i] = sign | (value * 2 ** 24);
    else {
      const exponent = Math.floor(Math.log2(value));
      halves[i] = sign | ((exponent + 15) << 10) | ((value / 2 ** exponent - 1) * 1024);
    }
  }
  return new Uint8Array(halves.buffer);
}

/** What became of each page: `exact` (as the reference), `read` (no reference can read it), or the code of the refusal. */
async function outcomesOf(file: string, references: readonly (Reference | null)[]): Promise<string[]> {
  let tiff: OpenTiff;
  try {
    tiff = await openTiff(file);
  } catch (error) {
    assert.ok(isExportError(error), String(error));
    return [error.code];
  }
  try {
    const outcomes: string[] = [];
    // Reduced copies belong to their page with us; the reference lists them all.
    const pages = tiff.pages.flatMap((page) => [page, ...page.levels]);
    for (const page of pages.slice(0, 64)) {
      try {
        const candidates = references.filter(
          (reference) => reference?.shape[0] === page.heightPx && reference.shape[1] === page.widthPx,
        );
        const sha256 = await hashPage(tiff, page, candidates[0]?.dtype ?? '');
        if (candidates.length === 0) outcomes.push('read');
        else {
          const same = candidates.some((reference) => reference?.sha256 === sha256);
          outcomes.push(same ? 'exact' : `DIFFERENT from ${candidates[0]!.by}`);
        }
      } catch (error) {
        assert.ok(isExportError(error), String(error));
        outcomes.push(error.code);
      }
    }
    return [...new Set(outcomes)].sort();
  } finally {
    await tiff.close();
  }
}

describe('odd and hostile TIFFs read exactly, or are refused with a code', () => {
  const { files } = JSON.parse(readFileSync(path.join(expected, 'tiffOdd.json'), 'utf8')) as {
    files: Record<string, (Reference | null)[]>;
  };
  const tableFile = path.join(expected, 'tiffOutcomes.json');
  const table = (existsSync(tableFile) ? JSON.parse(readFileSync(tableFile, 'utf8')) : {}) as Record<string, string[]>;
  const found: Record<string, string[]> = {};

  if (!data) it('needs the real data: set MBE_DATA to its folder');
  for (const [file, references] of Object.entries(data ? files : {})) {
    it(`${file}: ${table[file]?.join(', ') ?? 'new'}`, async () => {
      found[file] = await withinCpuSeconds(10, () => outcomesOf(path.join(data!, 'tiff_odd', file), references));
      assert.ok(!found[file].some((outcome) => outcome.startsWith('DIFFERENT')), found[file].join());
      if (!process.env['MBE_UPDATE']) assert.deepEqual(found[file], table[file]);
    });
  }

  after(() => {
    if (data && process.env['MBE_UPDATE']) writeFileSync(tableFile, `${JSON.stringify(found, undefined, 1)}\n`);
  });
});

/** A small TIFF, and one thing about it that is not so. Others refuse these, too, or read what is there. */
describe('TIFFs that lie about themselves', () => {
  const data = Uint16Array.from({ length: 40 * 30 }, (_, i) => i + 1);

  interface Lie {
    readonly type?: number;
    readonly count?: number;
    readonly value?: number;
    /** The tag that it becomes. */
    readonly as?: number;
  }

  /** With another entry for a tag. */
  function lying(tag: number, { type, count, value, as }: Lie, options: TiffOptions = {}): Buffer {
    const tiff = writeTiff({ widthPx: 40, heightPx: 30, data }, { resolution, rowsPerStrip: 30, ...options });
    const directory = tiff.readUInt32LE(4);
    for (let i = 0; i < tiff.readUInt16LE(directory); i++) {
      const entry = directory + 2 + 12 * i;
      if (tiff.readUInt16LE(entry) !== tag) continue;
      if (as !== undefined) tiff.writeUInt16LE(as, entry);
      if (type !== undefined) tiff.writeUInt16LE(type, entry + 2);
      if (count !== undefined) tiff.writeUInt32LE(count, entry + 4);
      if (value !== undefined) tiff.writeUInt32LE(value, entry + 8);
      return tiff;
    }
    throw new Error(`no tag ${tag}`);
  }
  const resolution = { x: 2, y: 2, unit: 'none' } as const;

  /** With another place for the directory that follows the only one. */
  function followedBy(offset: (directory: number, bytes: number) => number): Buffer {
    const tiff = writeTiff({ widthPx: 40, heightPx: 30, data });
    const directory = tiff.readUInt32LE(4);
    tiff.writeUInt32LE(offset(directory, tiff.length), directory + 2 + 12 * tiff.readUInt16LE(directory));
    return tiff;
  }

  const beyond = 0x7fff_fff0;
  const cases: readonly (readonly [name: string, tiff: Buffer, outcome: string])[] = [
    ['a chain of directories that comes back to its first', followedBy((directory) => directory), 'ImageUnreadable'],
    ['a next directory beyond the end', followedBy(() => beyond), 'ImageUnsupported'],
    ['a next directory in the last bytes', followedBy((_, bytes) => bytes - 2), 'ImageUnsupported'],
    ['a next directory among the pixels', followedBy(() => 8), 'ImageUnreadable'],
    ['SubIFDs beyond the end', lying(296, { as: 330, type: 4, value: beyond }), 'exact'],
    ['a first strip beyond the end', lying(273, { value: beyond }), 'ImageUnreadable'],
    ['strips more than the file has bytes', lying(273, { count: 0x1000_0000 }), 'ImageUnreadable'],
    ['a strip of 4 GB', lying(279, { value: 0xffff_ffff }), 'exact'],
    ['a field of a type that there is not', lying(273, { type: 99 }), 'ImageUnreadable'],
    ['a side of 2³¹ pixels', lying(256, { value: 0x7fff_ffff }), 'TooLarge'],
    ['no columns', lying(256, { value: 0 }), 'ImageUnreadable'],
    ['samples of 65 535 bits', lying(258, { value: 65_535 }), 'ImageUnsupported'],
    ['samples of no bits', lying(258, { value: 0 }), 'ImageUnsupported'],
    ['a palette of 2⁶⁰ colours', lying(258, { value: 60 }), 'ImageUnsupported'],
    ['65 535 samples a pixel', lying(277, { value: 65_535 }), 'ImageUnsupported'],
    ['a description of 4 GB', lying(270, { count: 0xffff_ffff }, { imageDescription: 'some text' }), 'ImageUnreadable'],
    ['LZW that is none', lying(259, { value: 5 }), 'ImageUnreadable'],
    ['Deflate that is none', lying(259, { value: 8 }), 'ImageUnreadable'],
    ['LZW cut short', lying(279, { value: 300 }, { compression: 'lzw' }), 'ImageUnreadable'],
    ['strips of no rows', lying(278, { value: 0 }), 'ImageUnreadable'],
    ['places of strips beyond the end', lying(273, { value: beyond }, { rowsPerStrip: 1 }), 'ImageUnreadable'],
    ['sizes of strips beyond the end', lying(279, { value: beyond }, { rowsPerStrip: 1 }), 'ImageUnreadable'],
    [
      'a description beyond the end',
      lying(270, { value: beyond }, { imageDescription: 'some text' }),
      'ImageUnreadable',
    ],
  ];
  for (const [name, tiff, outcome] of cases) {
    it(`${name}: ${outcome}`, async () => {
      const file = path.join(temporaryFolder(), 'lies.tif');
      writeFileSync(file, tiff);
      const found = await withinCpuSeconds(2, () => readPlane({ file })).then(
        ({ samples }) => (assert.deepEqual(samples, data), 'exact'),
        (error: unknown) => (isExportError(error) ? error.code : String(error)),
      );
      assert.equal(found, outcome);
    });
  }
});

interface Derived {
  readonly truth: string;
  readonly lossless: boolean;
}

describe('encodings of real tissue equal their truth, whole and in regions', () => {
  if (!data) {
    it('needs the real data: set MBE_DATA to its folder');
    return;
  }
  const folder = path.join(data, 'derived_tiff');
  const { files } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as {
    files: Record<string, Derived>;
  };
  const refused = /lerc|lzma|webp|jpeg|complex|bit1|bit12|u64/;

  for (const [name, { truth }] of Object.entries(files)) {
    it(name, async () => {
      const tiff = await openTiff(path.join(folder, name));
      try {
        const [page] = tiff.pages;
        if (refused.test(name)) {
          await assert.rejects(readTiffRegion(tiff, page, [0], whole(page)), (error) =>
            isExportError(error, 'ImageUnsupported'),
          );
          return;
        }
        const { values, shape } = readNpy(path.join(folder, truth));
        const contiguous = shape.length === 3 && shape[2] === page.samplesPerPixel && shape[0] === page.heightPx;
        for (const [index, one] of tiff.pages.entries()) {
          for (let sample = 0; sample < one.samplesPerPixel; sample++) {
            const plane = index * one.samplesPerPixel + sample;
            const truthAt = (x: number, y: number): number =>
              contiguous
                ? values[(y * one.widthPx + x) * shape[2] + sample]
                : values[(plane * one.heightPx + y) * one.widthPx + x];
            const { widthPx: w, heightPx: h } = one;
            const regions: Region[] = [
              whole(one),
              { x: 0, y: 0, widthPx: 1, heightPx: 1 },
              { x: w - 1, y: h - 1, widthPx: 1, heightPx: 1 },
              { x: 37, y: 61, widthPx: 100, heightPx: 50 },
              { x: 0, y: h - 3, widthPx: w, heightPx: 3 },
            ];
            for (const region of regions) {
              const [{ samples }] = await readTiffRegion(tiff, one, [sample], region);
              for (let i = 0; i < samples.length; i++) {
                const truthValue = truthAt(region.x + (i % region.widthPx), region.y + Math.floor(i / region.widthPx));
                if (!Object.is(samples[i], truthValue))
                  assert.fail(`${JSON.stringify(region)} at ${i}: ${samples[i]}, not ${truthValue}`);
              }
            }
          }
        }
      } finally {
        await tiff.close();
      }
    });
  }
});
