import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isExportError, type ExportErrorCode } from '../../src/core/model/exportError';
import type { SampleArray } from '../../src/core/model/image';
import { findZarrImages, isZarr } from '../../src/core/read/zarr/findZarrImages';
import { openZarrImage } from '../../src/core/read/zarr/openZarrImage';
import { readZarrPlanes } from '../../src/core/read/zarr/readZarrPlanes';
import type { ZarrArray } from '../../src/core/read/zarr/zarrArray';
import { temporaryFolder } from '../support/temporaryFolder';

type Json = Record<string, unknown>;

interface Read {
  readonly level: number;
  readonly planes: readonly number[][];
  readonly region: readonly [x: number, y: number, widthPx: number, heightPx: number];
  readonly dtype: string;
  /** One for each plane, in base64. */
  readonly samples?: readonly string[];
  /** Of the samples of all planes. */
  readonly sha256?: string;
}

interface Case {
  readonly name: string;
  /** Metadata as JSON, chunks in base64. */
  readonly files: Readonly<Record<string, Json | string>>;
  readonly reads: readonly Read[];
}

const { cases } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'zarr.json'), 'utf8')) as {
  cases: Case[];
};

function writeStore(files: Case['files'], folder = temporaryFolder()): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? Buffer.from(content, 'base64') : JSON.stringify(content));
  }
  return folder;
}

const kinds: Readonly<Record<string, string>> = { Uint: 'uint', Int: 'int', Float: 'float' };

function dtypeOf(samples: SampleArray): string {
  return samples.constructor.name.replace(
    /^(Uint|Int|Float)(\d+)Array$/,
    (_, kind: string, bits: string) => kinds[kind] + bits,
  );
}

function bytesOf(samples: SampleArray): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

describe('OME-Zarr images equal what zarr and numpy made', () => {
  for (const { name, files, reads } of cases) {
    it(name, async () => {
      const image = await openZarrImage(writeStore(files));
      for (const { level, planes, region, dtype, samples, sha256 } of reads) {
        const [x, y, widthPx, heightPx] = region;
        const read = await image.read(
          planes.map((zarrIndex) => ({ zarrIndex })),
          { x, y, widthPx, heightPx },
          { level },
        );
        assert.equal(read.length, planes.length);
        for (const [i, plane] of read.entries()) {
          const what = `level ${level}, plane ${planes[i].join('/')}, region ${region.join()}`;
          assert.deepEqual([plane.widthPx, plane.heightPx, dtypeOf(plane.samples)], [widthPx, heightPx, dtype], what);
          if (samples) assert.equal(bytesOf(plane.samples).toString('base64'), samples[i], what);
        }
        const hash = createHash('sha256');
        for (const plane of read) hash.update(bytesOf(plane.samples));
        if (sha256 !== undefined) assert.equal(hash.digest('hex'), sha256, `level ${level}, region ${region.join()}`);
      }
    });
  }
});

function chunkOf(values: ArrayLike<number>): string {
  return Buffer.from(Uint8Array.from(values)).toString('base64');
}

/** A 4 × 3 image of bytes in one chunk without compression; `attributes` and `array` replace parts of its metadata. */
function smallStore(attributes: Json = {}, array: Json = {}, group: Json = {}): Case['files'] {
  const multiscale = {
    version: '0.4',
    axes: [
      { name: 'y', type: 'space', unit: 'micrometer' },
      { name: 'x', type: 'space', unit: 'micrometer' },
    ],
    datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [0.25, 0.25] }] }],
    ...attributes,
  };
  return {
    '.zgroup': { zarr_format: 2 },
    '.zattrs': { multiscales: [multiscale], ...group },
    '0/.zarray': {
      zarr_format: 2,
      shape: [3, 4],
      chunks: [3, 4],
      dtype: '|u1',
      compressor: null,
      filters: null,
      order: 'C',
      fill_value: 0,
      dimension_separator: '.',
      ...array,
    },
    '0/0.0': chunkOf(Array.from({ length: 12 }, (_, i) => i)),
  };
}

/** Two chunks of 2 × 4, of which the second reaches beyond the image: there, −2⁵³ − 1 does no harm. */
const wideChunks = Object.fromEntries(
  ['0/0.0', '0/1.0'].map((name, row) => {
    const integers = Buffer.alloc(8 * 8);
    for (const at of row === 0 ? [] : [2, 5]) integers.writeBigInt64BE(-(2n ** 53n) - 1n, 8 * at);
    return [name, integers.toString('base64')];
  }),
);

