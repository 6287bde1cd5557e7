import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PlannedItem } from '../../src/core/model/plan';
import type { CellSelection } from '../../src/core/model/cellSelection';
import type { Recipe } from '../../src/core/model/recipe';
import { openDataset } from '../../src/core/read/openDataset';
import { planJob } from '../../src/core/plan/planJob';
import { decodePicture, plane, readManifest, writePlane } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const [width, height] = [80, 60];

/** Boxes of the parts of cells: first and last pixel. */
const parts: readonly [label: number, left: number, top: number, right: number, bottom: number][] = [
  // Cell 1 in two places: 45 pixels apart, and the larger one is 10 wide; their common centre is 27.2, 21.9.
  [1, 10, 10, 19, 19],
  [1, 60, 40, 65, 45],
  // Cell 2 in two parts that are near: 5 pixels.
  [2, 30, 10, 39, 19],
  [2, 45, 10, 49, 19],
  // Cell 3 with a pixel that is far off: the common centre, 16.8, 53.5, lies in the larger part.
  [3, 2, 50, 31, 57],
  [3, 78, 54, 78, 54],
];

function labelAt(x: number, y: number): number {
  return parts.find(([, left, top, right, bottom]) => x >= left && x <= right && y >= top && y <= bottom)?.[0] ?? 0;
}

function dataset(): string {
  const folder = temporaryFolder();
  writePlane(
    path.join(folder, 'A', 'DNA.tif'),
    plane(width, height, (x, y) => x + 2 * y),
  );
  writePlane(path.join(folder, 'masks', 'A_whole_cell.tif'), plane(width, height, labelAt), {});
  const rows = ['A,1,42.5,62.5', 'A,2,14.5,38.667', 'A,3,53.5,16.755'];
  writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,centroid-0,centroid-1', ...rows].join('\n'));
  return folder;
}

const selection: CellSelection = {
  labels: [],
  crop: { size: { px: 16 } },
  center: 'mask',
  edge: 'pad',
  isolate: false,
  onlyFocal: false,
};

async function planned(cells: Partial<CellSelection>): Promise<{
  readonly regions: (readonly number[])[];
  readonly notes: (string | undefined)[];
  readonly keepClear: (readonly number[])[];
  readonly warnings: string[];
}> {
  const recipe: Recipe = { ...exampleRecipe, mode: 'cells', cells: { ...selection, ...cells } };
  const { items, problems } = await planJob(recipe, await openDataset(dataset()), path.join(temporaryFolder(), 'out'));
  const sides = (box: PlannedItem['region']): number[] => (box ? [box.x, box.y, box.widthPx, box.heightPx] : []);
  return {
    regions: Array.from(items, ({ region }) => sides(region)),
    notes: Array.from(items, ({ note }) => note),
    keepClear: Array.from(items, (item) => sides(item.keepClear)),
    warnings: problems.filter(({ code }) => code === 'CellScattered').map(({ message }) => message),
  };
}

describe('cells whose label is in places far apart', () => {
  it('are centred by the mask on their largest part, if the centre of all lies in none', async () => {
    const { regions, notes, keepClear, warnings } = await planned({});
    assert.deepEqual(regions, [[7, 7, 16, 16], [31, 7, 16, 16], [9, 46, 16, 16]]); // prettier-ignore
    assert.deepEqual(notes, [
      'the label is in places far apart in the mask; the picture is about its largest part',
      undefined,
      'the label is in places far apart in the mask; the picture is about the middle of all of them; reaches beyond the image: black there',
    ]);
    // What no mark may cover is the cell that is shown.
    assert.deepEqual(keepClear.slice(0, 2), [[10, 10, 10, 10], [30, 10, 20, 10]]); // prettier-ignore
    assert.deepEqual(warnings, [
      'The labels of 2 chosen cells are in places far apart in their masks (A:1, A:3), as if several cells had one label: a picture is about the largest part where the middle of all of them lies in none.',
    ]);
  });

  it('are fitted to their largest part', async () => {
    const { regions, notes, warnings } = await planned({ crop: { padding: { px: 2 } } });
    assert.deepEqual(regions, [[8, 8, 14, 14], [28, 8, 24, 14], [0, 48, 34, 12]]); // prettier-ignore
    assert.deepEqual(notes, [
      'the label is in places far apart in the mask; the picture is of its largest part',
      undefined,
      'the label is in places far apart in the mask; the picture is of its largest part',
    ]);
    assert.match(warnings[0], /: each picture is of the largest part\.$/);
    const cut = await planned({ crop: { padding: { px: 2 }, max: { px: 8 } } });
    assert.equal(
      cut.notes[0],
      'the label is in places far apart in the mask; the picture is of its largest part; the cell is larger than the greatest size and is cut about its middle',
    );
  });

  it('are where the table says if they are centred by it, and said all the same', async () => {
    const { regions, notes, warnings } = await planned({ center: 'table' });
    assert.deepEqual(regions[0], [55, 35, 16, 16]);
    assert.match(notes[0]!, /^the label is in places far apart in the mask; the picture is about the centroid in the/);
    assert.match(warnings[0], /\(A:1, A:3\).*: pictures are about the centroids in the table\.$/);
  });

  it('are made so, with all parts kept when they are isolated, and made again from the picture', async () => {
    const folder = dataset();
    const out = path.join(temporaryFolder(), 'out');
    const flags = ['--labels', 'A:1', '--center', 'mask', '--size', '110px', '--isolate'];
    const look = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off'];
    const made = runCli('cells', folder, ...look, ...flags, '--out', out);
    assert.equal(made.exitCode, 0, made.stderr);
    assert.match(made.stderr, /^CellScattered: The labels of 1 chosen cells .*\(A:1\)/m);
    const [row] = readManifest(out);
    assert.match(row['note'], /about its largest part/);
    assert.deepEqual([row['x'], row['y']], ['-40', '-40']);
    const picture = path.join(out, 'A_cell_1.png');
    const { rgb } = await decodePicture(picture);
    const at = (x: number, y: number): number => rgb[((y + 40) * 110 + x + 40) * 3];
    assert.deepEqual([at(14, 14), at(62, 42), at(25, 14)], [14 + 28, 62 + 84, 25 + 28]);
    assert.deepEqual([at(35, 14), at(20, 53)], [0, 0]); // cells 2 and 3
    const again = path.join(temporaryFolder(), 'again');
    assert.equal(runCli('run', picture, '--dataset', folder, '--out', again).exitCode, 0);
    assert.ok(readFileSync(path.join(again, 'A_cell_1.png')).equals(readFileSync(picture)));
  });
});
