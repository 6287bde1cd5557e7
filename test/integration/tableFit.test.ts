import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plane } from '../../sample/writeTiff';
import { decodePicture, plane, readManifest, realDataFolder, writePlane } from '../support/dataset';
import { cliFile, runCli } from '../support/runCli';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';

/** Cells of 8 × 8 pixels, less some rows at the bottom, ten in a row, every ten pixels. */
const columns = 10;
const rowsOfCells = 6;
const count = columns * rowsOfCells;
const width = columns * 10;
const height = rowsOfCells * 10;
const numbers = Array.from({ length: count }, (_, i) => i + 1);

/** Rows that a cell lacks: no neighbour has as many. */
type Missing = (label: number) => number;
const alike: Missing = () => 0;
const unlike: Missing = (label) => (label * 3) % 7;

/** The mask whose cells are the table's, each with another number. */
function mask(renumber: (label: number) => number = (label) => label, missing = alike): Plane {
  return plane(width, height, (x, y) => {
    const [column, row] = [Math.floor(x / 10), Math.floor(y / 10)];
    const label = row * columns + column + 1;
    const isCell = x % 10 >= 1 && x % 10 < 9 && y % 10 >= 1 && y % 10 < 9 - missing(label);
    return isCell ? renumber(label) : 0;
  });
}

const typeOf = (label: number): string => 'TBM'[(label * 7) % 3];
const colors: Readonly<Record<string, string>> = { T: 'ff0000', B: '00ff00', M: '0000ff' };

interface TableOptions {
  readonly missing?: Missing;
  readonly labels?: readonly number[];
  readonly withCenters?: boolean;
  /** Centroids and what lies beside them. */
  readonly shiftPx?: number;
}

/** The lines of a table about these FOVs, areas as the mask has them. */
function table(fovs: readonly string[], options: TableOptions = {}): string {
  const { missing = alike, labels = numbers, withCenters = true, shiftPx = 0 } = options;
  const head = ['fov', 'label', ...(withCenters ? ['centroid-0', 'centroid-1'] : []), 'area', 'type'];
  const lines = fovs.flatMap((fov) =>
    labels.map((label) => {
      const x = ((label - 1) % columns) * 10 + 4.5 + shiftPx;
      const y = Math.floor((label - 1) / columns) * 10 + 4.5 - missing(label) / 2;
      return [fov, label, ...(withCenters ? [y, x] : []), 8 * (8 - missing(label)), typeOf(label)].join(',');
    }),
  );
  return [head.join(','), ...lines, ''].join('\n');
}

/** A dataset of FOVs with these masks, by `FOV_NAME`, and a palette for `type`. */
function dataset(masks: Readonly<Record<string, Plane>>, cellTable: string): string {
  const folder = temporaryFolder();
  for (const [name, image] of Object.entries(masks)) {
    const [fov] = name.split('_');
    writePlane(
      path.join(folder, fov, 'DNA.tiff'),
      plane(width, height, () => 5),
      {},
    );
    writePlane(path.join(folder, 'masks', `${name}.tiff`), image, { rowsPerStrip: 8, compression: 'deflate' });
  }
  writeFileSync(path.join(folder, 'cell_table.csv'), cellTable);
  mkdirSync(path.join(folder, '.batch-export', 'palettes'), { recursive: true });
  const palette = { name: 'p', column: 'type', colors: { T: '#ff0000', B: '#00ff00', M: '#0000ff' } };
  writeFileSync(path.join(folder, '.batch-export', 'palettes', 'p.mask.json'), JSON.stringify(palette));
  return folder;
}

const byType = (name = 'whole_cell'): string[] => [
  ...['--mask', `${name},mode=fill,color=by:type`, '--mask-palette', 'p'],
];

interface Exported {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly out: string;
  readonly rows: readonly Record<string, string>[];
}

function exported(mode: string, folder: string, ...flags: string[]): Exported {
  const out = path.join(temporaryFolder(), 'out');
  const { exitCode, stderr } = runCli(mode, folder, '--out', out, ...flags);
  return { exitCode, stderr, out, rows: existsSync(path.join(out, 'manifest.csv')) ? readManifest(out) : [] };
}

const onBlack = ['--masks-only', '--scale-bar', 'off'];

const full = (folder: string, ...flags: string[]): Exported =>
  exported('fovs', folder, ...onBlack, ...byType(), ...flags);

