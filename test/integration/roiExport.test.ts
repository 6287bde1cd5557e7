import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeSample } from '../../sample/makeSample';
import { withImage } from '../../src/core/read/openImage';
import { decodePicture, plane, readManifest, writePlane } from '../support/dataset';
import { type CliResult, eventsOf, runCli, startCli } from '../support/runCli';
import { ended } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';
import { writeUeler } from '../support/uelerState';
import { waitUntil } from '../support/waitUntil';

const width = 60;
const height = 40;

type Rgb = readonly [red: number, green: number, blue: number];
type Box = readonly [x: number, y: number, widthPx: number, heightPx: number];
type Pixel = (x: number, y: number) => Rgb;

/** Two cells; every pixel of the channels tells where it is. */
const labelAt = (x: number, y: number): number =>
  x >= 10 && x < 30 && y >= 10 && y < 30 ? 7 : x >= 35 && x < 50 && y >= 4 && y < 20 ? 9 : 0;
const classAt = (x: number): number => (x < 20 ? 1 : x < 40 ? 2 : 0);
const channels: Readonly<Record<string, (x: number, y: number) => number>> = {
  DNA: (x, y) => x + 4 * y,
  CD3: (x) => 3 * x,
  CD8: (_, y) => 6 * y,
};

/** In white within 0 … 255, as the flags of `bare` ask for it. */
const dna: Pixel = (x, y) => {
  const value = channels['DNA'](x, y);
  return [value, value, value];
};
const cd3Red: Pixel = (x, y) => [channels['CD3'](x, y), 0, 0];

/** An outline one pixel wide within each cell. */
function isEdge(x: number, y: number): boolean {
  const label = labelAt(x, y);
  const beside = [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]]; // prettier-ignore
  return label > 0 && beside.some(([nextX, nextY]) => labelAt(nextX, nextY) !== label);
}

const outlined =
  (pixel: Pixel, color: Rgb = [255, 255, 255]): Pixel =>
  (x, y) =>
    isEdge(x, y) ? color : pixel(x, y);

interface SavedRoi {
  readonly id?: string;
  readonly name: string;
  readonly fov?: string;
  readonly x?: number;
  readonly y?: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly [rest: string]: unknown;
}

const boxed = ([x, y, widthPx, heightPx]: Box, name: string, rest: object = {}): SavedRoi => {
  return { id: name, name, fov: 'A', x, y, widthPx, heightPx, ...rest };
};

/** FOVs of three channels, a mask and an annotation, with ROIs and the marker sets `red` and `green`. */
function dataset(rois: readonly SavedRoi[] | undefined, fovs: readonly string[] = ['A', 'B']): string {
  const folder = temporaryFolder();
  for (const fov of fovs) {
    for (const [name, value] of Object.entries(channels))
      writePlane(path.join(folder, fov, `${name}.tiff`), plane(width, height, value));
    writePlane(path.join(folder, 'masks', `${fov}_whole_cell.tiff`), plane(width, height, labelAt), {});
    writePlane(path.join(folder, 'annotations', `${fov}_region.tiff`), plane(width, height, classAt), {});
  }
  mkdirSync(path.join(folder, '.batch-export', 'palettes'), { recursive: true });
  const write = (name: string, content: object): void => {
    writeFileSync(path.join(folder, '.batch-export', name), JSON.stringify(content));
  };
  const setting = (channel: string, color: string): object => ({ channel, color, contrastLimits: [0, 255] });
  const markerSets = [
    { name: 'red', channels: [setting('CD3', 'red')] },
    { name: 'green', channels: [setting('CD8', 'green'), setting('CD3', 'blue')] },
  ];
  write('marker-sets.json', { version: 1, markerSets });
  write('palettes/zones.annotation.json', {
    name: 'zones',
    annotation: 'region',
    colors: { '1': '#ff0000', '2': '#0000ff' },
    names: { '1': 'tumour', '2': 'stroma' },
  });
  if (rois) write('rois.json', { version: 1, rois });
  return folder;
}

const bare = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off'];

type Exported = CliResult & { readonly out: string; readonly rows: Record<string, string>[] };

function exported(folder: string, ...flags: string[]): Exported {
  const out = path.join(temporaryFolder(), 'out');
  const look = flags.some((flag) => ['--channel', '--marker-set', '--masks-only'].includes(flag))
    ? bare.slice(2)
    : bare;
  const bar = flags.includes('--scale-bar') ? look.filter((flag) => !['--scale-bar', 'off'].includes(flag)) : look;
  const result = runCli('rois', folder, ...bar, '--out', out, ...flags);
  return { ...result, out, rows: existsSync(path.join(out, 'manifest.csv')) ? readManifest(out) : [] };
}

function rowOf({ rows }: Exported, item: string): Record<string, string> {
  return rows.find((row) => row['item'] === item) ?? assert.fail(`no row of ${item}`);
}

/** The picture of an item is exactly this, black beyond the image, and the manifest says so. */
async function assertRoi(result: Exported, item: string, [x0, y0, w, h]: Box, pixel: Pixel): Promise<void> {
  const row = rowOf(result, item);
  assert.deepEqual(
    [row['outcome'], ...['x', 'y', 'width_px', 'height_px'].map((column) => Number(row[column]))],
    ['written', x0, y0, w, h],
  );
  const { widthPx, heightPx, rgb } = await decodePicture(path.join(result.out, row['path']));
  assert.deepEqual([widthPx, heightPx], [w, h]);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [px, py] = [x0 + x, y0 + y];
      const isInside = px >= 0 && py >= 0 && px < width && py < height;
      const at = (y * w + x) * 3;
      const exact = isInside ? pixel(px, py) : [0, 0, 0];
      for (let i = 0; i < 3; i++) {
        // Exactly between two levels either of them is right.
        const isRight = Math.abs(rgb[at + i] - exact[i]) <= 0.5;
        if (!isRight)
          assert.fail(`${item}: ${x}, ${y}: expected ${exact.join()}, found ${rgb.subarray(at, at + 3).join()}`);
      }
    }
  }
}

