import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodePicture, plane, readManifest, writePlane } from '../support/dataset';
import { type CliResult, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';
import { type SlideTile, writeSlide } from '../support/writeSlide';

type Value = (x: number, y: number) => number;

/** 1 in a box of first and last pixels. */
function isIn(x0: number, y0: number, x1: number, y1: number): (x: number, y: number) => boolean {
  return (x, y) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

/**
 * Slide 7: two FOVs of 20 × 10 beside each other. Cell 3 of `left` and cell 9 of `right` are one, on both sides of the seam at
 * x 20: 16 … 22, 3 … 6. Cell 4 of `left` and cell 3 of `right`, which has the same number by chance, are apart.
 */
const [own, beyond, apart, namesake] = [isIn(16, 3, 19, 6), isIn(0, 3, 2, 5), isIn(4, 1, 6, 3), isIn(5, 3, 7, 5)];
const left: SlideTile = {
  ...{ fov: 'left', x: 0, y: 0, widthPx: 20, heightPx: 10 },
  channels: { DNA: (x, y) => 5 * x + y },
  mask: (x, y) => (own(x, y) ? 3 : apart(x, y) ? 4 : 0),
};
const right: SlideTile = {
  ...{ fov: 'right', x: 20, y: 0, widthPx: 20, heightPx: 10 },
  channels: { DNA: (x, y) => 200 - 5 * x - y },
  mask: (x, y) => (beyond(x, y) ? 9 : namesake(x, y) ? 3 : 0),
};
const table = ['left,3,17.5,4.5', 'left,4,5,2', 'right,9,1,4', 'right,3,6,4', 'alone,1,3,3'];

/** With a FOV `alone` besides, which is on no slide. */
function dataset(tiles: readonly SlideTile[] = [left, right], rows: readonly string[] = table): string {
  const folder = writeSlide(tiles);
  writePlane(path.join(folder, 'alone', 'DNA.tiff'), plane(20, 10, left.channels['DNA'] as Value), {});
  writePlane(
    path.join(folder, 'masks', 'alone_whole_cell.tiff'),
    plane(20, 10, (x, y) => (apart(x, y) ? 1 : 0)),
    {},
  );
  writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,x,y', ...rows].join('\n'));
  return folder;
}

interface Exported extends CliResult {
  readonly out: string;
  readonly rows: Record<string, string>[];
}

const bare = ['--map', '7', '--channel', 'DNA=white:0:255', '--scale-bar', 'off'];

function exported(folder: string, ...flags: string[]): Exported {
  const out = path.join(temporaryFolder(), 'out');
  const result = runCli('cells', folder, ...bare, '--out', out, ...flags);
  return { ...result, out, rows: existsSync(path.join(out, 'manifest.csv')) ? readManifest(out) : [] };
}

/** The red of each pixel, row by row. */
async function redsOf(file: string): Promise<number[][]> {
  const { rgb, widthPx, heightPx } = await decodePicture(file);
  return Array.from({ length: heightPx }, (_, y) =>
    Array.from({ length: widthPx }, (__, x) => rgb[3 * (y * widthPx + x)]),
  );
}

/** What the slide shows at a pixel. */
const slideAt: Value = (x, y) => {
  if (y < 0 || y > 9 || x < 0 || x > 39) return 0;
  return x < 20 ? 5 * x + y : 200 - 5 * (x - 20) - y;
};

function regionOf(x0: number, y0: number, [widthPx, heightPx]: [number, number], at: Value = slideAt): number[][] {
  return Array.from({ length: heightPx }, (_, y) => Array.from({ length: widthPx }, (__, x) => at(x0 + x, y0 + y)));
}

const whole = isIn(16, 3, 22, 6);
/** The cell on both sides of the seam: 3 of `left` and 9 of `right`. */
const joined = (x: number, y: number): boolean => whole(x, y) && !(x >= 20 && y === 6);

describe('cells of stitched slides', () => {
  it('are cut out across the seams of their FOVs; cells of no slide are none of them', async () => {
    const { exitCode, out, rows, stderr } = exported(dataset(), '--size', '6px');
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      rows.map(({ item, fov, label, outcome, x, y }) => [item, fov, label, outcome, x, y]),
      [
        ['left:3', 'left', '3', 'written', '15', '2'],
        ['left:4', 'left', '4', 'written', '2', '-1'],
        ['right:9', 'right', '9', 'written', '18', '1'],
        ['right:3', 'right', '3', 'written', '23', '1'],
      ],
    );
    for (const { note } of rows) assert.match(note, /^cut out of map 7/);
    assert.deepEqual(await redsOf(path.join(out, 'left_cell_3.png')), regionOf(15, 2, [6, 6]));
    assert.deepEqual(await redsOf(path.join(out, 'left_cell_4.png')), regionOf(2, -1, [6, 6]));
    assert.deepEqual(await redsOf(path.join(out, 'right_cell_9.png')), regionOf(18, 1, [6, 6]));
  });

  it('are measured with all of their parts', () => {
    const { rows } = exported(
      dataset(),
      '--fit',
      'mask',
      '--padding',
      '1px',
      '--labels',
      'left:3',
      '--labels',
      'right:9',
    );
    assert.deepEqual(
      rows.map(({ x, y, width_px, height_px }) => [x, y, width_px, height_px]),
      [
        ['15', '2', '9', '6'],
        ['15', '2', '9', '6'],
      ],
    );
    // 16 pixels with the mean 17.5, 4.5 and 9 with 21, 4: the mean of all is 18.76, 4.32.
    const { rows: centred } = exported(dataset(), '--center', 'mask', '--size', '5px', '--labels', 'left:3');
    assert.deepEqual([centred[0]['x'], centred[0]['y']], ['17', '2']);
  });

  it('are told from other cells with all of their parts, from either side', async () => {
    const labels = ['--labels', 'left:3', '--labels', 'right:9', '--labels', 'right:3'];
    const size = ['--size', '17px', '--center', 'mask'];
    const { out, rows, stderr } = exported(dataset(), ...size, '--isolate', ...labels);
    assert.equal(rows.length, 3, stderr);
    const isCell: Value = (x, y) => (joined(x, y) || apart(x, y) || namesake(x - 20, y) ? 1 : 0);
    for (const [name, isFocal] of [
      ['left_cell_3', joined],
      ['right_cell_9', joined],
      ['right_cell_3', (x: number, y: number) => namesake(x - 20, y)],
    ] as const) {
      const { x, y } = rows.find(({ path: file }) => file === `${name}.png`)!;
      const shown = regionOf(Number(x), Number(y), [17, 17], (px, py) =>
        isCell(px, py) === 1 && !isFocal(px, py) ? 0 : slideAt(px, py),
      );
      assert.deepEqual(await redsOf(path.join(out, `${name}.png`)), shown, name);
    }
  });

  it('have outlines and fills of their own with all of their parts, however the picture is made', async () => {
    const labels = ['--labels', 'left:3', '--size', '17px', '--center', 'mask'];
    const fill = [
      '--mask',
      'whole_cell,mode=fill,color=#00ff00,alpha=1',
      '--only-labels',
      'focal',
      '--focal-color',
      '#ff0000',
    ];
    const { out, rows, stderr } = exported(dataset(), ...fill, ...labels);
    assert.equal(rows[0]?.['outcome'], 'written', stderr);
    const [x0, y0] = [Number(rows[0]['x']), Number(rows[0]['y'])];
    const shown = regionOf(x0, y0, [17, 17], (x, y) => (joined(x, y) ? 255 : slideAt(x, y)));
    assert.deepEqual(await redsOf(path.join(out, 'left_cell_3.png')), shown);

    const outline = ['--mask', 'whole_cell,color=#ff0000', '--only-labels', 'focal'];
    const { out: outlined } = exported(dataset(), ...outline, ...labels);
    const isInner = isIn(17, 4, 21, 4);
    const isEdge = (x: number, y: number): boolean => joined(x, y) && !isInner(x, y) && !isIn(17, 5, 19, 5)(x, y);
    const lines = regionOf(x0, y0, [17, 17], (x, y) => (isEdge(x, y) ? 255 : slideAt(x, y)));
    assert.deepEqual(await redsOf(path.join(outlined, 'left_cell_3.png')), lines);
  });

  it('say what they are made of, and are made again from it', () => {
    const folder = dataset();
    const flags = ['--isolate', '--mask', 'whole_cell,color=#ff0000', '--size', '9px', '--labels', 'left:3'];
    const { out } = exported(folder, ...flags);
    const picture = path.join(out, 'left_cell_3.png');
    const again = path.join(temporaryFolder(), 'again');
    // Neither the table nor the map descriptor is asked again.
    writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,x,y\nleft,3,2,2\n');
    writeFileSync(path.join(folder, '.batch-export', 'maps', 'run.json'), '{"fovs": []}');
    const { exitCode, stderr } = runCli('run', picture, '--dataset', folder, '--out', again);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(readFileSync(path.join(again, 'left_cell_3.png')), readFileSync(picture));
    const said = JSON.parse(runCli('inspect', picture, '--json').stdout) as {
      recipe: { fovs: string[]; cells: { slides: string[] } };
      item: { fov: string; tiles: { fov: string }[] };
    };
    assert.deepEqual([said.recipe.fovs, said.recipe.cells.slides, said.item.fov], [['left'], ['7'], 'left']);
    assert.deepEqual(
      said.item.tiles.map(({ fov }) => fov),
      ['left', 'right'],
    );
  });

  it('are left alone by a second run, until what they show has changed', () => {
    const folder = dataset();
    const out = path.join(temporaryFolder(), 'out');
    const run = (): string[] => {
      const flags = ['--size', '6px', '--overwrite', 'changed', '--out', out];
      assert.equal(runCli('cells', folder, ...bare, ...flags).exitCode, 0);
      return readManifest(out).map(({ item, outcome }) => `${item} ${outcome}`);
    };
    run();
    assert.deepEqual(run(), ['left:3 unchanged', 'left:4 unchanged', 'right:9 unchanged', 'right:3 unchanged']);
    // `right` is seen by its own cells and by the crop that reaches into it.
    writePlane(
      path.join(folder, 'right', 'DNA.tiff'),
      plane(20, 10, () => 77),
      { compression: 'deflate' },
    );
    assert.deepEqual(run(), ['left:3 written', 'left:4 unchanged', 'right:9 written', 'right:3 written']);
  });

  it('of which others lie on top fail, and say so where it is a part of them', () => {
    const over = (x: number): SlideTile => ({ ...right, fov: 'over', x, mask: () => 0 });
    const { exitCode, rows } = exported(dataset([left, over(16)]), '--size', '6px', '--labels', 'left:3');
    assert.equal(exitCode, 1);
    assert.deepEqual([rows[0]['outcome'], rows[0]['error_code']], ['failed', 'CellNotFound']);
    assert.match(rows[0]['error_message'], /cell 3 of FOV left on map 7, but over lies over it there/);
    const { rows: partly } = exported(dataset([left, over(18)]), '--size', '6px', '--labels', 'left:3');
    assert.equal(partly[0]['outcome'], 'written');
    assert.match(partly[0]['note'], /the cell lies partly under over there/);
  });

  it('of a slide that is not there are none', () => {
    const { exitCode, stderr } = exported(dataset(), '--map', '8');
    assert.equal(exitCode, 2);
    assert.match(stderr, /Expected map 8 among the map descriptors of .*, but found 7/);
    const { stderr: none } = exported(dataset(undefined, ['alone,1,3,3']));
    assert.match(none, /Expected cells that fit the selection/);
  });

  it('are made without what is damaged, unless they show it', () => {
    const folder = dataset();
    mkdirSync(path.join(folder, 'masks'), { recursive: true });
    writeFileSync(path.join(folder, 'masks', 'right_whole_cell.tiff'), 'no TIFF');
    const flags = ['--mask', 'whole_cell', '--size', '4px', '--labels', 'left:3', '--labels', 'left:4'];
    const { rows } = exported(folder, ...flags);
    assert.deepEqual(
      rows.map(({ item, outcome, error_code }) => [item, outcome, error_code]),
      [
        ['left:3', 'failed', 'ImageUnreadable'],
        ['left:4', 'written', ''],
      ],
    );
  });
});