const channel = ['--channel', 'DNA=gray:0:10', '--scale-bar', 'off'];

function assertRefused({ exitCode, stderr, out }: Exported, message: RegExp): void {
  assert.equal(exitCode, 2, stderr);
  assert.match(stderr, message);
  assert.ok(!existsSync(out), 'nothing is written');
}

/** Of the cells, those whose middle has the colour of their class. */
async function countRight(file: string): Promise<number> {
  const { widthPx, rgb } = await decodePicture(file);
  return numbers.filter((label) => {
    const [x, y] = [((label - 1) % columns) * 10 + 3, Math.floor((label - 1) / columns) * 10 + 2];
    return rgb.subarray((y * widthPx + x) * 3, (y * widthPx + x) * 3 + 3).toString('hex') === colors[typeOf(label)];
  }).length;
}

const plusOne = (label: number): number => label + 1;
/** 17 and 60 have no common divisor: every label becomes another one's. */
const renumbered = (label: number): number => ((label * 17 + 5) % count) + 1;

describe('a cell table that is about its mask', () => {
  it('colours every cell, with nothing to be said', async () => {
    const folder = dataset({ A_whole_cell: mask() }, table(['A']));
    const { exitCode, stderr, out, rows } = full(folder);
    assert.deepEqual([exitCode, stderr, rows[0]['note']], [0, '', '']);
    assert.equal(await countRight(path.join(out, 'A.png')), 60);
  });

  it('may have centroids that are rounded, or count from the image’s corner', () => {
    const folder = dataset({ A_whole_cell: mask() }, table(['A'], { shiftPx: 0.5 }));
    assert.deepEqual([full(folder).exitCode, full(folder).stderr], [0, '']);
  });
});

describe('cells whose centroids lie elsewhere', () => {
  const crops = [...channel, '--size', '10px'];
  /** Cell 31 is a ring, around a hole of 6 × 6 pixels. */
  const { data, ...size } = mask();
  const isHole = (x: number, y: number): boolean => x >= 2 && x < 8 && y >= 32 && y < 38;
  const ringed = {
    ...size,
    data: Uint16Array.from(data, (label, i) => (isHole(i % width, Math.floor(i / width)) ? 0 : label)),
  };
  /** Of cell 45, twenty pixels too far right. */
  const moved = (lines: string): string => lines.replace('A,45,44.5,44.5,', 'A,45,44.5,64.5,');

  it('are told of where the table as a whole is right', () => {
    const { exitCode, stderr } = exported('cells', dataset({ A_whole_cell: ringed }, moved(table(['A']))), ...crops);
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stderr,
      /^CellOffCenter: The table's centroids of 2 of 60 chosen cells do not lie within 2 px of their cells, 1 of them not even in the box/m,
    );
    assert.doesNotMatch(stderr, /TableMismatch/);
  });

  it('are not told of a second time where it is not', () => {
    const folder = dataset({ A_whole_cell: mask(plusOne) }, table(['A']));
    const { exitCode, stderr } = exported('cells', folder, ...crops, '--allow-mismatch');
    assert.deepEqual([exitCode, /^TableMismatch: .* 0 of 60/m.test(stderr), stderr.includes('CellOffCenter')], [0, true, false]); // prettier-ignore
  });

  it('fit close beside their cells, where other cells are closer', () => {
    const folder = dataset({ A_whole_cell: mask() }, table(['A'], { shiftPx: 5.4 }));
    const { exitCode, stderr } = exported('cells', folder, ...crops, '--sample', '20');
    assert.deepEqual([exitCode, stderr], [0, '']);
  });
});