/** The metadata of an image of several channels, whose chunks are missing. */
function channelStore(axes: readonly string[], shape: readonly number[], group: Json = {}): Case['files'] {
  const store = smallStore(
    { axes: axes.map((name) => ({ name })), datasets: [{ path: '0' }] },
    { shape, chunks: shape },
    group,
  );
  return Object.fromEntries(Object.entries(store).filter(([name]) => name !== '0/0.0'));
}

describe('chunks of an OME-Zarr', () => {
  it('are decoded once for all planes, and only where the region is', async () => {
    const decoded: string[] = [];
    const array: ZarrArray = {
      shape: [5, 20, 20],
      chunkShape: [2, 8, 8],
      sampleType: 'uint8',
      fillValue: 3,
      readChunk: (position) => {
        decoded.push(position.join('/'));
        return Promise.resolve(undefined);
      },
    };
    const region = { x: 9, y: 7, widthPx: 7, heightPx: 2 };
    const planes = await readZarrPlanes(array, [[3], [0], [1], [2]], region);
    assert.deepEqual(decoded, ['1/0/1', '1/1/1', '0/0/1', '0/1/1']);
    assert.deepEqual(
      [...planes[3].samples],
      Array.from({ length: 14 }, () => 3),
    );
  });

  it('hold truth values as 0 and 1, whatever is not 0', async () => {
    const image = await openZarrImage(writeStore(smallStore({}, { dtype: '|b1' })));
    const [{ samples }] = await image.read([undefined], { x: 0, y: 0, widthPx: 4, heightPx: 1 });
    assert.deepEqual([...samples], [0, 1, 1, 1]);
  });

  it('are filled with the nearest half float', async () => {
    const store = channelStore(['y', 'x'], [3, 4]);
    const array = { ...(store['0/.zarray'] as Json), dtype: '<f2', fill_value: 0.1 };
    const image = await openZarrImage(writeStore({ ...store, '0/.zarray': array }));
    const [{ samples }] = await image.read([undefined], { x: 0, y: 0, widthPx: 1, heightPx: 1 });
    assert.equal(samples[0], 0.0999755859375);
  });

  it('outside of the region may be damaged', async () => {
    const files = { ...smallStore({}, { chunks: [3, 2] }), '0/0.0': chunkOf([0, 1, 4, 5, 8, 9]), '0/0.1': chunkOf([]) };
    const image = await openZarrImage(writeStore(files));
    const [{ samples }] = await image.read([undefined], { x: 1, y: 1, widthPx: 1, heightPx: 2 });
    assert.deepEqual([...samples], [5, 9]);
    await assert.rejects(image.read([undefined], { x: 1, y: 1, widthPx: 2, heightPx: 2 }), (error) =>
      isExportError(error, 'ImageUnreadable'),
    );
  });
});

