import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodePicture, type DecodedPicture, plane, readManifest, writePlane } from '../support/dataset';
import { longestRunInRow } from '../support/measureBar';
import { type CliResult, eventsOf, runCli, startCli } from '../support/runCli';
import { ended } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';
import { continuousColors, maskColors, writeUeler } from '../support/uelerState';
import { waitUntil } from '../support/waitUntil';

/** What UELer 0.5 gets wrong about cells and ROIs, numbered as in the list of its defects that this project keeps. */

const width = 60;
const height = 40;

/** Cell 7 and cell 9, both away from the border, and cell 5 in the corner. */
const labelAt = (x: number, y: number): number => {
  if (x >= 10 && x < 30 && y >= 10 && y < 30) return 7;
  if (x >= 35 && x < 50 && y >= 4 && y < 20) return 9;
  return x < 6 && y < 6 ? 5 : 0;
};
const value = (x: number, y: number): number => x + 4 * y;
const tableHeader = 'fov,label,centroid-0,centroid-1,type,CD3';

interface Layout {
  readonly fovs?: readonly string[];
  /** Rows of UELer's table, below `columns`. */
  readonly rois?: readonly string[];
  readonly columns?: string;
  readonly cells?: readonly string[];
  readonly masks?: readonly string[];
}

const boxColumns = 'roi_id,name,fov,x_min,x_max,y_min,y_max,mask_color_set,marker_set';
const cellsOf = (fov: string): string[] => [
  `${fov},7,19.5,19.5,T cell,0`,
  `${fov},9,11.5,42,B cell,8`,
  `${fov},5,2.5,2.5,T cell,8`,
];

function dataset({ fovs = ['A'], rois, columns = boxColumns, cells, masks = fovs }: Layout = {}): string {
  const folder = temporaryFolder();
  for (const fov of fovs) writePlane(path.join(folder, fov, 'DNA.tiff'), plane(width, height, value));
  for (const fov of masks)
    writePlane(path.join(folder, 'masks', `${fov}_whole_cell.tiff`), plane(width, height, labelAt), {});
  writeFileSync(path.join(folder, 'cell_table.csv'), [tableHeader, ...(cells ?? fovs.flatMap(cellsOf))].join('\n'));
  if (rois) writeUeler(folder, 'roi_manager.csv', `${[columns, ...rois].join('\n')}\n`);
  return folder;
}

const gray = ['--channel', 'DNA=white:0:255'];
const bare = [...gray, '--scale-bar', 'off'];

type Exported = CliResult & { readonly out: string; readonly rows: Record<string, string>[] };

function exported(mode: 'cells' | 'rois', folder: string, ...flags: string[]): Exported {
  const out = path.join(temporaryFolder(), 'out');
  const result = runCli(mode, folder, ...flags, '--out', out);
  return { ...result, out, rows: existsSync(path.join(out, 'manifest.csv')) ? readManifest(out) : [] };
}

/** Outcome and code of each item. */
function outcomes({ rows }: Exported): string[] {
  return rows.map((row) => [row['item'], row['outcome'], row['error_code']].filter(Boolean).join(' '));
}

function decoded({ out, rows }: Exported, item: string): Promise<DecodedPicture> {
  return decodePicture(path.join(out, rows.find((row) => row['item'] === item)!['path']));
}

function colorAt({ rgb, widthPx }: DecodedPicture, x: number, y: number): string {
  const at = (y * widthPx + x) * 3;
  return rgb.subarray(at, at + 3).toString('hex');
}