describe('a cell table that is not about its mask', () => {
  const wrong: readonly [name: string, image: Plane, message: RegExp][] = [
    ['shifted by one', mask(plusOne), /0 of 60 centroids lie within 2 px of their own label, where the mask has the table's label plus 1/],
    ['shifted by minus one', mask((label) => label - 1), /0 of 60 .* label minus 1/],
    ['renumbered', mask(renumbered), /0 of 60 centroids lie within 2 px of their own label\. Name the mask, the cell table/],
    ['flipped', mask((label) => (rowsOfCells - 1 - Math.floor((label - 1) / columns)) * columns + ((label - 1) % columns) + 1), /0 of 60/],
  ]; // prettier-ignore
  for (const [name, image, message] of wrong) {
    it(`is refused before anything is written: ${name}`, () => {
      const folder = dataset({ A_whole_cell: image }, table(['A']));
      const begin = /^TableMismatch: Expected the cells of cell_table\.csv in mask whole_cell of FOV A, but /;
      for (const result of [full(folder), exported('cells', folder, ...channel, '--size', '10px', '--sample', '5')]) {
        assertRefused(result, begin);
        assertRefused(result, message);
        assert.match(result.stderr, /--allow-mismatch\.\n$/);
      }
    });
  }

  it('is refused with the columns that could tell images apart where none says the FOV', () => {
    // Of two images, numbered on: labels of the first are another place of the second.
    const lines = table(['A']).trim().split('\n');
    const spots = lines.map((line, i) => {
      const [, label, ...rest] = line.split(',');
      return i === 0 ? 'tma_spot,label,centroid-0,centroid-1,area,type' : [i % 2 ? 'S1' : 'S2', label, ...rest].join();
    });
    const result = full(dataset({ A_whole_cell: mask(renumbered) }, spots.join('\n')));
    assertRefused(result, /TableMismatch: .* No column says the FOV of a row; these could tell images apart: tma_spot, type\. --columns fov=NAME/);
  }); // prettier-ignore

  it('is refused in every mode with the unit in which it would fit', () => {
    const inUm = table(['A'])
      .split('\n')
      .map((line, i) => {
        const [fov, label, y, x, ...rest] = line.split(',');
        return i === 0 || line === '' ? line : [fov, label, Number(y) / 2, Number(x) / 2, ...rest].join();
      });
    const folder = dataset({ A_whole_cell: mask() }, inUm.join('\n'));
    const sized = ['--pixel-size', '0.5'];
    const hint = /^TableMismatch: .*Columns centroid-1 and centroid-0 were read in pixels; in µm 60 of 60 centroids would lie in their own label: --columns unit=um says/m; // prettier-ignore
    assertRefused(full(folder, ...sized), hint);
    assertRefused(exported('cells', folder, ...channel, '--size', '9px', ...sized), hint);
    assertRefused(exported('cells', folder, ...channel, '--fit', 'mask', ...sized), hint);
    const to = path.join(temporaryFolder(), 'p.png');
    for (const [mode, item, ...flags] of [
      ['fovs', 'A', ...onBlack, ...byType()],
      ['cells', 'A:3', ...channel, '--size', '9px'],
    ]) {
      const { exitCode, stderr } = runCli('preview', mode, folder, '--item', item, '--to', to, ...flags, ...sized);
      assert.deepEqual([exitCode, hint.test(stderr)], [2, true], stderr);
    }
    assert.equal(full(folder, ...sized, '--columns', 'unit=um').exitCode, 0);
    assertRefused(
      full(dataset({ A_whole_cell: mask() }, table(['A'])), ...sized, '--columns', 'unit=um'),
      /unit=px says/,
    );
    // Of few cells it is a warning, and says so, too.
    const few = dataset({ A_whole_cell: mask() }, inUm.slice(0, 11).join('\n'));
    assert.match(full(few, ...sized).stderr, /may not hold .* in µm 10 of 10 centroids would/);
  });

  describe('of several images with no FOV', () => {
    const unnamed = (of: string, image: string, shiftPx = 0): string[] =>
      of.split('\n').slice(1, -1).map((line) => {
        const [, label, y, x, ...rest] = line.split(',');
        return [image, label, y, Number(x) + shiftPx, ...rest].join();
      }); // prettier-ignore
    const head = 'tma_spot,label,centroid-0,centroid-1,area,type';
    const own = unnamed(table(['A']), 'S1');
    const two = [head, ...unnamed(table(['A']), 'S2', 25), ...own].join('\n');
    const preview = ['preview', 'fovs', '--item', 'A', ...onBlack, ...byType()];

    it('is refused with the columns that could, in jobs and previews', () => {
      const folder = dataset({ A_whole_cell: mask() }, two);
      const message =
        /^(?:.*\n)?DatasetInvalid: .*60 of its 60 cells are in several .* could tell them apart: tma_spot\. /;
      assertRefused(full(folder), message);
      const to = path.join(temporaryFolder(), 'p.png');
      assert.match(runCli(...preview.slice(0, 2), folder, ...preview.slice(2), '--to', to).stderr, message);
      const allowed = full(folder, '--allow-mismatch');
      assert.equal(allowed.exitCode, 0, allowed.stderr);
      assert.match(allowed.stderr, /DatasetInvalid: In cell_table\.csv 60 of its 60 .* as --allow-mismatch asks/);
      assert.match(
        allowed.rows[0]['note'],
        /seems to be about several images: 60 of its 60 .* as --allow-mismatch asks/,
      );
      const crops = exported('cells', folder, ...channel, '--size', '9px', '--labels', 'A:12', '--allow-mismatch');
      assert.equal(crops.exitCode, 0, crops.stderr);
      assert.match(crops.rows[0]['note'], /seems to be about several images/);
    });

    it('is refused, too, where a column names the FOV and another one tells images apart', () => {
      const named = two.replace('tma_spot', 'fov,patient').replaceAll(/^S/gm, 'A,S');
      const folder = dataset({ A_whole_cell: mask() }, named);
      const message = /DatasetInvalid: .*60 of its 60 cells are in several .* could tell them apart: patient\. /;
      assertRefused(full(folder), message);
      assertRefused(exported('cells', folder, ...channel, '--size', '9px', '--labels', 'A:12'), message);
      // The nucleus of a cell is not where the cell is.
      const compartments = [head.replace('tma_spot', 'fov,part'), ...unnamed(table(['A']), 'A,cell'), ...unnamed(table(['A']), 'A,nucleus', 3)]; // prettier-ignore
      assert.equal(full(dataset({ A_whole_cell: mask() }, compartments.join('\n'))).exitCode, 0);
    });

    it('is refused without centroids, too, but not for rows that are only repeated', () => {
      const withoutCenters = (text: string): string => {
        return text.replaceAll(/^([^,]*,[^,]*),[^,]*,[^,]*,/gm, '$1,');
      };
      const message =
        /DatasetInvalid: .*60 of its 60 cells have several rows \(label 1 of FOV A has 2\).*: tma_spot\. /;
      assertRefused(full(dataset({ A_whole_cell: mask() }, withoutCenters(two))), message);
      const twice = withoutCenters([head, ...own, ...own].join('\n'));
      assert.equal(full(dataset({ A_whole_cell: mask() }, twice)).exitCode, 0);
    });

    it('goes on where one label of many is there again elsewhere', () => {
      const folder = dataset({ A_whole_cell: mask() }, [head, ...own, 'S1,7,40,40,64,T'].join('\n'));
      const { exitCode, stderr, rows } = full(folder);
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /^DatasetInvalid: In cell_table\.csv 1 of its 60 cells are in several \(label 7 of FOV A at 64\.5, 4\.5 and 40, 40\); the first row of each counts\.$/m); // prettier-ignore
      assert.doesNotMatch(rows[0]['note'], /several/);
      const again = dataset({ A_whole_cell: mask() }, [head, ...own, 'S2,7,40,40,64,T', 'S2,8,50,40,64,T'].join('\n'));
      assertRefused(full(again), /DatasetInvalid: .*2 of its 60 cells/);
    });
  });

  it('is refused for ROIs and for previews, and said without writing', () => {
    const folder = dataset({ A_whole_cell: mask(plusOne) }, table(['A']));
    const roi = { id: 'r', name: 'r', fov: 'A', x: 10, y: 10, widthPx: 20, heightPx: 20, tags: [] };
    writeFileSync(path.join(folder, '.batch-export', 'rois.json'), JSON.stringify({ version: 1, rois: [roi] }));
    assertRefused(exported('rois', folder, ...onBlack, ...byType()), /^TableMismatch: /);
    assertRefused(full(folder, '--dry-run'), /^TableMismatch: /);
    const to = path.join(temporaryFolder(), 'p.png');
    const previews: string[][] = [
      ['fovs', 'A', ...onBlack, ...byType()],
      ['rois', 'r', ...onBlack, ...byType()],
      ['cells', 'A:3', ...channel, '--size', '10px'],
    ];
    for (const [mode, item, ...flags] of previews) {
      const { exitCode, stderr } = runCli('preview', mode, folder, '--item', item, '--to', to, ...flags);
      assert.deepEqual([exitCode, /^TableMismatch: /.test(stderr), existsSync(to)], [2, true, false], stderr);
    }
  });

  it('is refused for crops about the mask, of few chosen cells, and whatever the mask is for', () => {
    const folder = dataset({ A_whole_cell: mask(renumbered) }, table(['A']));
    for (const flags of [
      ['--fit', 'mask'],
      ['--size', '9px', '--center', 'mask'],
      ['--size', '9px', '--isolate'],
      ['--size', '9px', '--where', 'type == "T" and area > 3', '--mask', 'whole_cell'],
      ['--size', '9px', '--labels', 'A:7'],
    ]) {
      assertRefused(exported('cells', folder, ...channel, ...flags), /^TableMismatch: .*0 of 60 centroids/);
    }
  });

  it('is not looked at where nothing of the table is used', () => {
    const folder = dataset({ A_whole_cell: mask(renumbered) }, table(['A']));
    const { exitCode, stderr } = exported('fovs', folder, ...onBlack, '--mask', 'whole_cell');
    assert.deepEqual([exitCode, stderr], [0, '']);
  });

  it('is told of each mask: a second one may have numbers of its own', () => {
    const masks = { A_whole_cell: mask(), A_nuclear: mask(renumbered) };
    const folder = dataset(masks, table(['A']));
    assert.equal(full(folder).exitCode, 0);
    const nuclear = byType('nuclear');
    assertRefused(exported('fovs', folder, ...onBlack, ...nuclear), /^TableMismatch: .* in mask nuclear of FOV A/);
    const crops = ['--size', '10px', '--sample', '3'];
    assert.equal(exported('cells', folder, ...channel, ...crops).exitCode, 0);
    assertRefused(exported('cells', folder, ...channel, ...nuclear, ...crops), /in mask nuclear of FOV A/);
  });

  it('of few cells is a warning, with figures, and a note', () => {
    const labels = numbers.slice(0, 19);
    const folder = dataset({ A_whole_cell: mask(plusOne) }, table(['A'], { labels }));
    const { exitCode, stderr, rows } = full(folder);
    assert.equal(exitCode, 0);
    assert.match(stderr, /^TableMismatch: Mask whole_cell may not hold .*: of FOV A 0 of 19 centroids/);
    assert.match(rows[0]['note'], /do not fit: 0 of 19 centroids lie within 2 px of their own label/);
  });

  it('in part is a warning: from half to four of five cells', () => {
    const halfRight = (label: number): number => (label <= 36 ? label : 36 + ((label - 35) % 24) + 1);
    const folder = dataset({ A_whole_cell: mask(halfRight) }, table(['A']));
    const { exitCode, stderr, rows } = full(folder);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /^TableMismatch: Mask whole_cell may not hold .*: of FOV A 36 of 60 centroids/);
    assert.match(rows[0]['note'], /36 of 60 centroids/);
  });

  it('in one FOV among many ends the job by name; so do many FOVs of few cells', () => {
    const fovs = ['A', 'B', 'C', 'D'];
    const masks = Object.fromEntries(fovs.map((fov) => [`${fov}_whole_cell`, mask(fov === 'C' ? plusOne : undefined)]));
    const oneBad = dataset(masks, table(fovs));
    assertRefused(full(oneBad), /^TableMismatch: .* of FOV C, but 0 of 60/);
    assert.equal(full(oneBad, '--fov', '[ABD]').exitCode, 0);
    const few = dataset(
      Object.fromEntries(fovs.map((fov) => [`${fov}_whole_cell`, mask(plusOne)])),
      table(fovs, { labels: numbers.slice(0, 6) }),
    );
    assertRefused(full(few), /^TableMismatch: .* of FOV A, but 0 of 6 .* The same in other FOVs: of FOV B 0 of 6/);
  });

  it('ends the job also where only few of many FOVs have rows', () => {
    const fovs = Array.from({ length: 40 }, (_, i) => `F${String(i).padStart(2, '0')}`);
    // Looked at among all would be 0, 4, 9, 13, 17, 22, 26, 30, 35 and 39.
    const wrong = ['F01', 'F02', 'F03'];
    const masks = Object.fromEntries(
      fovs.map((fov) => [`${fov}_whole_cell`, mask(wrong.includes(fov) ? renumbered : undefined)]),
    );
    assertRefused(full(dataset(masks, table(wrong))), /^TableMismatch: .* of FOV F01, but 0 of 60/);
  });

  it('in a FOV that was not looked at before the start fails when it is made', () => {
    const fovs = Array.from({ length: 12 }, (_, i) => `F${String(i).padStart(2, '0')}`);
    // Ten of twelve are looked at: 0, 1, 2, 4, 5, 6, 7, 9, 10 and 11.
    const masks = Object.fromEntries(
      fovs.map((fov) => [`${fov}_whole_cell`, mask(fov === 'F03' ? renumbered : undefined)]),
    );
    const folder = dataset(masks, table(fovs));
    const { exitCode, rows } = full(folder);
    assert.equal(exitCode, 1);
    const failed = rows.filter(({ outcome }) => outcome === 'failed');
    assert.deepEqual(
      failed.map((row) => [row['item'], row['error_code']]),
      [['F03', 'TableMismatch']],
    );
    assert.match(failed[0]['error_message'], /in mask whole_cell of FOV F03, but 0 of 60 centroids/);
    // A job that goes on has its recipe.
    assert.match(failed[0]['error_message'], /, or export anew as it is with --allow-mismatch\.$/);
    assert.equal(rows.filter(({ outcome }) => outcome === 'written').length, 11);
    const allowed = full(folder, '--allow-mismatch');
    assert.deepEqual([allowed.exitCode, allowed.stderr], [0, '']);
    const noted = allowed.rows.filter(({ note }) => note.includes('--allow-mismatch'));
    assert.deepEqual(noted.map(({ fov }) => fov), ['F03']); // prettier-ignore
  });
});

