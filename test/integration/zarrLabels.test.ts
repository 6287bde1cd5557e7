import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PlaneAddress } from '../../src/core/model/image';
import { labelGridOf } from '../../src/core/read/zarr/labelGrid';
import { openZarrImage, type ZarrImage } from '../../src/core/read/zarr/openZarrImage';
import { decodePicture, readManifest } from '../support/dataset';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

interface Place {
  /** Of y and x. */
  readonly scale?: readonly [number, number];
  readonly translation?: readonly [number, number];
  /** What stands on top, for all levels. */
  readonly shared?: Omit<Place, 'shared' | 'unit'>;
  readonly unit?: string;
}

/** An OME-Zarr 0.4 group whose array has these rows in chunks of 2 × 2. */
function writeImage(folder: string, rows: readonly (readonly number[])[], place: Place): void {
  const write = (name: string, content: object | Buffer): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), Buffer.isBuffer(content) ? content : JSON.stringify(content));
  };
  const steps = ({ scale, translation }: Omit<Place, 'shared' | 'unit'>): object[] => [
    ...(scale ? [{ type: 'scale', scale }] : []),
    ...(translation ? [{ type: 'translation', translation }] : []),
  ];
  const axes = ['y', 'x'].map((name) => ({ name, type: 'space', ...(place.unit && { unit: place.unit }) }));
  const datasets = [{ path: '0', coordinateTransformations: steps(place) }];
  const shared = place.shared && { coordinateTransformations: steps(place.shared) };
  write('.zgroup', { zarr_format: 2 });
  write('.zattrs', { multiscales: [{ version: '0.4', axes, datasets, ...shared }] });
  const [height, width] = [rows.length, rows[0].length];
  write('0/.zarray', {
    ...{ zarr_format: 2, shape: [height, width], chunks: [2, 2], dtype: '|u1', order: 'C' },
    ...{ fill_value: 0, filters: null, compressor: null },
  });
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const chunk = [0, 1, 2, 3].map((i) => rows[y + (i >> 1)]?.[x + (i & 1)] ?? 0);
      write(`0/${y / 2}.${x / 2}`, Buffer.from(chunk));
    }
  }
}

/** An image of 6 × 4 pixels of 0.5 µm, and its labels. */
function store(labels: readonly (readonly number[])[], of: Place, image: Place = half): string {
  const folder = path.join(temporaryFolder(), 'A.zarr');
  const pixels = Array.from({ length: 4 }, (_, y) => Array.from({ length: 6 }, (__, x) => 10 * y + x));
  writeImage(folder, pixels, image);
  writeImage(path.join(folder, 'labels', 'cells'), labels, of);
  writeFileSync(path.join(folder, 'labels', '.zgroup'), '{"zarr_format": 2}');
  writeFileSync(path.join(folder, 'labels', '.zattrs'), '{"labels": ["cells"]}');
  return folder;
}

/** What is said of labels that do not lie on all of their image. */
const partly = /by its scale they do not lie on all of it/;

const half: Place = { scale: [0.5, 0.5], unit: 'micrometer' };

interface Opened {
  readonly labels: ZarrImage;
  /** Of the labels as a mask of the image. */
  readonly plane: PlaneAddress;
}

async function open(folder: string): Promise<Opened> {
  const image = await openZarrImage(folder);
  const labels = await openZarrImage(image.labels[0].folder);
  const on = labelGridOf(image, labels);
  return { labels, plane: { ...labels.channels[0].plane, ...(on && { on }) } };
}

/** All labels on their image, row by row. */
async function labelsOf(folder: string): Promise<number[][]> {
  const { labels, plane } = await open(folder);
  const { widthPx, heightPx } = labels.describe(plane);
  const [{ samples }] = await labels.read([plane], { x: 0, y: 0, widthPx, heightPx });
  return Array.from({ length: heightPx }, (_, y) => [...samples.subarray(y * widthPx, (y + 1) * widthPx)]);
}

const coarse = [
  [1, 2, 3],
  [4, 5, 6],
];
const coarseOnImage = [
  [1, 1, 2, 2, 3, 3],
  [1, 1, 2, 2, 3, 3],
  [4, 4, 5, 5, 6, 6],
  [4, 4, 5, 5, 6, 6],
];