describe('what an OME-Zarr says about itself', () => {
  it('size, levels and pixel size, by the unit and both scales', async () => {
    const describeOne = async (attributes: Json): Promise<unknown> =>
      (await openZarrImage(writeStore(smallStore(attributes)))).describe();
    const size = {
      ...{ widthPx: 4, heightPx: 3, sampleType: 'uint8', levels: [{ widthPx: 4, heightPx: 3 }] },
      block: { widthPx: 4, heightPx: 3 },
    };
    assert.deepEqual(await describeOne({}), { ...size, pixelSize: { um: 0.25, origin: 'ome' } });
    const axes = (unit?: string): Json => ({ axes: ['Y', 'X'].map((name) => ({ name, unit })) });
    assert.deepEqual(await describeOne(axes()), size);
    assert.deepEqual(await describeOne(axes('pixel')), size);
    const inches = {
      datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [1 / 300, 1 / 300] }] }],
    };
    for (const unit of ['inch', 'inches', 'in', '"']) {
      assert.deepEqual(await describeOne({ ...axes(unit), ...inches }), { ...size, printResolution: '300 dpi' });
    }
    const points = { datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [1, 1] }] }] };
    assert.deepEqual(await describeOne({ ...axes('pt'), ...points }), { ...size, printResolution: '72 dpi' });
    const printed = {
      datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [352.78, 352.78] }] }],
    };
    assert.deepEqual(await describeOne(printed), { ...size, printResolution: '72 dpi' });
    assert.deepEqual(await describeOne(axes('nanometer')), { ...size, pixelSize: { um: 0.25e-3, origin: 'ome' } });
    assert.deepEqual(await describeOne({ coordinateTransformations: [{ type: 'scale', scale: [2, 2] }] }), {
      ...size,
      pixelSize: { um: 0.5, origin: 'ome' },
    });
    assert.deepEqual(
      await describeOne({ datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [1, 2] }] }] }),
      { ...size, pixelSizeProblem: 'its pixels are 2 µm wide and 1 µm high, not square' },
    );
  });

  it('channels: names without blanks around them; those that differ by blanks only are left out', async () => {
    const channels = ['DNA ', 'CD3', 'CD3\t', '\u00a0CD8'].map((label) => ({ label }));
    const folder = writeStore(channelStore(['c', 'y', 'x'], [4, 3, 4], { omero: { channels } }));
    const image = await openZarrImage(folder);
    assert.deepEqual(
      image.channels.map(({ name, plane }) => [name, plane.zarrIndex]),
      [
        ['DNA', [0]],
        ['CD8', [3]],
      ],
    );
    assert.deepEqual(image.warnings, [
      `Expected one channel CD3 of ${folder}, but found "CD3" and "CD3\t", which differ by blanks only; they are left out.`,
    ]);
  });

  it('channels: names made different, display where it is whole', async () => {
    const omero = {
      channels: [
        { label: 'CD3', color: 'FF00aa', window: { start: 1, end: 9 } },
        { label: 'CD3', color: 'FF00aa', window: { start: 9, end: 9 } },
        null,
        { label: ' ', color: 'red', window: { start: 0, end: 9 } },
      ],
    };
    const image = await openZarrImage(writeStore(channelStore(['c', 'y', 'x'], [5, 3, 4], { omero })));
    assert.deepEqual(
      image.channels.map(({ name }) => name),
      ['CD3', 'CD3_2', 'Channel_2', 'Channel_3', 'Channel_4'],
    );
    assert.deepEqual(image.channels[4].plane, { zarrIndex: [4] });
    assert.deepEqual(
      image.channels.map(({ display }) => display),
      [{ color: '#ff00aa', contrastLimits: [1, 9] }, undefined, undefined, undefined, undefined],
    );
    assert.throws(
      () => image.describe(),
      (error) => isExportError(error, 'ImageUnsupported'),
    );
  });

  it('axes in any order; z and t at their first, with a warning', async () => {
    const image = await openZarrImage(writeStore(channelStore(['z', 'c', 't', 'y', 'x'], [5, 2, 3, 3, 4])));
    assert.deepEqual(
      image.channels.map(({ plane }) => plane.zarrIndex),
      [
        [0, 0, 0],
        [0, 1, 0],
      ],
    );
    assert.match(
      image.warnings.join(' '),
      / has 5 z planes; the first is used\. .* has 3 time points; the first is used\.$/,
    );
  });

  it('labels, which are images', async () => {
    const folder = writeStore(smallStore());
    writeStore(smallStore({}, { dtype: '<u4', compressor: null }), path.join(folder, 'labels', 'cells'));
    writeStore({ '.zattrs': { labels: ['cells', 7] } }, path.join(folder, 'labels'));
    const { labels } = await openZarrImage(folder);
    assert.deepEqual(labels, [{ name: 'cells', folder: path.join(folder, 'labels', 'cells') }]);
    assert.equal((await openZarrImage(labels[0].folder)).describe().sampleType, 'uint32');
  });

  it('a pyramid level that cannot be used is left out, with a warning', async () => {
    const image = await openZarrImage(writeStore(smallStore({ datasets: [{ path: '0' }, { path: '1' }] })));
    assert.equal(image.describe().levels.length, 1);
    assert.match(image.warnings[0], /^Pyramid level 1 of .* is not used: its array 1 is missing\.$/);
  });
});