describe('a cell table without centroids', () => {
  const without = (labels = numbers): string => table(['A'], { labels, withCenters: false });

  it('is compared with the mask by labels, both ways', () => {
    const far = dataset({ A_whole_cell: mask((label) => label + 40) }, without());
    assertRefused(
      full(far),
      /^TableMismatch: .* 20 of the table's 60 labels are in the mask, and 20 of the mask's 60 are/,
    );
    assertRefused(exported('cells', far, ...channel, '--fit', 'mask'), /^TableMismatch: .* 20 of the table's 60/);
    const part = dataset({ A_whole_cell: mask() }, without(numbers.slice(0, 29)));
    assertRefused(full(part), /29 of the table's 29 labels are in the mask, and 29 of the mask's 60 are in the table/);
    const most = dataset({ A_whole_cell: mask() }, without(numbers.slice(0, 45)));
    const { exitCode, stderr, rows } = full(most);
    assert.equal(exitCode, 0);
    assert.match(stderr, /may not hold .* 45 of the mask's 60/);
    assert.match(rows[0]['note'], /^mask whole_cell and .* 45 of the mask's 60 are in the table$/);
    const nearlyAll = full(dataset({ A_whole_cell: mask() }, without(numbers.slice(0, 50))));
    assert.deepEqual([nearlyAll.stderr, nearlyAll.rows[0]['note']], ['', 'type: 10 of 60 cells have no row in the cell table']); // prettier-ignore
  });

  it('of few cells is only told of labels that the mask lacks', () => {
    const few = dataset({ A_whole_cell: mask() }, without([1, 2, 3]));
    assert.deepEqual([full(few).exitCode, full(few).stderr], [0, '']);
    const lacking = dataset({ A_whole_cell: mask() }, without([1, 76, 77]));
    assert.match(full(lacking).stderr, /^TableMismatch: Mask whole_cell may not hold .* 1 of the table's 3 labels/);
  });
});

describe('a mask of a sample type that is too small', () => {
  /** 60 cells, whose numbers go beyond what 8 or 16 bits hold. */
  const from = (first: number): Plane => mask((label) => first + label - 1);
  const tableFrom = (first: number): string =>
    table(['A']).replace(/^A,(\d+)/gm, (_, label: string) => `A,${first + Number(label) - 1}`);
  const as8 = ({ data, ...size }: Plane): Plane => ({ ...size, data: Uint8Array.from(data) });
  const as16 = ({ data, ...size }: Plane): Plane => ({ ...size, data: Uint16Array.from(data) });
  const beyond = (first: number): Plane => {
    const { data, ...size } = from(0);
    return { ...size, data: Uint32Array.from(data, (label, i) => (isCellAt(i) ? label + first : 0)) };
  };
  const isCellAt = (i: number): boolean => (i % width) % 10 >= 1 && (i % width) % 10 < 9 && Math.floor(i / width) % 10 >= 1 && Math.floor(i / width) % 10 < 9; // prettier-ignore

  it('is said to be wrapped, with a warning where most cells fit', () => {
    // 206 … 255 fit; 256 … 265 have become 0 … 9.
    const folder = dataset({ A_whole_cell: as8(beyond(206)) }, tableFrom(206));
    const { exitCode, stderr } = full(folder);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /may not hold .*50 of 60 centroids .* greatest label of the mask is 255, all that its sample type holds, and the table goes on to 265: the mask's labels are wrapped/); // prettier-ignore
  });

  it('and refused where they do not', () => {
    const small = dataset({ A_whole_cell: as8(beyond(236)) }, tableFrom(236));
    assertRefused(
      full(small),
      /^TableMismatch: .*20 of 60 .* is 255, .* goes on to 295: the mask's labels are wrapped/,
    );
    const large = dataset({ A_whole_cell: as16(beyond(65516)) }, tableFrom(65516));
    assertRefused(
      full(large),
      /^TableMismatch: .*20 of 60 .* is 65535, .* goes on to 65575: the mask's labels are wrapped/,
    );
    const crops = exported('cells', large, ...channel, '--size', '10px');
    assertRefused(crops, /goes on to 65575: the mask's labels are wrapped/);
  });
});

describe('centroids that are wrong while areas are right', () => {
  it('are a warning only', async () => {
    const folder = dataset({ A_whole_cell: mask(undefined, unlike) }, table(['A'], { missing: unlike, shiftPx: 25 }));
    const { exitCode, stderr, out, rows } = full(folder);
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stderr,
      /may not hold .* 60 of 60 areas are the table's, so that its labels are right and its centroids are not/,
    );
    assert.match(rows[0]['note'], /60 of 60 areas/);
    assert.equal(await countRight(path.join(out, 'A.png')), 60);
    assert.equal(exported('cells', folder, ...channel, '--fit', 'mask').exitCode, 0);
  });

  it('are refused where the areas are alike, or not the cells’', () => {
    const same = dataset({ A_whole_cell: mask() }, table(['A'], { shiftPx: 25 }));
    assertRefused(full(same), /^TableMismatch: .*0 of 60 centroids/);
    const other = dataset({ A_whole_cell: mask(plusOne, unlike) }, table(['A'], { missing: unlike }));
    assertRefused(full(other), /^TableMismatch: .*0 of 60 centroids/);
  });
});

describe('a centroid beyond all whole numbers', () => {
  it('is beside its mask, and not looked for for ever', () => {
    const lines = table(['A']).replace('A,1,4.5,4.5', 'A,1,1e308,4.5').replace('A,2,4.5', 'A,2,-1e16');
    const folder = dataset({ A_whole_cell: mask() }, lines);
    const args = ['cells', folder, '--masks-only', ...byType(), '--scale-bar', 'off', '--size', '8px'];
    const out = path.join(temporaryFolder(), 'out');
    const { status, stderr } = spawnBounded(process.execPath, [cliFile, ...args, '--out', out], { timeout: 60_000 });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^A:1: CellNotFound: .* wholly outside/m);
    assert.equal(readManifest(out).filter(({ outcome }) => outcome === 'written').length, count - 2);
  });
});

describe('--allow-mismatch', () => {
  const folder = (): string => dataset({ A_whole_cell: mask(renumbered) }, table(['A']));
  const warned =
    /^TableMismatch: Mask whole_cell does not hold the cells of cell_table\.csv: of FOV A 0 of 60 .* as --allow-mismatch asks\.$/m;
  const noted =
    /mask whole_cell and the cell table do not fit: 0 of 60 .* it is made all the same, as --allow-mismatch asks$/;

  it('goes on in every mode, and says so', () => {
    const data = folder();
    const roi = { id: 'r', name: 'r', fov: 'A', x: 10, y: 10, widthPx: 20, heightPx: 20, tags: [] };
    writeFileSync(path.join(data, '.batch-export', 'rois.json'), JSON.stringify({ version: 1, rois: [roi] }));
    for (const result of [
      full(data, '--allow-mismatch'),
      exported('rois', data, ...onBlack, ...byType(), '--allow-mismatch'),
      exported('cells', data, ...channel, '--size', '10px', '--labels', 'A:12', '--allow-mismatch'),
      exported('cells', data, ...channel, ...byType(), '--size', '10px', '--labels', 'A:12', '--allow-mismatch'),
    ]) {
      assert.equal(result.exitCode, 0, result.stderr);
      assert.match(result.stderr, warned);
      assert.deepEqual(result.rows.map(({ note }) => noted.test(note)), [true], result.rows[0]['note']); // prettier-ignore
    }
    const to = path.join(temporaryFolder(), 'p.png');
    const preview = ['preview', 'fovs', data, '--item', 'A', '--to', to, ...onBlack, ...byType()];
    assert.deepEqual([runCli(...preview, '--allow-mismatch').exitCode, existsSync(to)], [0, true]);
  });

  it('is in the recipe and in the picture, which can be made again', () => {
    const data = folder();
    const recipe = path.join(temporaryFolder(), 'r.export.json');
    const look = [...onBlack, ...byType()];
    assert.equal(runCli('fovs', data, ...look, '--allow-mismatch', '--save-recipe', recipe).exitCode, 0);
    assert.equal((JSON.parse(readFileSync(recipe, 'utf8')) as { allowMismatch?: true }).allowMismatch, true);
    const made = exported('run', recipe, '--dataset', data);
    assert.equal(made.exitCode, 0, made.stderr);
    const without = path.join(temporaryFolder(), 'r.export.json');
    writeFileSync(without, readFileSync(recipe, 'utf8').replace('"allowMismatch": true', '"allowMismatch": false'));
    assertRefused(exported('run', without, '--dataset', data), /^TableMismatch: /);
    const picture = path.join(made.out, 'A.png');
    assert.match(readFileSync(picture, 'latin1'), /"allowMismatch":true/);
    assert.match(runCli('inspect', picture).stdout, /^mismatch +allowed/m);
    const again = exported('run', picture, '--dataset', data);
    assert.deepEqual([again.exitCode, warned.test(again.stderr)], [0, true], again.stderr);
    assert.ok(readFileSync(path.join(again.out, 'A.png')).equals(readFileSync(picture)));
    // A picture that was made where all fitted is refused where it does not, unless it is asked for.
    const sound = full(dataset({ A_whole_cell: mask() }, table(['A'])));
    const elsewhere = path.join(sound.out, 'A.png');
    assert.doesNotMatch(readFileSync(elsewhere, 'latin1'), /allowMismatch/);
    assertRefused(exported('run', elsewhere, '--dataset', data), /^TableMismatch: /);
    assert.equal(exported('run', elsewhere, '--dataset', data, '--allow-mismatch').exitCode, 0);
  });

  it('is noted once of a mask that two columns colour', () => {
    const lines = table(['A']).trim().split('\n');
    const two = lines.map((line, i) => `${line},${i === 0 ? 'stage' : line.split(',').at(-1)}`).join('\n');
    const byStage = ['--mask', 'whole_cell,mode=outline,color=by:stage'];
    const { exitCode, stderr, rows } = full(dataset({ A_whole_cell: mask(renumbered) }, two), ...byStage, '--allow-mismatch'); // prettier-ignore
    assert.equal(exitCode, 0, stderr);
    assert.equal(rows[0]['note'].split('do not fit').length - 1, 1, rows[0]['note']);
  });

  it('is not asked for anew when a job goes on', () => {
    const { out } = full(folder(), '--allow-mismatch');
    assert.equal(runCli('resume', out).exitCode, 0);
  });
});

describe('real tables', () => {
  const real = realDataFolder();
  const sets: readonly [name: string, mask: string, column: string][] = [
    ['imc_pancreas', 'whole_cell', 'cell_type'],
    ['mibi_dcis_Point2203', 'whole_cell', 'cell_type_derived'],
    ['mibi_tnbc_fov8', 'whole_cell', 'cell_type_derived'],
  ];
  for (const [name, maskName, column] of sets) {
    it(`fit their masks: ${name}`, function () {
      if (real === undefined) this.skip();
      const folder = path.join(real, 'assembled', name);
      const look = ['--masks-only', '--mask', `${maskName},mode=fill,color=by:${column}`, '--scale-bar', 'off'];
      const { exitCode, stderr } = exported('fovs', folder, ...look);
      assert.equal(exitCode, 0, stderr);
      assert.doesNotMatch(stderr, /TableMismatch/);
    });
  }

  it('may have the centroids of a larger image: areas tell that labels are right', function () {
    if (real === undefined) this.skip();
    const folder = path.join(real, 'assembled', 'imc_pancreas');
    const look = ['--masks-only', '--mask', 'whole_cell,mode=fill,color=by:cell_type', '--scale-bar', 'off'];
    const { exitCode, stderr } = exported('fovs', folder, ...look, '--columns', 'x=Pos_X,y=Pos_Y');
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /TableMismatch: Mask whole_cell may not hold .* of 113 areas are the table's/);
  });
});