describe('labels of another pixel size than their image', () => {
  it('lie on it as their scales say', async () => {
    const places: readonly Place[] = [
      { scale: [1, 1], unit: 'micrometer' },
      { scale: [1, 1] },
      { scale: [1000, 1000], unit: 'nanometer' },
      { scale: [0.25, 0.25], shared: { scale: [4, 4] } },
    ];
    for (const place of places) {
      const folder = store(coarse, place);
      assert.deepEqual(await labelsOf(folder), coarseOnImage, JSON.stringify(place));
    }
    assert.doesNotMatch(runCli('inspect', store(coarse, places[0])).stdout, partly);
  });

  it('that are finer are those that the middles of its pixels lie in, also where that is on their border', async () => {
    // Columns 0 … 11 of labels: the middle of pixel i is the border between 2i and 2i + 1.
    const fine = Array.from({ length: 8 }, (_, y) => Array.from({ length: 12 }, (__, x) => 12 * y + x + 1));
    const expected = [0, 1, 2, 3].map((y) => [0, 1, 2, 3, 4, 5].map((x) => 12 * (2 * y + 1) + 2 * x + 2));
    const image: Place = { scale: [0.65, 0.65], unit: 'micrometer' };
    const ofFine = store(fine, { scale: [0.325, 0.325], unit: 'micrometer' }, image);
    assert.deepEqual(await labelsOf(ofFine), expected);
    // Thirds: middles are in the middle ones.
    const thirds = Array.from({ length: 12 }, (_, y) => Array.from({ length: 18 }, (__, x) => (y * 18 + x) % 251));
    assert.deepEqual(
      await labelsOf(store(thirds, { scale: [0.5 / 3, 0.5 / 3] })),
      [0, 1, 2, 3].map((y) => [0, 1, 2, 3, 4, 5].map((x) => ((3 * y + 1) * 18 + 3 * x + 1) % 251)),
    );
  });

  it('that are moved lie where they were moved to, and nowhere else, which is said', async () => {
    // From 1 µm on to the right, and 0.5 µm up.
    const moved = store(coarse, { scale: [1, 1], translation: [-0.5, 1] });
    assert.deepEqual(await labelsOf(moved), [
      [0, 0, 1, 1, 2, 2],
      [0, 0, 4, 4, 5, 5],
      [0, 0, 4, 4, 5, 5],
      [0, 0, 0, 0, 0, 0],
    ]);
    // Moved by 2 · −1 + 1.5 and 2 · 2 − 1: down −0.5 µm and 3 µm to the right, which is beyond the image.
    const away = {
      scale: [0.5, 0.5],
      translation: [-1, 2],
      shared: { scale: [2, 2], translation: [1.5, -1] },
    } as const;
    assert.deepEqual(
      await labelsOf(store(coarse, away)),
      [0, 0, 0, 0].map(() => [0, 0, 0, 0, 0, 0]),
    );
    const { stdout, stderr } = runCli('inspect', store(coarse, away));
    assert.match(stdout + stderr, partly);
    const back = { ...away, shared: { ...away.shared, translation: [2, -3.5] } } as const;
    assert.deepEqual(await labelsOf(store(coarse, back)), [
      [0, 1, 1, 2, 2, 3],
      [0, 1, 1, 2, 2, 3],
      [0, 4, 4, 5, 5, 6],
      [0, 4, 4, 5, 5, 6],
    ]);
  });

  it('of its size lie on it pixel by pixel, whatever their scale says', async () => {
    const same = coarseOnImage.map((row, y) => row.map((_, x) => 1 + ((x + y) % 5)));
    assert.deepEqual(await labelsOf(store(same, { scale: [1, 1] })), same);
  });

  it('that do not say how large their pixels are do not fit', () => {
    for (const [labels, image] of [
      [{}, half],
      [{ scale: [1, 1] }, {}],
      [{ scale: [1, 1], unit: 'furlong' }, half],
    ] as const) {
      const folder = store(coarse, labels, image);
      const flags = ['--channel', 'Channel_0=white:0:255', '--mask', 'cells', '--scale-bar', 'off'];
      const { stderr } = runCli('fovs', folder, ...flags, '--out', path.join(temporaryFolder(), 'out'));
      assert.match(stderr, /SizeMismatch|Expected 6 × 4 pixels for mask cells of FOV A/);
    }
  });

  it('are read in any part, and say the size of their image', async () => {
    const { labels, plane } = await open(store(coarse, { scale: [1, 1] }));
    const { widthPx, heightPx, block, levels } = labels.describe(plane);
    assert.deepEqual([widthPx, heightPx, block], [6, 4, { widthPx: 4, heightPx: 4 }]);
    assert.deepEqual(levels, [{ widthPx: 6, heightPx: 4 }]);
    const [{ samples }] = await labels.read([plane], { x: 1, y: 1, widthPx: 3, heightPx: 2 });
    assert.deepEqual([...samples], [1, 2, 2, 4, 5, 5]);
  });

  it('are drawn, and chosen by the table, in the pixels of the image', async () => {
    const folder = store(coarse, { scale: [1, 1] });
    const table = path.join(temporaryFolder(), 'cells.csv');
    writeFileSync(table, 'fov,label,x,y\nA,5,2.5,2.5\n');
    const out = path.join(temporaryFolder(), 'out');
    const flags = [
      '--channel',
      'Channel_0=white:0:255',
      '--mask',
      'cells,mode=fill,color=#ff0000,alpha=1',
      '--scale-bar',
      'off',
    ];
    const cut = [
      '--cell-table',
      table,
      '--cell-mask',
      'cells',
      '--fit',
      'mask',
      '--padding',
      '1px',
      '--only-labels',
      'focal',
    ];
    const { stderr, exitCode } = runCli('cells', folder, ...flags, ...cut, '--out', out);
    assert.equal(exitCode, 0, stderr);
    const [{ path: file, x, y, width_px: width, height_px: height }] = readManifest(out);
    assert.deepEqual([x, y, width, height], ['1', '1', '4', '4']);
    const { rgb } = await decodePicture(path.join(out, file));
    const reds = Array.from({ length: 4 }, (_, row) =>
      [...rgb.subarray(12 * row, 12 * row + 12)].filter((__, i) => i % 3 === 0),
    );
    // Cell 5 is at 2 … 3 in both directions; around it the channel, which is nothing below the image.
    assert.deepEqual(reds, [
      [11, 12, 13, 14],
      [21, 255, 255, 24],
      [31, 255, 255, 34],
      [0, 0, 0, 0],
    ]);
  });
});