/** All files of an output folder's pictures, by name. */
function picturesOf(out: string): Map<string, Buffer> {
  const names = readdirSync(out).filter((name) => name.endsWith('.png'));
  return new Map(names.sort().map((name) => [name, readFileSync(path.join(out, name))]));
}

describe('ROIs with their own settings', () => {
  const some: Box = [5, 3, 40, 30];
  const rois = [
    boxed(some, 'named', { markerSet: 'red' }),
    boxed(some, 'other', { markerSet: 'green', fov: 'B' }),
    boxed(some, 'hides', { maskVisibility: { whole_cell: false } }),
    boxed(some, 'painted', { annotationPalette: 'zones' }),
    boxed(some, 'plain'),
    boxed(some, 'current', { markerSet: { channels: ['CD8', 'CD3'] } }),
    boxed(some, 'gone', { markerSet: 'deleted', annotationPalette: 'deleted', maskColorSet: 'deleted' }),
  ];
  let result: Exported;

  before(() => {
    result = exported(dataset(rois), '--mask', 'whole_cell');
  });

  it('have their own marker sets', async () => {
    assert.equal(result.exitCode, 0, result.stderr);
    await assertRoi(result, 'named', some, outlined(cd3Red));
    await assertRoi(
      result,
      'other',
      some,
      outlined((x, y) => [0, channels['CD8'](x, y), channels['CD3'](x, y)]),
    );
  });

  it('hide masks', async () => {
    await assertRoi(result, 'hides', some, dna);
  });

  it('have their own annotation with its palette, half as strong as it is', async () => {
    const half = (value: number, color: number): number => (value + color) / 2;
    const painted: Pixel = (x, y) => {
      const [value] = dna(x, y);
      const color = [undefined, [255, 0, 0], [0, 0, 255]][classAt(x)];
      return color ? [half(value, color[0]), half(value, color[1]), half(value, color[2])] : [value, value, value];
    };
    await assertRoi(result, 'painted', some, outlined(painted));
  });

  it('are as the job says where they say nothing, or what is not there', async () => {
    await assertRoi(result, 'plain', some, outlined(dna));
    await assertRoi(result, 'gone', some, outlined(dna));
  });

  it('show current channels as a saved marker set has them, if nobody looked at them otherwise', async () => {
    await assertRoi(
      result,
      'current',
      some,
      outlined((x, y) => [channels['CD3'](x, y), channels['CD8'](x, y), 0]),
    );
  });

  it('say in the manifest and before the start what applied', () => {
    const saying = (item: string): string[] => ['roi_id', 'marker_set', 'note'].map((key) => rowOf(result, item)[key]);
    assert.deepEqual(saying('named'), ['named', 'red', "the ROI's own marker set red; the rest is the job's"]);
    assert.deepEqual(saying('other'), ['other', 'green', "the ROI's own marker set green; the rest is the job's"]);
    assert.deepEqual(saying('hides'), ['hides', '', "the ROI's own visible masks; the rest is the job's"]);
    assert.deepEqual(saying('painted'), [
      'painted',
      '',
      "the ROI's own annotation palette zones; the rest is the job's",
    ]);
    assert.deepEqual(saying('current'), ['current', '', "the ROI's own channels CD8, CD3; the rest is the job's"]);
    const nothing = "no settings of the ROI's own";
    assert.deepEqual(saying('plain'), ['plain', '', `${nothing}; the rest is the job's`]);
    assert.deepEqual(saying('gone'), [
      'gone',
      '',
      `${nothing}; not found: marker set deleted, mask colours deleted, annotation palette deleted; the rest is the job's`,
    ]);
    for (const what of ['marker set', 'mask colours', 'annotation palette'])
      assert.match(result.stderr, new RegExp(`SettingsMissing: .*${what} deleted of 1 ROIs? \\(gone\\)`));
    // The order of the dataset's FOVs; what it says of FOVs is true.
    assert.deepEqual(
      result.rows.map((row) => [row['item'], row['fov'], row['mode']]),
      [...rois.filter(({ fov }) => fov === 'A'), rois[1]].map(({ id, fov }) => [id, fov, 'rois']),
    );
  });

  it('show current channels as UELer’s viewer did last', async () => {
    const folder = dataset(undefined);
    const csv = `roi_id,name,fov,x_min,x_max,y_min,y_max,marker_set,mask_visibility
u1,one,A,5,45,3,33,"current:CD3,DNA","{""whole_cell"": true}"
u2,two,A,5,45,3,33,red,
`;
    writeUeler(folder, 'roi_manager.csv', csv);
    writeUeler(folder, 'widget_states.json', {
      color_controls: { CD3: 'Green', DNA: 'Red' },
      contrast_min_controls: { CD3: 0, DNA: 0 },
      contrast_max_controls: { CD3: 510, DNA: 255 },
      mask_color_controls: { whole_cell: 'Yellow' },
      mask_display_controls: { whole_cell: false },
    });
    const shown = exported(folder);
    assert.equal(shown.exitCode, 0, shown.stderr);
    // DNA as the job says, in white; CD3 as the viewer: green, half as bright. White and green add up.
    const one: Pixel = (x, y) => {
      const [value] = dna(x, y);
      return [value, Math.min(255, value + channels['CD3'](x, y) / 2), value];
    };
    await assertRoi(shown, 'u1', some, outlined(one, [255, 255, 0]));
    await assertRoi(shown, 'u2', some, cd3Red);
  });

  it('hide or show nothing of the job with --settings shared', async () => {
    const shared = exported(dataset(rois), '--mask', 'whole_cell', '--settings', 'shared');
    assert.equal(shared.exitCode, 0, shared.stderr);
    assert.doesNotMatch(shared.stderr, /SettingsMissing/);
    for (const item of ['named', 'hides', 'painted', 'gone']) {
      await assertRoi(shared, item, some, outlined(dna));
      assert.deepEqual([rowOf(shared, item)['note'], rowOf(shared, item)['marker_set']], ['', '']);
    }
  });

  it('make separate channels of their own marker sets', async () => {
    const separate = exported(dataset(rois.slice(0, 3)), '--separate-channels');
    assert.equal(separate.exitCode, 0, separate.stderr);
    assert.deepEqual(separate.rows.map((row) => row['path']).sort(), [
      'A_roi_hides_DNA.png',
      'A_roi_named_CD3.png',
      'B_roi_other_CD3.png',
      'B_roi_other_CD8.png',
    ]);
    const { rgb } = await decodePicture(path.join(separate.out, 'B_roi_other_CD8.png'));
    assert.deepEqual([...rgb.subarray(0, 3)], [0, 18, 0]);
  });

  it('have their own scale bar', () => {
    const barred = [
      boxed(some, 'own', { scaleBar: { length: 5, color: 'white' } }),
      boxed(some, 'off', { scaleBar: { length: 'off' } }),
      boxed(some, 'job'),
    ];
    const result = exported(dataset(barred), '--scale-bar', '2um');
    assert.deepEqual(
      result.rows.map((row) => [row['item'], row['scale_bar_um'], row['scale_bar_px']]),
      [
        ['own', '5', '10'],
        ['off', '', ''],
        ['job', '2', '4'],
      ],
    );
  });

  it('have percentiles of the batch in the channels that they share with the job', async () => {
    const folder = dataset([boxed(some, 'current', { markerSet: { channels: ['DNA'] } }), boxed(some, 'plain')]);
    const result = exported(folder, '--channel', 'DNA=white:p0:p100');
    assert.equal(result.exitCode, 0, result.stderr);
    // DNA is 0 … 215 over all.
    const stretched: Pixel = (x, y) => {
      const value = Math.floor((255 * channels['DNA'](x, y)) / 215 + 0.5);
      return [value, value, value];
    };
    await assertRoi(result, 'current', some, stretched);
    await assertRoi(result, 'plain', some, stretched);
  });

  it('that hide all masks of masks only are refused', () => {
    const result = exported(dataset([rois[2]]), '--masks-only', '--mask', 'whole_cell');
    const { outcome, error_code: code } = rowOf(result, 'hides');
    assert.ok(code === 'RoiInvalid', `${outcome} ${code}`);
  });

  it('that show a mask which the dataset does not have are as the job says, with a warning', async () => {
    const result = exported(dataset([boxed(some, 'stale', { maskVisibility: { nuclear: true } })]));
    assert.match(result.stderr, /SettingsMissing: .*nuclear/);
    await assertRoi(result, 'stale', some, dna);
  });
});

