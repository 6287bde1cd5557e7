import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withImage } from '../../src/core/read/openImage';
import { decodePicture, plane, readManifest, writePlane } from '../support/dataset';
import { type CliResult, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const width = 60;
const height = 40;
/** Boxes of cells: first and last pixel. Cell 5 touches the left edge, cell 8 is a ring around a hole. */
const boxes: Readonly<Record<number, readonly [number, number, number, number]>> = {
  5: [0, 20, 3, 25],
  7: [10, 10, 19, 19],
  8: [30, 5, 50, 30],
};

function labelAt(x: number, y: number): number {
  for (const [label, [left, top, right, bottom]] of Object.entries(boxes)) {
    if (x < left || x > right || y < top || y > bottom) continue;
    const isHole = label === '8' && x > 35 && x < 46 && y > 10 && y < 26;
    if (!isHole) return Number(label);
  }
  return 0;
}

/** Every pixel of the channel tells where it is: `x + 4 · y` of 255. */
const intensity = (x: number, y: number): number => x + 4 * y;

interface Row {
  readonly fov?: string;
  readonly label: number | string;
  readonly x?: number | string;
  readonly y?: number | string;
  readonly type?: string;
  readonly area?: number | string;
}

const rows: readonly Row[] = [
  { label: 7, x: 14.5, y: 14.5, type: 'T', area: 100 },
  { label: 8, x: 40, y: 17.5, type: 'B', area: 386 },
  { label: 5, x: 1.5, y: 22.5, type: 'T', area: 24 },
];

function dataset(table: readonly Row[] = rows, fovs: readonly string[] = ['A']): string {
  const folder = temporaryFolder();
  for (const fov of fovs) {
    writePlane(path.join(folder, fov, 'c.tif'), plane(width, height, intensity));
    writePlane(path.join(folder, 'masks', `${fov}_whole_cell.tif`), plane(width, height, labelAt), {});
  }
  const lines = table.map(({ fov = 'A', label, x = '', y = '', type = '', area = '' }) =>
    [fov, label, y, x, type, area].join(','),
  );
  writeFileSync(
    path.join(folder, 'cell_table.csv'),
    ['fov,label,centroid-0,centroid-1,cell_type,area', ...lines].join('\n'),
  );
  return folder;
}

const bare = ['--channel', 'c=white:0:255', '--scale-bar', 'off'];

function exported(folder: string, ...flags: string[]): CliResult & { out: string; rows: Record<string, string>[] } {
  const out = path.join(temporaryFolder(), 'out');
  const result = runCli('cells', folder, ...bare, '--out', out, ...flags);
  return { ...result, out, rows: existsSync(path.join(out, 'manifest.csv')) ? readManifest(out) : [] };
}

/** The expected picture of a region: the channel's own values, black beyond the image and where `isBlack`. */
function assertRegion(
  picture: { widthPx: number; heightPx: number; rgb: Buffer },
  [x0, y0, w, h]: readonly [number, number, number, number],
  isBlack: (label: number) => boolean = () => false,
): void {
  assert.deepEqual([picture.widthPx, picture.heightPx], [w, h]);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [px, py] = [x0 + x, y0 + y];
      const isInside = px >= 0 && py >= 0 && px < width && py < height;
      const expected = isInside && !isBlack(labelAt(px, py)) ? intensity(px, py) : 0;
      assert.equal(picture.rgb[(y * w + x) * 3], expected, `at ${x}, ${y}`);
    }
  }
}

async function assertCrop(
  result: ReturnType<typeof exported>,
  name: string,
  region: readonly [number, number, number, number],
  isBlack?: (label: number) => boolean,
): Promise<void> {
  assertRegion(await decodePicture(path.join(result.out, name)), region, isBlack);
  const row = result.rows.find((candidate) => candidate['path'] === name)!;
  assert.deepEqual(
    ['x', 'y', 'width_px', 'height_px'].map((column) => Number(row[column])),
    region,
  );
}