describe("UELer's defects, about cells and ROIs", () => {
  it('B1: E-cadherin is not cadherin, nor any other channel whose name it holds', async () => {
    const folder = dataset({ rois: ['r,r,A,0,10,0,10,,'] });
    writePlane(
      path.join(folder, 'A', 'cadherin.tiff'),
      plane(width, height, () => 10),
    );
    writePlane(
      path.join(folder, 'A', 'E-cadherin.tiff'),
      plane(width, height, () => 200),
    );
    for (const [channel, color] of [
      ['E-cadherin', 'c8c8c8'],
      ['cadherin', '0a0a0a'],
    ] as const) {
      // prettier-ignore
      const look = ['--channel', `${channel}=white:0:255`, '--scale-bar', 'off'];
      assert.equal(colorAt(await decoded(exported('rois', folder, ...look), 'r'), 3, 3), color);
      assert.equal(colorAt(await decoded(exported('cells', folder, ...look, '--size', '8px'), 'A:7'), 3, 3), color);
    }
    assert.deepEqual(outcomes(exported('rois', folder, '--channel', 'adherin=white:0:255', '--scale-bar', 'off')), [
      'r failed ChannelNotFound',
    ]);
  });

  it('B3: the bar is there in crops that are smaller than their dots per inch', async () => {
    const folder = dataset({ rois: ['r,r,A,5,45,5,35,,'] });
    const look = [...gray, '--scale-bar', '5um', '--scale-bar-color', 'white', '--dpi', '300'];
    for (const result of [exported('rois', folder, ...look), exported('cells', folder, ...look, '--size', '40px')]) {
      assert.equal(result.exitCode, 0, result.stderr);
      for (const row of result.rows) {
        assert.deepEqual([row['scale_bar_um'], row['scale_bar_px']], ['5', '10']);
        const picture = await decodePicture(path.join(result.out, row['path']));
        const bar = longestRunInRow(picture, Number(row['scale_bar_y']), 'white');
        assert.deepEqual([bar.start, bar.length], [Number(row['scale_bar_x']), 10], row['path']);
      }
    }
  });

  it('B4: bars are as long as they say, at any size and downsample', async () => {
    const folder = temporaryFolder();
    writePlane(
      path.join(folder, 'A', 'DNA.tiff'),
      plane(1024, 1024, () => 0),
    );
    writeUeler(
      folder,
      'roi_manager.csv',
      `${boxColumns}\ns,s,A,0,512,0,100,,\nl,l,A,0,1024,0,100,,\no,o,A,0,333,0,100,,\n`,
    );
    for (const downsample of [1, 3]) {
      const result = exported('rois', folder, ...gray, '--downsample', String(downsample), '--dpi', '300');
      assert.equal(result.exitCode, 0, result.stderr);
      for (const row of result.rows) {
        const exactPx = Number(row['scale_bar_um']) / (0.5 * downsample);
        const picture = await decodePicture(path.join(result.out, row['path']));
        const { length } = longestRunInRow(picture, Number(row['scale_bar_y']), 'white');
        assert.ok(Math.abs(length - exactPx) <= 0.5, `${row['item']}: ${length} for ${exactPx}`);
        assert.ok(exactPx <= picture.widthPx / 10 && exactPx > picture.widthPx / 30);
      }
    }
  });

  it('B6: palette and ROI with fractional bounds', async () => {
    const folder = dataset({ rois: ['r,r,A,10.4,50.9,4.7,30.2,cell types,'] });
    writeUeler(folder, 'cell-types.maskcolors.json', maskColors);
    const result = exported('rois', folder, ...bare, '--mask', 'whole_cell,mode=fill');
    assert.deepEqual(outcomes(result), ['r written']);
    const picture = await decoded(result, 'r');
    assert.deepEqual([picture.widthPx, picture.heightPx], [41, 27]);
    for (let y = 0; y < 27; y++) {
      for (let x = 0; x < 41; x++) {
        const byte = value(x + 10, y + 4)
          .toString(16)
          .padStart(2, '0');
        const expected = { 7: 'ff0000', 9: '00ff00' }[labelAt(x + 10, y + 4)] ?? byte.repeat(3);
        assert.equal(colorAt(picture, x, y), expected, `${x}, ${y}`);
      }
    }
  });

  it('B7: palette and ROI with negative bounds', async () => {
    const folder = dataset({ rois: ['r,r,A,-4.5,9.5,-3,7,cell types,'] });
    writeUeler(folder, 'cell-types.maskcolors.json', maskColors);
    const picture = await decoded(exported('rois', folder, ...bare, '--mask', 'whole_cell,mode=fill'), 'r');
    assert.deepEqual([picture.widthPx, picture.heightPx], [15, 10]);
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 15; x++) {
        const [px, py] = [x - 5, y - 3];
        const isInside = px >= 0 && py >= 0;
        const byte = (isInside ? value(px, py) : 0).toString(16).padStart(2, '0');
        const expected = isInside && labelAt(px, py) === 5 ? 'ff0000' : byte.repeat(3);
        assert.equal(colorAt(picture, x, y), expected, `${x}, ${y}`);
      }
    }
  });

  it('B8: a palette for numbers is a colour map in ROIs and cells', async () => {
    const folder = dataset({ rois: ['r,r,A,0,60,0,40,CD3 level,'] });
    writeUeler(folder, 'cd3.maskcolors.json', continuousColors);
    const roi = await decoded(exported('rois', folder, ...bare, '--mask', 'whole_cell,mode=fill'), 'r');
    // matplotlib's magma at 0 and 1.
    assert.deepEqual([colorAt(roi, 20, 20), colorAt(roi, 40, 10), colorAt(roi, 2, 2)], ['000004', 'fcfdbf', 'fcfdbf']);
    const look = [
      ...bare,
      '--mask',
      'whole_cell,mode=fill,color=by:CD3',
      '--mask-palette',
      'CD3 level',
      '--size',
      '8px',
    ];
    assert.equal(colorAt(await decoded(exported('cells', folder, ...look), 'A:9'), 4, 4), 'fcfdbf');
  });

  it('B9: palettes of a dataset that was moved', async () => {
    const folder = dataset({ rois: ['r,r,A,0,60,0,40,cell types,'] });
    const gone = { path: '/gone/.UELer/cell-types.maskcolors.json', identifier: 'type', folder: '/gone/.UELer' };
    writeUeler(folder, 'mask_color_sets_index.json', { 'cell types': gone });
    writeUeler(folder, 'cell-types.maskcolors.json', maskColors);
    const picture = await decoded(exported('rois', folder, ...bare, '--mask', 'whole_cell,mode=fill'), 'r');
    assert.deepEqual([colorAt(picture, 20, 20), colorAt(picture, 40, 10)], ['ff0000', '00ff00']);
  });

  it('B10: names that are the same, and ids that are, are files of their own', async () => {
    const rows = ['a,front,A,0,5,0,5,,', 'b,front,A,10,15,0,5,,', 'c,Front,A,20,25,0,5,,', 'd,a/b,A,30,35,0,5,,', 'e,a b,A,40,45,0,5,,', 'a,same id,A,50,55,0,5,,']; // prettier-ignore
    const result = exported('rois', dataset({ rois: rows }), ...bare);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(new Set(result.rows.map((row) => row['path'].toLowerCase())).size, 6);
    assert.equal(new Set(result.rows.map((row) => row['item'])).size, 6);
    for (const [i, row] of result.rows.entries()) {
      const picture = await decodePicture(path.join(result.out, row['path']));
      assert.equal(picture.rgb[0], value(10 * i, 0), row['path']);
    }
    // Under a pattern of one's own it is a question.
    const asked = exported('rois', dataset({ rois: rows }), ...bare, '--name', '{roi}');
    assert.deepEqual([asked.exitCode, existsSync(asked.out), /^NameCollision/m.test(asked.stderr)], [2, false, true]);
    // A cell that the table has twice is one picture, or is said to be wrong.
    const twice = exported('cells', dataset({ cells: [...cellsOf('A'), 'A,7,19.5,19.5,T cell,0'] }), ...bare, '--size', '8px'); // prettier-ignore
    const items = twice.rows.map((row) => row['item']);
    assert.ok(twice.exitCode === 2 || new Set(items).size === items.length, items.join());
  });

  it('B11: a channel that one FOV lacks ends the items of this FOV, by name, and no other', () => {
    const folder = dataset({ fovs: ['A', 'B'], rois: ['a,a,A,0,5,0,5,,', 'b,b,B,0,5,0,5,,'] });
    writePlane(path.join(folder, 'A', 'CD8.tiff'), plane(width, height, value));
    const look = [...bare, '--channel', 'CD8=red:0:255'];
    const rois = exported('rois', folder, ...look);
    assert.deepEqual([rois.exitCode, outcomes(rois)], [1, ['a written', 'b failed ChannelNotFound']]);
    assert.match(rois.rows[1]['error_message'], /Expected channel CD8 in FOV B, but found DNA/);
    const cells = exported('cells', folder, ...look, '--size', '8px');
    assert.deepEqual(outcomes(cells).map((text) => text.slice(4)), [...Array<string>(3).fill('written'), ...Array<string>(3).fill('failed ChannelNotFound')]); // prettier-ignore
  });

  it('B12: crops at the border are as large as the others, with the centre in the centre', async () => {
    const folder = dataset({ rois: ['r,r,A,-4,16,-6,14,,', 's,s,A,20,40,10,30,,'] });
    const cells = exported('cells', folder, ...bare, '--size', '17px');
    assert.deepEqual(cells.rows.map((row) => [row['width_px'], row['height_px']]), Array(3).fill(['17', '17'])); // prettier-ignore
    // Centroid 2.5, 2.5: from ⌊2.5 + 0.5⌋ − 8 = −5.
    const corner = await decoded(cells, 'A:5');
    assert.deepEqual([corner.widthPx, corner.heightPx, colorAt(corner, 4, 5), colorAt(corner, 5, 4)], [17, 17, '000000', '000000']); // prettier-ignore
    assert.equal(colorAt(corner, 8, 9), value(3, 4).toString(16).padStart(2, '0').repeat(3));
    const rois = exported('rois', folder, ...bare);
    assert.deepEqual(rois.rows.map((row) => [row['width_px'], row['height_px']]), Array(2).fill(['20', '20'])); // prettier-ignore
  });

  it('B13: what lies wholly outside fails, with masks and without', () => {
    const folder = dataset({
      rois: ['r,r,A,100,120,0,20,,', 's,s,A,-20,-1,0,20,,', 'ok,ok,A,0,5,0,5,,'],
      cells: ['A,7,19.5,19.5,T cell,0', 'A,9,500,500,B cell,1'],
    });
    for (const mask of [[], ['--mask', 'whole_cell']]) {
      const rois = exported('rois', folder, ...bare, ...mask);
      assert.deepEqual(
        [rois.exitCode, outcomes(rois)],
        [1, ['r failed RoiInvalid', 's failed RoiInvalid', 'ok written']],
      );
      const cells = exported('cells', folder, ...bare, ...mask, '--size', '8px');
      assert.deepEqual([cells.exitCode, outcomes(cells)], [1, ['A:7 written', 'A:9 failed CellNotFound']]);
    }
  });

  it('B14: NaN in one channel leaves the others', async () => {
    const folder = dataset({ rois: ['r,r,A,0,5,0,5,,'] });
    const data = new Float32Array(width * height).fill(51);
    data[width + 1] = Number.NaN;
    writePlane(path.join(folder, 'A', 'CD3.tiff'), { widthPx: width, heightPx: height, data });
    const look = ['--channel', 'DNA=blue:0:255', '--channel', 'CD3=red:0:255', '--scale-bar', 'off'];
    const picture = await decoded(exported('rois', folder, ...look), 'r');
    assert.deepEqual([colorAt(picture, 1, 1), colorAt(picture, 2, 1)], ['000005', '330006']);
  });

  it('B15: overlays lie on the image also in crops that are downsampled', async () => {
    const folder = dataset({ rois: ['r,r,A,7,53,2,35,,', 's,s,A,-5,48,-2,37,,'] });
    // The channel is where the cells are: under a fill of red nothing of its white may be left.
    writePlane(
      path.join(folder, 'A', 'cells.tiff'),
      plane(width, height, (x, y) => (labelAt(x, y) > 0 ? 255 : 0)),
    );
    for (const downsample of ['2', '3', '4', '5']) {
      const look = ['--channel', 'cells=white:0:255', '--scale-bar', 'off', '--downsample', downsample, '--resample', 'nearest', '--mask', 'whole_cell,mode=fill,color=red']; // prettier-ignore
      for (const result of [exported('rois', folder, ...look), exported('cells', folder, ...look, '--size', '25px')]) {
        assert.equal(result.exitCode, 0, result.stderr);
        for (const { path: name } of result.rows) {
          const { rgb, widthPx, heightPx } = await decodePicture(path.join(result.out, name));
          const colors = new Set(Array.from({ length: widthPx * heightPx }, (_, i) => rgb.subarray(i * 3, i * 3 + 3).toString('hex'))); // prettier-ignore
          assert.deepEqual([...colors].sort(), ['000000', 'ff0000'], `${name} at ${downsample}`);
        }
      }
    }
  });

  it('B17: FOV A does not have the masks of FOV A_1', async () => {
    const folder = dataset({ fovs: ['A', 'A_1'], masks: ['A_1'], rois: ['a,a,A,0,60,0,40,,', 'b,b,A_1,0,60,0,40,,'] });
    const result = exported('rois', folder, ...bare, '--mask', 'whole_cell,mode=fill,color=red');
    assert.deepEqual(outcomes(result), ['a failed MaskNotFound', 'b written']);
    assert.equal(colorAt(await decoded(result, 'b'), 20, 20), 'ff0000');
    // Nor does asking for the rest of the name help.
    const rest = exported('rois', folder, ...bare, '--roi', 'a', '--mask', '1_whole_cell');
    assert.deepEqual(outcomes(rest), ['a failed MaskNotFound']);
  });

  it('B18: UELer’s state of FOVs and channels that are gone does not keep ROIs from being made', () => {
    const folder = dataset({ rois: ['a,a,A,0,5,0,5,,', 'g,g,deleted,0,5,0,5,,', 'm,m,A,0,5,0,5,,deleted set', 'c,c,A,0,5,0,5,,current:deleted'] }); // prettier-ignore
    writeUeler(folder, 'widget_states.json', { image_selector: 'deleted', selected_channels: ['deleted'], color_controls: { deleted: 'no colour' }, marker_sets: 7 }); // prettier-ignore
    const result = exported('rois', folder, ...bare);
    assert.deepEqual(
      [result.exitCode, outcomes(result)],
      [1, ['a written', 'm written', 'c written', 'g failed FovNotFound']],
    );
    assert.match(result.stderr, /SettingsMissing: .*marker set deleted set/);
    assert.match(result.stderr, /SettingsMissing: .*channels deleted/);
  });

  it('B20: a FOV without the mask fails, and is not made without outlines', () => {
    const folder = dataset({ fovs: ['A', 'B'], masks: ['A'], rois: ['a,a,A,0,5,0,5,,', 'b,b,B,0,5,0,5,,'] });
    const result = exported('rois', folder, ...bare, '--mask', 'whole_cell');
    assert.deepEqual([result.exitCode, outcomes(result)], [1, ['a written', 'b failed MaskNotFound']]);
    const cells = exported('cells', folder, ...bare, '--mask', 'whole_cell', '--size', '8px');
    assert.deepEqual(
      cells.rows.map((row) => [row['fov'], row['outcome'], row['error_code']].join(' ').trim()),
      [...Array<string>(3).fill('A written'), ...Array<string>(3).fill('B failed MaskNotFound')],
    );
  });

  it('B21: labels and channels of one FOV are kept at a time', function () {
    const side = 1500;
    const cells = plane(side, side, (x, y) =>
      x % 20 < 15 && y % 20 < 15 ? 1 + Math.floor(x / 20) + 75 * Math.floor(y / 20) : 0,
    );
    const peak = (count: number): number => {
      const folder = temporaryFolder();
      const rows: string[] = [];
      for (let i = 0; i < count; i++) {
        writePlane(path.join(folder, `F${i}`, 'DNA.tiff'), cells);
        writePlane(path.join(folder, 'masks', `F${i}_whole_cell.tiff`), cells, {});
        rows.push(`r${i},r${i},F${i},0,50,0,50,,`);
      }
      writeUeler(folder, 'roi_manager.csv', `${[boxColumns, ...rows].join('\n')}\n`);
      const result = exported('rois', folder, ...bare, '--mask', 'whole_cell', '--jobs', '1', '--json');
      assert.equal(result.exitCode, 0, result.stderr);
      return Number(eventsOf(result).find(({ event }) => event === 'ended')!['peakMemoryMiB']);
    };
    // 13 MiB a FOV: fourteen more of them would be 180 MiB.
    const [few, many] = [peak(2), peak(16)];
    assert.ok(many - few < 90, `${few} MiB for 2 FOVs, ${many} MiB for 16`);
  });

  it('B22: many crops of a FOV decode each of its files once', () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `r${i},r${i},${i % 2 ? 'B' : 'A'},${i},${i + 9},${i / 2},${i / 2 + 7},,`,
    );
    const cells = ['A', 'B'].flatMap((fov) => Array.from({ length: 3 }, (_, i) => cellsOf(fov)[i]));
    const folder = dataset({ fovs: ['A', 'B'], rois: rows, cells });
    // Larger than what is read of a file to know its header.
    const [wide, high] = [240, 160];
    for (const fov of ['A', 'B']) {
      writePlane(path.join(folder, fov, 'DNA.tiff'), plane(wide, high, value));
      writePlane(path.join(folder, 'masks', `${fov}_whole_cell.tiff`), plane(wide, high, labelAt), {});
    }
    const hook = path.join(temporaryFolder(), 'countReads.cjs');
    const log = path.join(path.dirname(hook), 'opened.txt');
    // What is read of each image, by file handle: all of its pixels count as one decode.
    writeFileSync(
      hook,
      `const fs = require('fs'); const { open } = fs.promises; const log = ${JSON.stringify(log)};
       const opened = new Map(); // Workers leave their files to the end of their process.
       process.on('exit', () => { for (const [handle, say] of opened) say(); });
       fs.promises.open = async (file, ...rest) => {
         const handle = await open(file, ...rest);
         if (/[.]tiff$/.test(String(file))) {
           let bytes = 0;
           const read = handle.read.bind(handle);
           handle.read = async (...args) => { const done = await read(...args); bytes += done.bytesRead; return done; };
           const close = handle.close.bind(handle);
           opened.set(handle, () => fs.appendFileSync(log, file + ' ' + bytes + '\\n'));
           handle.close = () => { opened.get(handle)(); opened.delete(handle); return close(); };
         }
         return handle;
       };`,
    );
    const decodesOf = (mode: 'rois' | 'cells', ...flags: string[]): [number, string[]] => {
      const before = process.env['NODE_OPTIONS'];
      process.env['NODE_OPTIONS'] = `--require ${hook}`;
      writeFileSync(log, '');
      const result = exported(mode, folder, ...bare, '--mask', 'whole_cell', ...flags);
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
      assert.equal(result.exitCode, 0, result.stderr);
      const whole = readFileSync(log, 'utf8').split('\n').filter(Boolean).map((line) => line.split(' ')); // prettier-ignore
      // Headers are looked at while planning; reading pixels takes at least as many bytes as there are.
      const decoded = whole.filter(([, bytes]) => Number(bytes) >= wide * high * 2).map(([file]) => path.relative(folder, file)); // prettier-ignore
      return [result.rows.length, decoded.sort()];
    };
    const once = ['A/DNA.tiff', 'B/DNA.tiff', 'masks/A_whole_cell.tiff', 'masks/B_whole_cell.tiff'];
    assert.deepEqual(decodesOf('rois'), [40, once]);
    assert.deepEqual(decodesOf('rois', '--settings', 'shared', '--size', '12px±4px'), [40, once]);
    // Whether the labels are in the mask, and the centroids in their cells, is asked while planning, once a FOV.
    assert.deepEqual(decodesOf('cells', '--size', '8px'), [6, [...once, ...once.slice(2)].sort()]);
  });

  it('B24: a ROI’s mask colour set is applied, and said to be', async () => {
    const folder = dataset({ rois: ['r,r,A,0,60,0,40,cell types,', 'p,p,A,0,60,0,40,,', 'g,g,A,0,60,0,40,gone,'] });
    writeUeler(folder, 'cell-types.maskcolors.json', maskColors);
    const result = exported('rois', folder, ...bare, '--mask', 'whole_cell,mode=fill,color=cyan');
    const [r, p, g] = await Promise.all(['r', 'p', 'g'].map((item) => decoded(result, item)));
    assert.deepEqual([r, p, g].map((picture) => colorAt(picture, 20, 20)), ['ff0000', '00ffff', '00ffff']); // prettier-ignore
    assert.match(result.rows[0]['note'], /the ROI's own mask colours cell types/);
    assert.match(result.rows[2]['note'], /not found: mask colours gone/);
    assert.match(result.stderr, /SettingsMissing: .*mask colours gone/);
  });

  it('B24: a ROI’s mask colour set says how the mask is drawn that the job does not draw', async () => {
    const folder = dataset({
      rois: ['r,r,A,0,60,0,40,mixed,'],
      cells: [...cellsOf('A').slice(0, 2), 'A,5,2.5,2.5,NK,0'],
    });
    const classes = ['T cell', 'B cell', 'NK'];
    writeUeler(folder, 'mixed.maskcolors.json', {
      ...maskColors,
      name: 'mixed',
      class_order: classes,
      active_classes: classes,
      colors: { 'T cell': '#ff0000', 'B cell': '#00ff00', NK: '#0000ff' },
      modes: { 'T cell': 'fill', 'B cell': 'outline', NK: 'fill' },
      opacities: { 'T cell': 100 },
      visible: { NK: false },
      border_opacity: 100,
    });
    const look = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off'];
    for (const imported of [false, true]) {
      if (imported) assert.equal(runCli('import', folder).exitCode, 0);
      const result = exported('rois', folder, ...look);
      assert.deepEqual(outcomes(result), ['r written']);
      const picture = await decoded(result, 'r');
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const bare = value(x, y).toString(16).padStart(2, '0').repeat(3);
          const isBorderOf9 = labelAt(x, y) === 9 && (x === 35 || x === 49 || y === 4 || y === 19);
          const expected = labelAt(x, y) === 7 ? 'ff0000' : isBorderOf9 ? '00ff00' : bare;
          assert.equal(colorAt(picture, x, y), expected, `${x}, ${y}${imported ? ', imported' : ''}`);
        }
      }
    }
    // A mask that the job draws has its colours, and is drawn as the job says.
    const outlined = exported('rois', folder, ...look, '--mask', 'whole_cell');
    const picture = await decoded(outlined, 'r');
    assert.deepEqual(
      [colorAt(picture, 10, 10), colorAt(picture, 35, 4), colorAt(picture, 0, 0), colorAt(picture, 20, 20)],
      ['ff0000', '00ff00', '000000', value(20, 20).toString(16).repeat(3)],
    );
    assert.match(outlined.rows[0]['note'], /mask colours mixed \(filled or outlined as the job has it\)/);
  });

  it('B25: what is changed during a run has no effect on the items that are left', async () => {
    const rows = Array.from(
      { length: 120 },
      (_, i) => `r${i},r${i},A,${i % 40},${(i % 40) + 20},${i % 20},${(i % 20) + 20},cell types,red`,
    );
    const make = (): string => {
      const folder = dataset({ rois: rows });
      writeUeler(folder, 'cell-types.maskcolors.json', maskColors);
      mkdirSync(path.join(folder, '.batch-export'));
      writeSets(folder, 'red');
      return folder;
    };
    const writeSets = (folder: string, color: string): void => {
      const set = { name: 'red', channels: [{ channel: 'DNA', color, contrastLimits: [0, 255] }] };
      writeFileSync(
        path.join(folder, '.batch-export', 'marker-sets.json'),
        JSON.stringify({ version: 1, markerSets: [set] }),
      );
    };
    const look = [...bare, '--mask', 'whole_cell,mode=fill'];
    const reference = exported('rois', make(), ...look);
    const folder = make();
    const out = path.join(temporaryFolder(), 'out');
    const child = startCli('rois', folder, ...look, '--rate', '40/s', '--out', out);
    const made = (): string[] => (existsSync(out) ? readdirSync(out).filter((name) => name.endsWith('.png')) : []);
    await waitUntil('the second picture', () => made().length >= 2, child);
    assert.ok(made().length < rows.length, 'too fast to be disturbed');
    writeSets(folder, 'green');
    writeUeler(folder, 'cell-types.maskcolors.json', { ...maskColors, colors: { 'T cell': '#0000ff' } });
    writeUeler(folder, 'roi_manager.csv', `${boxColumns}\n`);
    await ended(child);
    assert.deepEqual(
      readManifest(out).map((row) => [row['path'], row['sha256']]),
      reference.rows.map((row) => [row['path'], row['sha256']]),
    );
    assert.equal(made().length, rows.length);
  });

  it('B26: a table of ROIs with centre and size only', async () => {
    const rois = ['r,r,A,30,20,10,8', 's,s,A,12.5,9.5,5,5'];
    const result = exported('rois', dataset({ columns: 'roi_id,name,fov,x,y,width,height', rois }), ...bare);
    assert.equal(result.exitCode, 0, result.stderr);
    const regions = result.rows.map((row) => ['x', 'y', 'width_px', 'height_px'].map((column) => Number(row[column])));
    assert.deepEqual(regions, [[25, 16, 10, 8], [10, 7, 5, 5]]); // prettier-ignore
    assert.equal(colorAt(await decoded(result, 's'), 0, 0), value(10, 7).toString(16).padStart(2, '0').repeat(3));
    // As UELer fills in what is missing, and with cells that are empty.
    const columns = 'roi_id,name,fov,x,y,width,height,x_min,x_max,y_min,y_max';
    const filled = ['r,r,A,30,20,10,8,0.0,0.0,0.0,0.0', 's,s,A,30,20,10,8,,,,'];
    const both = exported('rois', dataset({ columns, rois: filled }), ...bare);
    assert.deepEqual(both.rows.map((row) => row['width_px']), ['10', '10']); // prettier-ignore
    // Neither box nor centre: left out with a reason, never a picture of one pixel.
    const none = exported('rois', dataset({ columns, rois: ['r,r,A,,,,,,,,', 's,s,A,30,20,10,8,,,,'] }), ...bare);
    assert.deepEqual([outcomes(none), /RoiInvalid: .*row 1/.test(none.stderr)], [['s written'], true]);
  });
});