describe('boxes of ROIs', () => {
  it('are the pixels that they touch', async () => {
    const result = exported(dataset([boxed([10.4, 5.5, 20.2, 8.25], 'fractions'), boxed([7, 7, 0.5, 0.5], 'dot')]));
    await assertRoi(result, 'fractions', [10, 5, 21, 9], dna);
    await assertRoi(result, 'dot', [7, 7, 1, 1], dna);
  });

  it('of one size about their middles', async () => {
    const rois = [boxed([10, 10, 20, 10], 'even'), boxed([10.4, 10.4, 5, 4], 'odd')];
    const shared = ['--settings', 'shared', '--size'];
    const even = exported(dataset(rois), ...shared, '12px');
    // ⌊20 − 6 + 0.5⌋, ⌊15 − 6 + 0.5⌋; ⌊12.9 − 5.5⌋, ⌊12.4 − 5.5⌋
    await assertRoi(even, 'even', [14, 9, 12, 12], dna);
    await assertRoi(even, 'odd', [7, 6, 12, 12], dna);
    const odd = exported(dataset(rois), ...shared, '7px');
    await assertRoi(odd, 'even', [17, 12, 7, 7], dna);
    await assertRoi(odd, 'odd', [9, 9, 7, 7], dna);
    // 3.3 µm of 0.5 µm: ⌊6.6 + 0.5⌋ = 7
    await assertRoi(exported(dataset(rois), ...shared, '3.3um'), 'even', [17, 12, 7, 7], dna);
  });

  it('of their own sides within a range', async () => {
    const rois = [boxed([10, 10, 20, 10], 'big'), boxed([10.4, 10.4, 5, 4], 'small'), boxed([20, 20, 11, 13], 'fits')];
    for (const range of ['12px±3px', '12px+-3px', '6um±1.5um', '12±3']) {
      const result = exported(dataset(rois), '--settings', 'shared', '--size', range);
      if (range === '12±3') {
        assert.deepEqual([result.exitCode, existsSync(result.out)], [2, false]);
        continue;
      }
      assert.equal(result.exitCode, 0, result.stderr);
      await assertRoi(result, 'big', [13, 10, 15, 10], dna);
      await assertRoi(result, 'small', [8, 8, 9, 9], dna);
      await assertRoi(result, 'fits', [20, 20, 11, 13], dna);
    }
  });

  it('beyond the image are black there, moved inside, or left out', async () => {
    const rois = [
      boxed([-5.5, 30, 12, 14], 'corner'),
      boxed([10, 10, 8, 6], 'inside'),
      boxed([-10, -2, 80, 5], 'wide'),
    ];
    const padded = exported(dataset(rois));
    await assertRoi(padded, 'corner', [-6, 30, 13, 14], dna);
    await assertRoi(padded, 'wide', [-10, -2, 80, 5], dna);
    assert.match(rowOf(padded, 'corner')['note'], /reaches beyond the image: black there$/);
    const shifted = exported(dataset(rois), '--edge', 'shift');
    await assertRoi(shifted, 'corner', [0, 26, 13, 14], dna);
    // Wider than the image: about its middle, and black beyond it.
    await assertRoi(shifted, 'wide', [-10, 0, 80, 5], dna);
    assert.match(rowOf(shifted, 'corner')['note'], /moved into the image$/);
    const skipped = exported(dataset(rois), '--edge', 'skip');
    assert.equal(skipped.exitCode, 0);
    assert.deepEqual(
      skipped.rows.map((row) => [row['item'], row['outcome'], row['path'] !== '']),
      [
        ['corner', 'skipped', false],
        ['inside', 'written', true],
        ['wide', 'skipped', false],
      ],
    );
  });

  it('wholly outside fail, and the rest goes on', async () => {
    const rois = [
      boxed([60, 0, 5, 5], 'right'),
      boxed([10, -5, 5, 5], 'above'),
      boxed([59, 39, 9, 9], 'touching'),
      boxed([0, 0, 5, 5], 'good'),
    ];
    for (const edge of ['pad', 'shift', 'skip']) {
      const result = exported(dataset(rois), '--edge', edge, '--mask', 'whole_cell');
      assert.equal(result.exitCode, 1);
      for (const id of ['right', 'above']) {
        const row = rowOf(result, id);
        assert.deepEqual([row['outcome'], row['error_code'], row['path']], ['failed', 'RoiInvalid', '']);
        assert.match(row['error_message'], /60 × 40 pixels, but it lies wholly outside/);
      }
      await assertRoi(result, 'good', [0, 0, 5, 5], dna);
      if (edge === 'pad') await assertRoi(result, 'touching', [59, 39, 9, 9], dna);
    }
  });

  it('downsampled, are means of their own pixels', async () => {
    const result = exported(dataset([boxed([3, 2, 7, 4], 'odd')]), '--downsample', '2');
    const { widthPx, heightPx, rgb } = await decodePicture(path.join(result.out, 'A_roi_odd.png'));
    assert.deepEqual([widthPx, heightPx], [4, 2]);
    for (let y = 0; y < 2; y++) {
      for (let x = 0; x < 4; x++) {
        const xs = [3 + 2 * x, 4 + 2 * x].filter((value) => value < 10);
        const values = xs.flatMap((px) => [2 + 2 * y, 3 + 2 * y].map((py) => channels['DNA'](px, py)));
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        assert.equal(rgb[(y * 4 + x) * 3], Math.floor(mean + 0.5), `${x}, ${y}`);
      }
    }
  });
});