describe('single cells', () => {
  it('are cut out about their centroids, the same size for all, black beyond the image', async () => {
    const result = exported(dataset(), '--size', '16px');
    assert.deepEqual([result.exitCode, result.rows.length], [0, 3]);
    // x0 = ⌊cx + 0.5⌋ − ⌊size / 2⌋
    await assertCrop(result, 'A_cell_7.png', [7, 7, 16, 16]);
    await assertCrop(result, 'A_cell_8.png', [32, 10, 16, 16]);
    await assertCrop(result, 'A_cell_5.png', [-6, 15, 16, 16]);
    assert.deepEqual(
      result.rows.map((row) => [row['item'], row['mode'], row['label'], row['note']]),
      [
        ['A:7', 'cells', '7', ''],
        ['A:8', 'cells', '8', ''],
        ['A:5', 'cells', '5', 'reaches beyond the image: black there'],
      ],
    );
  });

  it('of odd sizes and of sizes in µm', async () => {
    await assertCrop(exported(dataset(), '--size', '5px', '--labels', 'A:7'), 'A_cell_7.png', [13, 13, 5, 5]);
    // 3.3 µm of half a micrometre: ⌊6.6 + 0.5⌋ = 7
    await assertCrop(exported(dataset(), '--size', '3.3um', '--labels', 'A:7'), 'A_cell_7.png', [12, 12, 7, 7]);
  });

  it('are moved into the image, or skipped, if they reach beyond', async () => {
    const shifted = exported(dataset(), '--size', '16px', '--edge', 'shift');
    await assertCrop(shifted, 'A_cell_5.png', [0, 15, 16, 16]);
    const skipped = exported(dataset(), '--size', '16px', '--edge', 'skip');
    assert.equal(skipped.exitCode, 0);
    assert.deepEqual(
      skipped.rows.map((row) => [row['item'], row['outcome'], row['path'] !== '']),
      [
        ['A:7', 'written', true],
        ['A:8', 'written', true],
        ['A:5', 'skipped', false],
      ],
    );
    assert.match(skipped.rows[2]['note'], /reaches beyond the image/);
    assert.match(skipped.stdout, /2 of 3 pictures written, 1 skipped/);
  });

  it('fit their masks with padding, at least and at most so large', async () => {
    const folder = dataset();
    const fitted = exported(folder, '--fit', 'mask', '--padding', '2px');
    await assertCrop(fitted, 'A_cell_7.png', [8, 8, 14, 14]);
    await assertCrop(fitted, 'A_cell_8.png', [28, 3, 25, 30]);
    await assertCrop(fitted, 'A_cell_5.png', [-2, 18, 8, 10]);
    const bounded = exported(folder, '--fit', 'mask', '--padding', '0px', '--min-size', '12px', '--max-size', '20px');
    await assertCrop(bounded, 'A_cell_7.png', [9, 9, 12, 12]);
    // 21 × 26 about x 40.5, y 18: from ⌊40.5 − 10 + 0.5⌋ and ⌊18 − 10 + 0.5⌋
    await assertCrop(bounded, 'A_cell_8.png', [31, 8, 20, 20]);
    assert.match(bounded.rows.find((row) => row['label'] === '8')!['note'], /cut about its middle/);
  });

  it('are isolated: other cells are black, background is not', async () => {
    const result = exported(dataset(), '--size', '50px', '--isolate', '--labels', 'A:7');
    await assertCrop(result, 'A_cell_7.png', [-10, -10, 50, 50], (label) => label === 5 || label === 8);
  });

  it('have an outline of their own colour, or the only one', async () => {
    const at = (picture: { widthPx: number; rgb: Buffer }, x: number, y: number): string =>
      picture.rgb.subarray((y * picture.widthPx + x) * 3, (y * picture.widthPx + x) * 3 + 3).toString('hex');
    const whole = ['--size', '80px', '--labels', 'A:7', '--mask', 'whole_cell,color=red'];
    const [x0, y0] = [-25, -25];
    const both = exported(dataset(), ...whole, '--focal-color', 'yellow');
    const picture = await decodePicture(path.join(both.out, 'A_cell_7.png'));
    assert.deepEqual([at(picture, 10 - x0, 10 - y0), at(picture, 30 - x0, 5 - y0)], ['ffff00', 'ff0000']);
    const only = exported(dataset(), ...whole, '--only-labels', 'focal');
    const alone = await decodePicture(path.join(only.out, 'A_cell_7.png'));
    const plain = intensity(30, 5).toString(16).repeat(3);
    assert.deepEqual([at(alone, 10 - x0, 10 - y0), at(alone, 30 - x0, 5 - y0)], ['ff0000', plain]);
  });

  it('are chosen by a filter, by labels, by FOVs; what is given twice widens, what differs narrows', () => {
    const folder = dataset([...rows, ...rows.map((row) => ({ ...row, fov: 'B' }))], ['A', 'B']);
    const chosen = (...flags: string[]): string[] =>
      exported(folder, '--size', '8px', ...flags).rows.map((row) => row['item']);
    assert.deepEqual(chosen('--where', 'cell_type == "T"'), ['A:7', 'A:5', 'B:7', 'B:5']);
    assert.deepEqual(chosen('--where', 'cell_type == "T" and area < 50', '--fov', 'B'), ['B:5']);
    assert.deepEqual(chosen('--labels', 'A:7,8', '--labels', 'B:5'), ['A:7', 'A:8', 'B:5']);
    assert.deepEqual(chosen('--labels', 'A:7,8', '--where', 'area > 200'), ['A:8']);
  });

  it('are sampled: the same for the same seed, so many of each stratum, of each third of a range', () => {
    const many = Array.from({ length: 30 }, (_, i): Row => {
      return { label: i + 1, x: 30, y: 20, type: i % 3 === 0 ? 'T' : 'B', area: i };
    });
    const folder = dataset(many);
    // The table is about no mask.
    rmSync(path.join(folder, 'masks'), { recursive: true });
    const labels = (...flags: string[]): number[] =>
      exported(folder, '--size', '4px', ...flags).rows.map((row) => Number(row['label']));
    const first = labels('--sample', '5', '--seed', '1');
    assert.deepEqual([first.length, new Set(first).size], [5, 5]);
    assert.deepEqual(
      first,
      [...first].sort((a, b) => a - b),
      'in the order of the table',
    );
    assert.deepEqual(labels('--sample', '5', '--seed', '1'), first);
    assert.notDeepEqual(labels('--sample', '5', '--seed', '2'), first);
    const stratified = labels('--sample', '3', '--per', 'cell_type');
    assert.deepEqual([stratified.length, stratified.filter((label) => (label - 1) % 3 === 0).length], [6, 3]);
    const ranged = labels('--sample', '2', '--sample-range', 'area');
    assert.deepEqual(
      ranged.map((label) => Math.floor((label - 1) / 10)),
      [0, 0, 1, 1, 2, 2],
    );
    assert.equal(labels('--sample', '100').length, 30);
  });

  it('says which rows are about no FOV, which labels no mask has, and which centroids lie elsewhere', () => {
    const folder = dataset([
      ...rows,
      { fov: 'Z', label: 1, x: 1, y: 1 },
      { label: 99, x: 5, y: 5 },
      { label: 'x', x: 5, y: 5 },
      { label: 7, x: 5, y: 5 },
    ]);
    const result = exported(folder, '--size', '8px');
    assert.equal(result.exitCode, 0);
    assert.match(result.stderr, /1 rows of cell_table\.csv are about FOVs that the dataset does not have \(Z\)/);
    assert.match(result.stderr, /1 rows .* have no whole number above 0/);
    assert.match(result.stderr, /1 rows .* are about a cell that an earlier row is about/);
    assert.match(result.stderr, /labels of 1 chosen cells are not in their masks \(A:99\)/);
    // That of the ring is in its hole, 99 is nowhere: of so few cells this is said of the table, and not of each cell again.
    assert.match(result.stderr, /TableMismatch: .* of FOV A 2 of 4 centroids lie within 2 px of their own label/);
    assert.doesNotMatch(result.stderr, /CellOffCenter/);
    assert.deepEqual(
      result.rows.map((row) => row['item']),
      ['A:7', 'A:8', 'A:5', 'A:99'],
    );
  });

  it('fail where the mask is needed and has no such label, and the others go on', () => {
    const folder = dataset([...rows, { label: 99, x: 5, y: 5 }]);
    for (const flag of [['--center', 'mask'], ['--isolate'], ['--only-labels', 'focal'], ['--fit', 'mask']]) {
      const result = exported(folder, ...flag);
      assert.equal(result.exitCode, 1);
      assert.deepEqual(
        result.rows.map((row) => [row['item'], row['error_code']]),
        [
          ['A:7', ''],
          ['A:8', ''],
          ['A:5', ''],
          ['A:99', 'CellNotFound'],
        ],
      );
    }
  });

  const damaged = (damage: (mask: string) => void): string => {
    const folder = dataset(rows, ['A', 'B']);
    damage(path.join(folder, 'masks', 'A_whole_cell.tif'));
    const table = [...rows, ...rows.map((row) => ({ ...row, fov: 'B' }))];
    const lines = table.map(({ fov = 'A', label, x, y }) => [fov, label, y, x].join(','));
    writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,centroid-0,centroid-1', ...lines].join('\n'));
    return folder;
  };
  const failedFovs = ({ rows: found }: ReturnType<typeof exported>): string[] =>
    found.filter(({ outcome }) => outcome === 'failed').map(({ fov }) => fov);

  it('need no mask that is damaged if nothing is asked of it, which is said', () => {
    const folder = damaged((mask) => {
      truncateSync(mask, 3000);
    });
    const free = exported(folder, '--size', '9px');
    assert.equal(free.exitCode, 0, free.stderr);
    assert.equal(free.rows.length, 6);
    assert.match(free.stderr, /ImageUnreadable: .*No picture needs this mask/);
    for (const flags of [['--isolate'], ['--mask', 'whole_cell']]) {
      const needed = exported(folder, '--size', '9px', ...flags);
      assert.deepEqual([needed.exitCode, failedFovs(needed)], [1, ['A', 'A', 'A']], flags.join());
    }
  });

  it('fail where the cell mask has another size than the image, also if nothing is drawn of it', () => {
    const folder = damaged((mask) => {
      writePlane(mask, plane(width / 2, height, labelAt), {});
    });
    for (const flags of [[], ['--isolate'], ['--mask', 'whole_cell'], ['--center', 'mask']]) {
      const result = exported(folder, '--size', '9px', ...flags);
      assert.deepEqual([result.exitCode, failedFovs(result)], [1, ['A', 'A', 'A']], flags.join());
      assert.match(result.rows[0]['error_message'], /60 × 40 pixels for mask whole_cell of FOV A, .* found 30 × 40/);
    }
  });

  it('are not isolated by a mask that has another size by now', () => {
    const folder = dataset();
    const { out } = exported(folder, '--size', '15px', '--isolate', '--labels', 'A:7');
    writePlane(path.join(folder, 'masks', 'A_whole_cell.tif'), plane(width / 2, height, labelAt), {});
    const again = path.join(temporaryFolder(), 'again');
    const result = runCli('run', path.join(out, 'A_cell_7.png'), '--dataset', folder, '--out', again);
    assert.equal(result.exitCode, 1);
    assert.match(result.stderr, /SizeMismatch: Expected 60 × 40 pixels for mask whole_cell of FOV A, .* found 30 × 40/);
  });

  it('have at least a pixel, or fail', () => {
    const result = exported(dataset(), '--size', '0.1um', '--pixel-size', '0.5');
    assert.deepEqual(
      [result.exitCode, new Set(result.rows.map((row) => row['error_code']))],
      [1, new Set(['CellNotFound'])],
    );
    assert.match(result.rows[0]['error_message'], /of at least a pixel/);
  });

  it('are centred by the mask where the table has no centroids', async () => {
    const folder = dataset();
    writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label\nA,7\n');
    await assertCrop(exported(folder, '--size', '16px'), 'A_cell_7.png', [7, 7, 16, 16]);
  });

  it('outside of the image fail, each by itself', () => {
    const result = exported(dataset([...rows, { label: 9, x: 500, y: 5 }]), '--size', '8px');
    assert.deepEqual([result.exitCode, result.rows[3]['error_code']], [1, 'CellNotFound']);
    assert.match(result.rows[3]['error_message'], /wholly outside/);
  });

  it('are written as unrendered channels of their region', async () => {
    const { out } = exported(dataset(), '--size', '16px', '--format', 'ome-tiff', '--labels', 'A:5');
    await withImage({ file: path.join(out, 'A_cell_5.ome.tiff') }, async (image) => {
      const header = image.describe();
      assert.deepEqual([header.widthPx, header.heightPx, header.sampleType], [16, 16, 'uint16']);
      const [read] = await image.read([undefined], { x: 0, y: 0, widthPx: 16, heightPx: 16 }, {});
      assert.deepEqual(
        [...read.samples],
        Array.from({ length: 256 }, (_, i) => {
          const [x, y] = [(i % 16) - 6, Math.floor(i / 16) + 15];
          return x < 0 ? 0 : intensity(x, y);
        }),
      );
    });
  });

  it('are previewed as they are exported', () => {
    const folder = dataset();
    const flags = ['--size', '32px', '--mask', 'whole_cell', '--caption', '{index}: {fov}, cell {label}'];
    const result = exported(folder, ...flags);
    const file = path.join(temporaryFolder(), 'preview.png');
    const preview = runCli('preview', 'cells', folder, ...bare, ...flags, '--item', 'A:5', '--to', file);
    assert.deepEqual([preview.exitCode, preview.stderr], [0, '']);
    assert.ok(readFileSync(file).equals(readFileSync(path.join(result.out, 'A_cell_5.png'))));
  });

  it('refuses what cannot be, before anything is written', () => {
    const folder = dataset();
    for (const [flags, message] of [
      [['--where', 'area > 1e9'], /SelectionEmpty/],
      [['--where', 'area >'], /FilterInvalid/],
      [['--where', 'nope > 3'], /ColumnNotFound.*nope/],
      [['--labels', 'A'], /Usage: Expected --labels FOV:1,2,3/],
      [['--size', '12'], /Usage: Expected whole pixels such as 128px/],
      [['--size', '0px'], /Usage: Expected whole pixels such as 128px, .* for --size, but found "0px"/],
      [['--fit', 'mask', '--max-size', '0px'], /Usage: .* for --max-size, but found "0px"/],
      [['--fit', 'mask', '--min-size', '50px', '--max-size', '20px'], /Usage: Expected a --max-size that is not less/],
      [['--cell-mask', 'nope'], /DatasetInvalid: Expected a mask called nope in .*, but found whole_cell/],
      [['--size', '12px', '--fit', 'mask'], /Usage: Expected --size or --fit mask/],
      [['--per', 'cell_type'], /Usage: Expected --sample N with --per/],
      [['--sample', '3', '--sample-range', 'cell_type'], /DatasetInvalid: Expected numbers in column cell_type/],
      [['--padding', '3px'], /Usage: Expected --fit mask with --padding/],
      [['--focal-color', 'red'], /Usage: Expected --mask whole_cell with --focal-color/],
    ] as const) {
      const result = exported(folder, ...flags);
      assert.deepEqual([result.exitCode, existsSync(result.out)], [2, false], flags.join(' '));
      assert.match(result.stderr, message);
    }
  });
});