describe('what an OME-Zarr holds', () => {
  it('an image, nothing, or no zarr', async () => {
    const folder = writeStore(smallStore());
    assert.deepEqual(await findZarrImages(folder), [{ name: '', folder }]);
    assert.deepEqual(await findZarrImages(path.join(folder, '0')), []);
    assert.deepEqual(await Promise.all([folder, path.join(folder, '0'), temporaryFolder()].map(isZarr)), [
      true,
      true,
      false,
    ]);
    assert.deepEqual(await findZarrImages(path.join(folder, 'nothing')), []);
  });

  it('series: one without a name, several by the list of OME or by number', async () => {
    const folder = writeStore({ '.zattrs': { 'bioformats2raw.layout': 3 } });
    writeStore(smallStore(), path.join(folder, '0'));
    assert.deepEqual(await findZarrImages(folder), [{ name: '', folder: path.join(folder, '0') }]);
    writeStore(smallStore(), path.join(folder, '1'));
    const names = async (): Promise<string[]> => (await findZarrImages(folder)).map(({ name }) => name);
    assert.deepEqual(await names(), ['0', '1']);
    writeStore({ 'OME/.zattrs': { series: ['1', '0'] } }, folder);
    assert.deepEqual(await names(), ['1', '0']);
    writeStore({ 'OME/.zattrs': { series: ['../0'] } }, folder);
    await assert.rejects(names(), (error) => isExportError(error, 'ImageUnreadable') && /outside/.test(error.message));
  });

  it('plates: wells by row and column, fields by number where there are several', async () => {
    const wells = [{ path: 'A/1' }, { path: 'B/12' }, { path: 'C/3' }];
    const folder = writeStore({
      'zarr.json': { zarr_format: 3, node_type: 'group', attributes: { ome: { plate: { wells } } } },
      'A/1/.zattrs': { well: { images: [{ path: '0' }] } },
      'B/12/.zattrs': { well: { images: [{ path: '0' }, { path: '1' }] } },
    });
    assert.deepEqual(
      (await findZarrImages(folder)).map(({ name, folder: image }) => [name, path.relative(folder, image)]),
      [
        ['A1', path.join('A', '1', '0')],
        ['B12_0', path.join('B', '12', '0')],
        ['B12_1', path.join('B', '12', '1')],
        ['C3', path.join('C', '3')],
      ],
    );
  });
});