describe('the choice of ROIs', () => {
  const rois = [
    boxed([0, 0, 5, 5], 'r1', { name: 'front', tags: ['good', 'figure1'] }),
    boxed([1, 0, 5, 5], 'r2', { name: 'back', fov: 'B', tags: ['good', 'excluded'] }),
    boxed([2, 0, 5, 5], 'r3', { name: 'front', fov: 'B' }),
    boxed([3, 0, 5, 5], 'r4', { name: '', fov: 'C' }),
  ];
  const itemsOf = (...flags: string[]): string[] => exported(dataset(rois), ...flags).rows.map((row) => row['item']);

  it('by name, id, tags and FOV', () => {
    assert.deepEqual(itemsOf('--roi', 'front'), ['r1', 'r3']);
    assert.deepEqual(itemsOf('--roi', 'r2', '--roi', 'front'), ['r1', 'r2', 'r3']);
    assert.deepEqual(itemsOf('--tags', 'good & !excluded'), ['r1']);
    assert.deepEqual(itemsOf('--fov', 'B'), ['r2', 'r3']);
    assert.deepEqual(itemsOf('--fov', 'B', '--roi', 'front', '--tags', '!good'), ['r3']);
  });

  it('is counted, and named as asked', () => {
    const result = exported(dataset(rois.slice(0, 3)), '--name', '{index}_{fov}_{roi}_{roi_id}_{marker_set}');
    assert.deepEqual(
      result.rows.map((row) => row['path']),
      ['1_A_front_r1_.png', '2_B_back_r2_.png', '3_B_front_r3_.png'],
    );
  });

  it('of a FOV that is not there fails, and the rest is made', () => {
    const result = exported(dataset(rois));
    assert.equal(result.exitCode, 1);
    assert.deepEqual(
      result.rows.map((row) => [row['item'], row['outcome'], row['error_code'], row['path']]),
      [
        ['r1', 'written', '', 'A_roi_front.png'],
        ['r2', 'written', '', 'B_roi_back.png'],
        ['r3', 'written', '', 'B_roi_front.png'],
        ['r4', 'failed', 'FovNotFound', ''],
      ],
    );
    assert.match(result.stderr, /FOV C of ROI r4/);
  });

  it('that cannot be are refused before anything is written', () => {
    const table: [flags: string[], message: RegExp][] = [
      [['--roi', 'nobody'], /^SelectionEmpty: .*nobody/m],
      [['--tags', 'nothing'], /^SelectionEmpty/m],
      [['--tags', '(good'], /^FilterInvalid/m],
      [['--roi', 'back', '--fov', 'A'], /^SelectionEmpty/m],
      [['--fov', 'Z'], /Z/],
      [['--size', '12px'], /^Usage: .*--settings shared/m],
      [['--settings', 'shared', '--size', '12px±'], /--size/],
      [['--settings', 'shared', '--size', '1±2±3'], /--size/],
      [['--settings', 'mine'], /--settings/],
      [['--shape-width', '3px'], /--draw-shape/],
      [['--draw-shape', '--shape-width', '0'], /--shape-width/],
      [['--draw-shape', '--shape-color', 'nice'], /--shape-color/],
      [['--edge', 'wrap'], /--edge/],
      [['--name', '{label'], /--name|single/],
      [['--name', '{cell_type}'], /^ColumnNotFound/m],
      [['--name', 'one'], /^NameCollision: .*one\.png for r1 and r2/m],
    ];
    const folder = dataset(rois);
    for (const [flags, message] of table) {
      const { exitCode, stderr, out } = exported(folder, ...flags);
      assert.deepEqual([exitCode, existsSync(out)], [2, false], `${flags.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
    }
    const none = exported(dataset(undefined));
    assert.deepEqual([none.exitCode, existsSync(none.out)], [2, false]);
    assert.match(none.stderr, /^DatasetInvalid: .*no file of them/m);
  });

  it('without a FOV are in the only one, in the one that is chosen, or in the one that their file is called after', async () => {
    const feature = {
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [[[4, 3], [14, 3], [14, 9], [4, 9], [4, 3]]] }, // prettier-ignore
      properties: { name: 'drawn' },
    };
    const write = (name: string): string => {
      const file = path.join(temporaryFolder(), name);
      writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
      return file;
    };
    const fovOf = (result: Exported): unknown[] => [
      result.exitCode,
      result.rows.map((row) => [row['fov'], row['path']]),
    ];
    const only = exported(dataset(undefined, ['A']), '--rois', write('regions.geojson'));
    assert.deepEqual(fovOf(only), [0, [['A', 'A_roi_drawn.png']]]);
    await assertRoi(only, only.rows[0]['item'], [4, 3, 10, 6], dna);
    const chosen = exported(dataset(undefined), '--rois', write('regions.geojson'), '--fov', 'B');
    assert.deepEqual(fovOf(chosen), [0, [['B', 'B_roi_drawn.png']]]);
    for (const name of ['B.geojson', 'B.ome.geojson'])
      assert.deepEqual(fovOf(exported(dataset(undefined), '--rois', write(name))), [0, [['B', 'B_roi_drawn.png']]]);
    const unknown = exported(dataset(undefined), '--rois', write('regions.geojson'));
    assert.deepEqual([unknown.exitCode, unknown.rows[0]['error_code']], [1, 'FovNotFound']);
    assert.match(unknown.rows[0]['error_message'], /does not say and the dataset has 2; choose the FOV/);
    const elsewhere = exported(dataset(undefined), '--rois', write('B.geojson'), '--fov', 'A');
    assert.deepEqual([elsewhere.exitCode, /^SelectionEmpty/m.test(elsewhere.stderr)], [2, true]);
  });
});

describe('shapes of ROIs', () => {
  /** A trapezium, and a triangle whose corners are half pixels. */
  const trapezium = [[10, 10], [40, 10], [30, 20], [20, 20]]; // prettier-ignore
  const shaped = [{ id: 's', name: 's', fov: 'A', points: trapezium }];
  /** Between the slanted sides at the height of a pixel's centre: the left side is inside, the right one is not. */
  const isInside = (x: number, y: number): boolean => {
    const [centerX, centerY] = [x + 0.5, y + 0.5];
    return centerY >= 10 && centerY < 20 && centerX >= centerY && centerX < 50 - centerY;
  };

  it('are cut out, exactly', async () => {
    const result = exported(dataset(shaped), '--cut-shape', '--mask', 'whole_cell,color=red', '--annotation', 'region');
    assert.equal(result.exitCode, 0, result.stderr);
    const whole = exported(dataset(shaped), '--mask', 'whole_cell,color=red', '--annotation', 'region');
    const [cut, uncut] = await Promise.all(
      [result, whole].map(({ out }) => decodePicture(path.join(out, 'A_roi_s.png'))),
    );
    assert.deepEqual([cut.widthPx, cut.heightPx], [30, 10]);
    let black = 0;
    for (let i = 0; i < 300; i++) {
      const isKept = isInside(10 + (i % 30), 10 + Math.floor(i / 30));
      const expected = isKept ? [...uncut.rgb.subarray(i * 3, i * 3 + 3)] : [0, 0, 0];
      assert.deepEqual([...cut.rgb.subarray(i * 3, i * 3 + 3)], expected, `pixel ${i}`);
      if (!isKept) black++;
    }
    // Two triangles of 10 × 10 pixels; centres on the left side are inside, those on the right side are not.
    assert.equal(black, 45 + 55);
  });

  it('are drawn, as thick as asked and over all', async () => {
    const points = [[12, 12], [30, 12], [30, 22], [12, 22]]; // prettier-ignore
    const rois = [{ id: 's', name: 's', fov: 'A', x: 8, y: 8, widthPx: 28, heightPx: 20, points }];
    const result = exported(dataset(rois), '--draw-shape', '--shape-color', 'cyan', '--shape-width', '4px', '--mask', 'whole_cell'); // prettier-ignore
    const isLine = (x: number, y: number): boolean => {
      const within = (margin: number): boolean =>
        x >= 12 - margin && x < 30 + margin && y >= 12 - margin && y < 22 + margin;
      return within(2) && !within(-2);
    };
    await assertRoi(result, 's', [8, 8, 28, 20], (x, y) => (isLine(x, y) ? [0, 255, 255] : outlined(dna)(x, y)));
  });

  it('are drawn over what is cut, and the line is not', async () => {
    const rois = [{ id: 's', name: 's', fov: 'A', x: 6, y: 8, widthPx: 38, heightPx: 14, points: trapezium }];
    const result = exported(dataset(rois), '--cut-shape', '--draw-shape', '--shape-width', '2');
    const { rgb } = await decodePicture(path.join(result.out, 'A_roi_s.png'));
    const at = (x: number, y: number): number[] => [
      ...rgb.subarray(((y - 8) * 38 + x - 6) * 3, ((y - 8) * 38 + x - 6) * 3 + 3),
    ];
    assert.deepEqual(at(25, 9), [255, 255, 0]); // half of the line lies beyond the shape
    assert.deepEqual(at(25, 8), [0, 0, 0]);
    assert.deepEqual(at(25, 15), [...dna(25, 15)]);
    assert.deepEqual(at(43, 20), [0, 0, 0]);
  });

  it('that are open lines are drawn and cannot be cut; boxes have nothing to cut', async () => {
    const rois = [
      { id: 'line', name: 'line', fov: 'A', x: 0, y: 0, widthPx: 20, heightPx: 10, points: [[2.5, 4.5], [9.5, 4.5]], closed: false }, // prettier-ignore
      boxed([0, 0, 9, 9], 'box'),
    ];
    const drawn = exported(dataset(rois), '--draw-shape', '--shape-width', '1px');
    assert.equal(drawn.exitCode, 0, drawn.stderr);
    await assertRoi(drawn, 'line', [0, 0, 20, 10], (x, y) => (y === 4 && x >= 2 && x < 10 ? [255, 255, 0] : dna(x, y)));
    await assertRoi(drawn, 'box', [0, 0, 9, 9], dna);
    const cut = exported(dataset(rois), '--cut-shape');
    assert.equal(cut.exitCode, 1);
    assert.equal(rowOf(cut, 'line')['error_code'], 'RoiInvalid');
    await assertRoi(cut, 'box', [0, 0, 9, 9], dna);
    assert.match(rowOf(cut, 'box')['note'], /it is a box, of which nothing is cut off/);
  });

  describe('that are one ROI of OME', () => {
    const folder = dataset(undefined, ['A']);
    const pair =
      '<Rectangle ID="Shape:0" X="10" Y="10" Width="10" Height="10"/><Rectangle ID="Shape:1" X="35" Y="10" Width="10" Height="10" TheZ="1"/><Rectangle ID="Shape:2" X="40" Y="5" Width="10" Height="10"/>';
    const ome = (shapes: string): string => {
      const file = path.join(temporaryFolder(), 'A.ome.xml');
      const image =
        '<Image ID="Image:0"><Pixels SizeX="60" SizeY="40" Type="uint8"/><ROIRef ID="ROI:0"/></Image><ROI ID="ROI:0" Name="pair"><Union>';
      const text = `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">${image}${shapes}</Union></ROI></OME>`;
      writeFileSync(file, text);
      return file;
    };
    const isNear = (x: number, y: number, margin: number): boolean =>
      [[10, 10], [35, 10], [40, 5]].some(
        ([left, top]) => x >= left - margin && x < left + 10 + margin && y >= top - margin && y < top + 10 + margin,
      ); // prettier-ignore

    it('are one picture, black between them, and the same when it is made again', async () => {
      const result = exported(folder, '--rois', ome(pair), '--cut-shape');
      assert.deepEqual([result.exitCode, result.rows.length], [0, 1], result.stderr);
      await assertRoi(result, 'ROI:0', [10, 5, 40, 15], (x, y) => (isNear(x, y, 0) ? dna(x, y) : [0, 0, 0]));
      const picture = path.join(result.out, 'A_roi_pair.png');
      const out = path.join(temporaryFolder(), 'again');
      const again = runCli('run', picture, '--dataset', folder, '--out', out);
      assert.equal(again.exitCode, 0, again.stderr);
      assert.ok(readFileSync(path.join(out, 'A_roi_pair.png')).equals(readFileSync(picture)));
    });

    it('are drawn as one, without lines within them, and not cut out if they are open lines', async () => {
      const drawn = exported(folder, '--rois', ome(pair), '--draw-shape', '--shape-width', '2px');
      const isLine = (x: number, y: number): boolean => isNear(x, y, 1) && !isNear(x, y, -1);
      await assertRoi(drawn, 'ROI:0', [10, 5, 40, 15], (x, y) => (isLine(x, y) ? [255, 255, 0] : dna(x, y)));
      const lines = ome('<Line X1="1" Y1="1" X2="9" Y2="9"/><Line X1="1" Y1="9" X2="9" Y2="1"/>');
      const refused = exported(folder, '--rois', lines, '--cut-shape');
      assert.deepEqual([refused.exitCode, refused.rows[0]['error_code']], [1, 'RoiInvalid']);
    });
  });

  it('are vectors in PDF and SVG, and OME-TIFF has the region as it is on disk', async () => {
    const points = [[12, 12], [30, 12], [30, 22], [12, 22]]; // prettier-ignore
    const rois = [{ id: 's', name: 's', fov: 'A', x: -4, y: 8, widthPx: 40, heightPx: 20, points, markerSet: 'green' }];
    const result = exported(dataset(rois), '--draw-shape', '--format', 'pdf', '--format', 'svg', '--format', 'ome-tiff', '--format', 'png'); // prettier-ignore
    assert.equal(result.exitCode, 0, result.stderr);
    assert.deepEqual(
      readdirSync(result.out)
        .filter((name) => name.startsWith('A'))
        .sort(),
      ['A_roi_s.ome.tiff', 'A_roi_s.pdf', 'A_roi_s.png', 'A_roi_s.svg'],
    );
    const svg = readFileSync(path.join(result.out, 'A_roi_s.svg'), 'utf8');
    assert.match(svg, /<path[^>]*(?:fill="#ffff00"|#ffff00)/);
    // The picture below has neither line nor outlines.
    const image = /href="data:image\/png;base64,([^"]+)"/.exec(svg)![1];
    const embedded = path.join(temporaryFolder(), 'embedded.png');
    writeFileSync(embedded, Buffer.from(image, 'base64'));
    const { rgb, widthPx, heightPx } = await decodePicture(embedded);
    assert.deepEqual([widthPx, heightPx], [40, 20]);
    for (let i = 0; i < 800; i++) {
      const [x, y] = [(i % 40) - 4, 8 + Math.floor(i / 40)];
      assert.deepEqual([...rgb.subarray(i * 3, i * 3 + 3)], x < 0 ? [0, 0, 0] : [0, 6 * y, 3 * x]);
    }
    await withImage(
      { file: path.join(result.out, 'A_roi_s.ome.tiff'), plane: { page: 0, sample: 0 } },
      async (file) => {
        const header = file.describe({ page: 0, sample: 0 });
        assert.deepEqual([header.widthPx, header.heightPx, header.sampleType], [40, 20, 'uint16']);
        const [{ samples }] = await file.read([{ page: 0, sample: 0 }], { x: 0, y: 0, widthPx: 40, heightPx: 20 });
        assert.deepEqual([...samples], Array.from({ length: 800 }, (_, i) => (i % 40 < 4 ? 0 : 6 * (8 + Math.floor(i / 40))))); // prettier-ignore
      },
    );
  });
});

describe('how ROIs are run', () => {
  const shapes = [
    boxed([10.4, 5.5, 20.2, 8.25], 'view', { markerSet: 'red' }),
    { id: 'shape', name: 'odd / name', fov: 'B', points: [[10, 10], [40, 12], [25, 33]], maskVisibility: { whole_cell: true } }, // prettier-ignore
    boxed([-5, -5, 30, 30], 'edge'),
  ];

  it('previews are the exported files, byte for byte', () => {
    const folder = dataset(shapes);
    const looks = [
      ['--draw-shape', '--cut-shape', '--mask', 'whole_cell'],
      ['--settings', 'shared', '--size', '21px'],
    ];
    for (const look of looks) {
      const result = exported(folder, ...look);
      assert.equal(result.exitCode, 0, result.stderr);
      for (const { id } of shapes) {
        const to = path.join(temporaryFolder(), 'preview.png');
        const { exitCode, stderr } = runCli('preview', 'rois', folder, ...bare, ...look, '--item', id!, '--to', to);
        assert.equal(exitCode, 0, stderr);
        assert.ok(readFileSync(to).equals(readFileSync(path.join(result.out, rowOf(result, id!)['path']))), id);
      }
    }
    const missing = runCli('preview', 'rois', folder, ...bare, '--item', 'nobody', '--to', path.join(temporaryFolder(), 'x.png')); // prettier-ignore
    assert.notEqual(missing.exitCode, 0);
    assert.match(missing.stderr, /RoiInvalid.*nobody/);
  });

  it('a dry run lists everything and writes nothing', () => {
    const folder = dataset([...shapes, boxed([99, 99, 3, 3], 'outside')]);
    const { exitCode, stdout, stderr, out } = exported(folder, '--dry-run');
    assert.equal(exitCode, 0, stderr);
    for (const name of ['A_roi_view.png  21 × 9 px', 'B_roi_odd___name.png  30 × 23 px', 'A_roi_edge.png  30 × 30 px'])
      assert.ok(stdout.includes(name), stdout);
    assert.match(stdout, /^outside: would fail, RoiInvalid$/m);
    assert.equal(existsSync(out), false);
    const events = eventsOf(exported(folder, '--dry-run', '--json'));
    assert.equal(events.find(({ event }) => event === 'planned')?.['items'], 4);
  });

  it('equal settings give equal bytes', () => {
    const folder = dataset(shapes);
    const [first, second] = [exported(folder, '--draw-shape'), exported(folder, '--draw-shape')];
    assert.deepEqual(picturesOf(first.out), picturesOf(second.out));
    assert.deepEqual(first.rows, second.rows);
    assert.equal(picturesOf(first.out).size, 3);
  });

  it('a file of ROIs that changes or goes away after the start has no effect on the job', async () => {
    const many = Array.from({ length: 150 }, (_, i) => boxed([i % 40, i % 20, 16, 16], `r${i}`, i % 2 ? { markerSet: 'red' } : {})); // prettier-ignore
    const folder = dataset(many);
    const reference = exported(folder);
    const out = path.join(temporaryFolder(), 'out');
    const child = startCli('rois', folder, ...bare, '--rate', '30/s', '--out', out);
    await waitUntil('the third picture', () => existsSync(out) && picturesOf(out).size >= 3, child);
    child.kill('SIGKILL');
    await ended(child);
    const made = picturesOf(out).size;
    assert.ok(made < many.length, `too fast to be killed: ${made}`);
    // Whoever edits ROIs or marker sets now edits those of the next job.
    writeFileSync(path.join(folder, '.batch-export', 'rois.json'), '{"version": 1, "rois": []}');
    renameSync(path.join(folder, '.batch-export', 'marker-sets.json'), path.join(folder, '.batch-export', 'old.json'));
    const resumed = runCli('resume', out);
    assert.equal(resumed.exitCode, 0, resumed.stderr);
    assert.deepEqual(picturesOf(out), picturesOf(reference.out));
    assert.deepEqual(readManifest(out), reference.rows);
  });

  it('the ROIs of the sample dataset are made as they were saved', async () => {
    const folder = path.join(temporaryFolder(), 'sample');
    await makeSample(folder);
    const out = path.join(temporaryFolder(), 'out');
    const look = ['--marker-set', 'Immune', '--mask', 'whole_cell'];
    const result = runCli('rois', folder, ...look, '--out', out);
    assert.equal(result.exitCode, 0, result.stderr);
    const id = (n: number): string => `5b0c3f6e-6f0e-4d0a-9a3e-0c1f5d2a7b0${n}`;
    const rows = readManifest(out);
    assert.deepEqual(
      rows.map((row) =>
        ['item', 'path', 'x', 'y', 'width_px', 'height_px', 'marker_set'].map((column) => row[column]).join(' '),
      ),
      [
        `${id(1)} Tumor_core_roi_Arteriole.png 258 126 161 141 Stroma and macrophages`,
        `${id(2)} Tumor_core_roi_Tissue_edge.png -22 371 193 153 Tumour and T cells`,
        `${id(3)} Tumor_margin_roi_Invasive_margin.png 150 140 200 160 Tumour and T cells`,
        ...rows.slice(3).map((row) => [row['item'], row['path'], row['x'], row['y'], row['width_px'], row['height_px'], row['marker_set']].join(' ')), // prettier-ignore
      ],
    );
    assert.deepEqual(
      rows.slice(3).map((row) => [row['path'], row['marker_set']]),
      [
        ['Tumor_margin_roi_Germinal_centre.png', 'Immune'],
        ['Tumor_margin_roi_Invasive_front.png', 'Tumour and T cells'],
      ],
    );
    // A view is the crop of the whole FOV with the same settings.
    const whole = path.join(temporaryFolder(), 'whole');
    const same = ['--marker-set', 'Tumour and T cells', '--mask', 'whole_cell', '--scale-bar', 'off'];
    assert.equal(runCli('fovs', folder, ...same, '--fov', 'Tumor_margin', '--out', whole).exitCode, 0);
    const crops = path.join(temporaryFolder(), 'crops');
    assert.equal(
      runCli('rois', folder, ...look, '--scale-bar', 'off', '--roi', 'Invasive margin', '--out', crops).exitCode,
      0,
    );
    const [all, crop] = [
      await decodePicture(path.join(whole, 'Tumor_margin.png')),
      await decodePicture(path.join(crops, 'Tumor_margin_roi_Invasive_margin.png')),
    ];
    for (let y = 0; y < crop.heightPx; y++) {
      const start = ((140 + y) * all.widthPx + 150) * 3;
      const row = all.rgb.subarray(start, start + crop.widthPx * 3);
      assert.ok(row.equals(crop.rgb.subarray(y * crop.widthPx * 3, (y + 1) * crop.widthPx * 3)), `row ${y}`);
    }
  });
});

describe('hostile ROIs', () => {
  it('with odd ids, names and settings are made or refused one by one', () => {
    const rois = [
      boxed([0, 0, 5, 5], '__proto__', {
        markerSet: '__proto__',
        maskVisibility: JSON.parse('{"__proto__": false}') as object,
      }),
      boxed([1, 0, 5, 5], 'constructor', { markerSet: { channels: ['toString'] }, tags: ['__proto__'] }),
      boxed([2, 0, 5, 5], '../../x', { name: '../../etc/passwd' }),
      boxed([3, 0, 5, 5], 'e1', { name: '🧬' }),
      boxed([3, 0, 5, 5], 'e2', { name: '..' }),
      boxed([3, 0, 5, 5], 'e3', { name: 'x'.repeat(300) }),
      boxed([3, 0, 5, 5], 'e4', { name: '\u0000\n\u202e' }),
      boxed([3, 0, 5, 5], 'y'.repeat(300), { name: '' }),
      boxed([4, 0, 5, 5], 'same', { name: 's' }),
      boxed([5, 0, 5, 5], 'same', { name: 'S' }),
      boxed([6, 0, 5, 5], 'SAME', { name: 's' }),
      boxed([-5e8, -5e8, 1e9, 1e9], 'huge'),
      boxed([0, 0, 1e300, 5], 'vast'),
      { ...boxed([0, 0, 5, 5], 'nan'), x: null },
      boxed([1, 0, 0, 5], 'flat'),
    ] as SavedRoi[];
    const folder = dataset(rois);
    const result = exported(folder);
    assert.equal(result.exitCode, 1, result.stderr);
    const written = result.rows.filter((row) => row['outcome'] === 'written');
    assert.equal(written.length, 11);
    assert.equal(new Set(written.map((row) => row['path'].toLowerCase())).size, 11);
    for (const { path: name } of written) {
      assert.ok(Buffer.byteLength(name) <= 255 && !/[/\\\n]/.test(name), name);
      assert.ok(existsSync(path.join(result.out, name)), name);
    }
    assert.deepEqual(
      result.rows.filter((row) => row['outcome'] !== 'written').map((row) => [row['item'], row['error_code']]),
      [['huge', 'TooLarge']],
    );
    for (const left of ['vast', 'nan', 'flat'])
      assert.match(result.stderr, new RegExp(`RoiInvalid: .*"${left}".*left out`));
    assert.deepEqual(readdirSync(path.dirname(result.out)), ['out']);
  });

  it('of size 0 are refused', () => {
    const withSize = (size: string): ReturnType<typeof exported> =>
      exported(dataset([boxed([0, 0, 5, 5], 'good')]), '--settings', 'shared', '--size', size);
    for (const size of ['0px', '0um']) {
      const { exitCode, out } = withSize(size);
      assert.deepEqual([exitCode, existsSync(out)], [2, false], size);
    }
    // How many pixels that is, only the image knows.
    assert.equal(rowOf(withSize('0.1um'), 'good')['error_code'], 'RoiInvalid');
  });

  it('with a box of 1e9 × 1e9 pixels are too large for OME-TIFF, too', () => {
    const result = exported(dataset([boxed([0, 0, 1e9, 1e9], 'huge')]), '--format', 'ome-tiff');
    assert.equal(rowOf(result, 'huge')['error_code'], 'TooLarge');
  });

  it('with a box of 1e9 × 1 pixels fail, and the rest is made', () => {
    const result = exported(dataset([boxed([0, 0, 1e9, 1], 'long'), boxed([0, 0, 5, 5], 'good')]));
    assert.equal(result.exitCode, 1, result.stderr.slice(0, 300));
    assert.equal(rowOf(result, 'long')['error_code'], 'TooLarge');
    assert.equal(rowOf(result, 'good')['outcome'], 'written');
  });
});