describe('OME-Zarr images that cannot be read say why', () => {
  const openAndRead = async (folder: string): Promise<void> => {
    const image = await openZarrImage(folder);
    const { widthPx, heightPx } = image.describe(image.channels[0].plane);
    await image.read([image.channels[0].plane], { x: 0, y: 0, widthPx, heightPx });
  };
  const refused = async (folder: string, code: ExportErrorCode, words: RegExp): Promise<void> => {
    await assert.rejects(openAndRead(folder), (error) => {
      assert.ok(isExportError(error, code), String(error));
      assert.match(error.message, words);
      assert.ok(error.message.startsWith('Expected ') && error.message.includes(folder), error.message);
      return true;
    });
  };
  const sharded = cases.find(({ name }) => name === 'zarr 3, shards, a chunk missing in each')!.files;

  const wrong: Record<string, [files: Case['files'], code: ExportErrorCode, words: RegExp]> = {
    'no group': [{}, 'ImageUnreadable', /there is no zarr group/],
    'broken JSON': [
      { ...smallStore(), '.zattrs': chunkOf(Buffer.from('{')) },
      'ImageUnreadable',
      /\.zattrs is not valid JSON/,
    ],
    'no multiscales': [{ ...smallStore(), '.zattrs': {} }, 'ImageUnreadable', /names no multiscales/],
    'a missing array': [smallStore({ datasets: [{ path: '1' }] }), 'ImageUnreadable', /its array 1 is missing/],
    'an array outside': [smallStore({ datasets: [{ path: '../0' }] }), 'ImageUnreadable', /a folder outside/],
    'an unknown axis': [smallStore({ axes: ['q', 'x'] }), 'ImageUnsupported', /but found q, x\./],
    'x before y': [smallStore({ axes: ['x', 'y'] }), 'ImageUnsupported', /but found x, y\./],
    'axes that do not fit': [smallStore({ axes: ['c', 'y', 'x'] }), 'ImageUnreadable', /2 dimensions .* 3 axes/],
    'an invalid shape': [smallStore({}, { shape: [3, -4] }), 'ImageUnreadable', /\.zarray is not valid at shape\.1/],
    'chunks without size': [
      smallStore({}, { chunks: [0, 4] }),
      'ImageUnreadable',
      /\.zarray is not valid at chunks\.0/,
    ],
    'an unknown compressor': [
      smallStore({}, { compressor: { id: 'bz2', level: 1 } }),
      'ImageUnsupported',
      /compressor bz2/,
    ],
    'an unknown filter': [smallStore({}, { filters: [{ id: 'quantize' }] }), 'ImageUnsupported', /filter quantize/],
    'delta of another type': [
      smallStore({}, { filters: [{ id: 'delta', dtype: '|u1', astype: '<i2' }] }),
      'ImageUnsupported',
      /filter delta/,
    ],
    'an integer that is no number exactly': [
      { ...smallStore({}, { dtype: '>i8', chunks: [2, 4] }), ...wideChunks },
      'ImageUnsupported',
      /Expected integers between −2⁵³ and 2⁵³ in .*, but found -9007199254740993 at x 2, y 2\./,
    ],
    'a fill value that is no number exactly': [
      smallStore({}, { dtype: '<u8', fill_value: '18446744073709551615' }),
      'ImageUnsupported',
      /a fill value among integers between −2⁵³ and 2⁵³ in .*, but found about 18446744073709552000/,
    ],
    'a fill value of a half for integers of 64 bits': [
      smallStore({}, { dtype: '<i8', fill_value: 0.5 }),
      'ImageUnsupported',
      /found about 0\.5/,
    ],
    complex: [smallStore({}, { dtype: '<c8' }), 'ImageUnsupported', /complex numbers/],
    text: [smallStore({}, { dtype: '<U7' }), 'ImageUnsupported', /text or objects/],
    records: [smallStore({}, { dtype: [['a', '<u2']] }), 'ImageUnsupported', /records of several values/],
    'a fill value of words': [smallStore({}, { fill_value: 'much' }), 'ImageUnreadable', /fill value is "much"/],
    'a plane that claims 12 GiB': [smallStore({}, { shape: [2 ** 17, 100_000] }), 'TooLarge', /100000 × 131072 uint8/],
    'a billion channels': [channelStore(['c', 'y', 'x'], [1e9, 1, 1]), 'TooLarge', /it says 1000000000/],
    'a chunk for each of many pixels': [
      smallStore({}, { shape: [5000, 5000], chunks: [1, 1] }),
      'TooLarge',
      /chunks of 1 × 1/,
    ],
    'a chunk that claims 8 GiB': [smallStore({}, { chunks: [2 ** 17, 65_536] }), 'TooLarge', /chunks of at most 4 GiB/],
    'a chunk of another size': [
      smallStore({}, { chunks: [4, 4] }),
      'ImageUnreadable',
      /chunk 0\/0 holds 12 samples in place of 16/,
    ],
    'a chunk of half a sample': [
      { ...smallStore({}, { dtype: '>u2' }), '0/0.0': chunkOf([1, 2, 3]) },
      'ImageUnreadable',
      /chunk 0\/0/,
    ],
    'a chunk that is a folder': [
      { ...channelStore(['y', 'x'], [3, 4]), '0/0.0/0': chunkOf([]) },
      'ImageUnreadable',
      /chunk 0\.0 is not a file/,
    ],
    'a chunk much too long': [
      { ...smallStore(), '0/0.0': chunkOf(new Uint8Array(100_000)) },
      'ImageUnreadable',
      /more than it can need/,
    ],
    'a shard index that claims much': [
      {
        ...sharded,
        '0/c/0/0/0': chunkOf(
          [...Buffer.from(sharded['0/c/0/0/0'] as string, 'base64')].map((b, i, all) =>
            i > all.length - 60 ? b ^ 0xff : b,
          ),
        ),
      },
      'ImageUnreadable',
      /crc32c.*checksum/,
    ],
  };
  for (const [name, [files, code, words]] of Object.entries(wrong)) {
    it(name, () => refused(writeStore(files), code, words));
  }

  it('chunks that are cut short, for every kind of them', async () => {
    for (const { name, files } of cases) {
      const chunks = Object.keys(files).filter((file) => typeof files[file] === 'string');
      const folder = writeStore(files);
      const copy = `${folder}-cut`;
      cpSync(folder, copy, { recursive: true });
      for (const file of chunks)
        truncateSync(path.join(copy, file), Buffer.from(files[file] as string, 'base64').length >> 1);
      const image = await openZarrImage(copy);
      await assert.rejects(
        Promise.all(
          image.channels.map(({ plane }) => {
            const { widthPx, heightPx } = image.describe(plane);
            return image.read([plane], { x: 0, y: 0, widthPx, heightPx });
          }),
        ),
        (error) => isExportError(error, 'ImageUnreadable'),
        name,
      );
      rmSync(copy, { recursive: true });
    }
  });

  it('a small chunk that would become a large one', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(new Uint8Array(16 * 2 ** 20)).toString('base64');
    const store = { ...smallStore({}, { compressor: { id: 'gzip' } }), '0/0.0': bomb };
    await refused(
      writeStore(store),
      'ImageUnreadable',
      /chunk 0\/0 cannot be decoded \(gzip\): .* larger than 12 bytes/,
    );
  });

  it('a signal that is given up', async () => {
    const image = await openZarrImage(writeStore(smallStore()));
    const region = { x: 0, y: 0, widthPx: 4, heightPx: 3 };
    await assert.rejects(image.read([undefined], region, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});
