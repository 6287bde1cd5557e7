import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { colorAt } from '../../src/core/model/colorMap';
import { type DecodedPicture, decodePicture, plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

/** `smallDataset` with a cell table about its cells 7 and 9, and an annotation: class 1 left of x = 20, 2 below y = 30. */
function dataset(fovs: readonly string[] = ['A', 'B'], rows = defaultRows(fovs)): string {
  const folder = smallDataset(fovs);
  writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,type,CD3', ...rows].join('\n'));
  for (const fov of fovs) {
    writePlane(
      path.join(folder, 'annotations', `${fov}_region.tiff`),
      plane(60, 40, (x, y) => (y >= 30 ? 2 : x < 20 ? 1 : 0)),
      {},
    );
  }
  return folder;
}

function defaultRows(fovs: readonly string[]): string[] {
  return fovs.flatMap((fov, i) => [`${fov},7,T cell,${1 + i}`, `${fov},9,B cell,${5 + i}`]);
}

/** A point in the background, one well inside each cell. */
const points = { background: [2, 2], cell7: [20, 20], cell9: [40, 10], right: [55, 35] } as const;

function colorOf({ widthPx, rgb }: DecodedPicture, [x, y]: readonly [number, number]): string {
  const o = (y * widthPx + x) * 3;
  return `#${rgb.subarray(o, o + 3).toString('hex')}`;
}

function exportInto(folder: string, ...flags: string[]): { out: string; stderr: string; exitCode: number | null } {
  const out = path.join(temporaryFolder(), 'out');
  const { exitCode, stderr } = runCli('fovs', folder, '--scale-bar', 'off', '--out', out, ...flags);
  return { out, stderr, exitCode };
}

async function exported(folder: string, ...flags: string[]): Promise<DecodedPicture> {
  const { out, stderr, exitCode } = exportInto(folder, ...flags);
  assert.deepEqual([exitCode, stderr], [0, '']);
  return decodePicture(path.join(out, 'A.png'));
}

const black = ['--channel', 'DNA=black:0:1'];
const fill = (rest: string): string[] => ['--mask', `whole_cell,mode=fill,${rest}`];

describe('masks by the cell table', () => {
  it('fill cells by class, in automatic colours that do not depend on the chosen FOVs', async () => {
    const folder = dataset(['A', 'B'], ['A,7,T cell,1', 'A,9,T cell,1', 'B,7,B cell,1']);
    for (const selection of [[], ['--fov', 'A']]) {
      const picture = await exported(folder, ...black, ...fill('color=by:type'), ...selection);
      // B cell is the first class, T cell the second.
      assert.deepEqual(
        [points.background, points.cell7, points.cell9].map((point) => colorOf(picture, point)),
        ['#000000', '#56b4e9', '#56b4e9'],
      );
    }
  });

  it('use a palette, from a file or saved; other classes and cells without a row have its other colour', async () => {
    const folder = dataset(['A'], ['A,7,T cell,1']);
    const palette = { name: 'Mine', column: 'type', colors: { 'T cell': 'red' }, otherColor: '#010203' };
    const file = path.join(temporaryFolder(), 'p.json');
    writeFileSync(file, JSON.stringify(palette));
    mkdirSync(path.join(folder, '.batch-export', 'palettes'), { recursive: true });
    writeFileSync(path.join(folder, '.batch-export', 'palettes', 'x.mask.json'), JSON.stringify(palette));
    for (const name of [file, 'Mine']) {
      const picture = await exported(folder, ...black, ...fill('color=by:type'), '--mask-palette', name);
      assert.deepEqual(
        [points.cell7, points.cell9].map((point) => colorOf(picture, point)),
        ['#ff0000', '#010203'],
      );
    }
  });

  it("read UELer's mask colour sets", async () => {
    const folder = dataset(['A']);
    mkdirSync(path.join(folder, '.UELer'), { recursive: true });
    writeFileSync(
      path.join(folder, '.UELer', 'types.maskcolors.json'),
      JSON.stringify({
        name: 'types',
        version: '1.2.0',
        identifier: 'type',
        default_color: '#a0a0a0',
        colors: { 'T cell': '#ff8800' },
      }),
    );
    const picture = await exported(folder, ...black, ...fill('color=by:type'), '--mask-palette', 'types');
    assert.deepEqual(
      [points.cell7, points.cell9].map((point) => colorOf(picture, point)),
      ['#ff8800', '#a0a0a0'],
    );
  });

  describe('of classes that are called like what every object has', () => {
    const strange = ['__proto__', 'constructor'] as const;
    /** `colors` as a file has them: an object literal would take `__proto__` for something else. */
    const colors = '{ "__proto__": "#ff0000", "constructor": "#00ff00" }';
    const strangeDataset = (): string =>
      dataset(
        ['A'],
        strange.map((name, i) => `A,${[7, 9][i]},${name},1`),
      );
    const shown = (picture: DecodedPicture): string[] =>
      [points.cell7, points.cell9].map((point) => colorOf(picture, point));
    const byType = [...black, ...fill('color=by:type')];

    it('are those of a palette: a file, one that is saved, and one of UELer', async () => {
      const folder = strangeDataset();
      const file = path.join(temporaryFolder(), 'p.json');
      writeFileSync(file, `{ "colors": ${colors} }`);
      mkdirSync(path.join(folder, '.batch-export', 'palettes'), { recursive: true });
      writeFileSync(
        path.join(folder, '.batch-export', 'palettes', 'x.mask.json'),
        `{ "name": "Mine", "column": "type", "colors": ${colors} }`,
      );
      mkdirSync(path.join(folder, '.UELer'));
      writeFileSync(
        path.join(folder, '.UELer', 'theirs.maskcolors.json'),
        `{ "name": "theirs", "identifier": "type", "colors": ${colors}, "modes": { "constructor": "fill" } }`,
      );
      for (const name of [file, 'Mine', 'theirs']) {
        assert.deepEqual(
          shown(await exported(folder, ...byType, '--mask-palette', name)),
          ['#ff0000', '#00ff00'],
          name,
        );
      }
    });

    it('are automatic, and stay in the legend, the recipe and the picture made again', async () => {
      const folder = strangeDataset();
      const recipe = path.join(temporaryFolder(), 'r.export.json');
      const flags = [...byType, '--legend', 'on', '--place', 'margin'];
      const { out, stderr, exitCode } = exportInto(folder, ...flags, '--format', 'svg', '--format', 'png');
      assert.deepEqual([exitCode, stderr], [0, '']);
      // In the order of classes: Okabe and Ito's first two.
      assert.deepEqual(shown(await decodePicture(path.join(out, 'A.png'))), ['#e69f00', '#56b4e9']);
      const svg = readFileSync(path.join(out, 'A.svg'), 'utf8');
      for (const name of strange) assert.ok(svg.includes(`>${name}</`), `the legend names ${name}`);
      const again = path.join(temporaryFolder(), 'again');
      const made = runCli('run', path.join(out, 'A.png'), '--dataset', folder, '--out', again);
      assert.deepEqual([made.exitCode, made.stderr], [0, '']);
      assert.ok(readFileSync(path.join(again, 'A.png')).equals(readFileSync(path.join(out, 'A.png'))));
      const file = path.join(temporaryFolder(), 'p.json');
      writeFileSync(file, `{ "colors": ${colors} }`);
      exportInto(folder, ...flags, '--mask-palette', file, '--save-recipe', recipe);
      const run = path.join(temporaryFolder(), 'run');
      assert.equal(runCli('run', recipe, '--dataset', folder, '--out', run).exitCode, 0);
      assert.deepEqual(shown(await decodePicture(path.join(run, 'A.png'))), ['#ff0000', '#00ff00']);
    });

    it('are also in columns of such names', async () => {
      const folder = strangeDataset();
      writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,__proto__,constructor\nA,7,T,1\nA,9,B,2\n');
      const picture = await exported(folder, ...black, ...fill('color=by:__proto__'));
      assert.deepEqual(shown(picture), ['#56b4e9', '#e69f00']);
      const out = path.join(temporaryFolder(), 'cells');
      const where = ['--where', '`__proto__` == "B" and constructor == 2'];
      const { exitCode, stderr } = runCli(
        ...['cells', folder, ...black, ...where, '--center', 'mask', '--size', '8px', '--scale-bar', 'off'],
        ...['--name', '{__proto__}_{constructor}_{label}', '--out', out],
      );
      assert.deepEqual([exitCode, stderr], [0, '']);
      assert.ok(existsSync(path.join(out, 'B_2_9.png')));
    });
  });

  it('go along a colour map between the least and the greatest value of the chosen FOVs', async () => {
    // Over A and B: 1, 5, 2, 6.
    const wide = await exported(dataset(), ...black, ...fill('color=by:CD3'), '--color-map', 'magma');
    assert.deepEqual(
      [points.cell7, points.cell9].map((point) => colorOf(wide, point)),
      [colorAt('magma', 0), colorAt('magma', (5 - 1) / 5)],
    );
    const narrow = await exported(dataset(), ...black, ...fill('color=by:CD3'), '--color-map', 'magma', '--fov', 'A');
    assert.equal(colorOf(narrow, points.cell9), colorAt('magma', 1));
  });

  it('take a range in numbers or percentiles, and arcsinh', async () => {
    const fixed = await exported(dataset(), ...black, ...fill('color=by:CD3'), '--color-range', '0:4');
    assert.deepEqual(
      [points.cell7, points.cell9].map((point) => colorOf(fixed, point)),
      [colorAt('viridis', 1 / 4), colorAt('viridis', 1)],
    );
    const percentile = await exported(dataset(), ...black, ...fill('color=by:CD3'), '--color-range', 'p0:p50');
    // numpy.percentile([1, 2, 5, 6], 50) = 3.5
    assert.equal(colorOf(percentile, points.cell7), colorAt('viridis', 0));
    assert.equal(colorOf(percentile, points.cell9), colorAt('viridis', 1));
    const bent = await exported(dataset(), ...black, ...fill('color=by:CD3'), '--color-range', '0:8', '--arcsinh', '2');
    // arcsinh(1/2) / arcsinh(8/2) = 0.4812118 / 2.0947125
    assert.equal(colorOf(bent, points.cell7), colorAt('viridis', 0.4812118 / 2.0947125));
  });

  it('colour outlines, too, and every FOV by its own cells', async () => {
    const { out } = exportInto(dataset(), ...black, '--mask', 'whole_cell,color=by:CD3', '--color-range', '0:8');
    const colors: string[] = [];
    for (const fov of ['A', 'B']) colors.push(colorOf(await decodePicture(path.join(out, `${fov}.png`)), [10, 15]));
    assert.deepEqual(colors, [colorAt('viridis', 1 / 8), colorAt('viridis', 2 / 8)]);
  });

  it('read the columns that the user names', async () => {
    const folder = dataset(['A']);
    const table = path.join(temporaryFolder(), 'cells.tsv');
    writeFileSync(table, 'image\tid\tclass\nA\t7\tx\nA\t9\ty\n');
    // Scripts name all four columns.
    const flags = ['--cell-table', table, '--columns', 'fov=image,label=id,x=X,y=Y'];
    const picture = await exported(folder, ...black, ...fill('color=by:class'), ...flags);
    assert.notEqual(colorOf(picture, points.cell7), colorOf(picture, points.cell9));
  });

  const refused: [name: string, flags: string[], stderr: RegExp][] = [
    ['a column that is not there', fill('color=by:kind'), /^ColumnNotFound: .*"kind".*type/],
    ['a cell table that is not there', ['--cell-table', '/nowhere.csv'], /^DatasetInvalid: .*nowhere\.csv/],
    ['a palette that is not there', [...fill('color=by:type'), '--mask-palette', 'no'], /^PaletteInvalid: .*no/],
    [
      'a palette for numbers',
      [...fill('color=by:CD3'), '--mask-palette', 'x', '--color-map', 'turbo'],
      /^(Usage|PaletteInvalid): /,
    ],
    ['a colour map without a column', [...fill('color=red'), '--color-map', 'turbo'], /^Usage: .*--color-map/],
    ['an unknown colour map', [...fill('color=by:CD3'), '--color-map', 'jet'], /^Usage: .*viridis.*jet/],
    ['a range the wrong way round', [...fill('color=by:CD3'), '--color-range', '5:1'], /: .*above|greater/],
  ];
  for (const [name, flags, stderr] of refused) {
    it(`refuse ${name}, and write nothing`, () => {
      const result = exportInto(dataset(['A']), ...black, ...flags);
      assert.equal(result.exitCode, 2, result.stderr);
      assert.match(result.stderr, stderr);
      assert.equal(existsSync(result.out), false);
    });
  }
});

describe('annotations', () => {
  it('are painted below masks, without class 0, in automatic colours', async () => {
    const flags = ['--annotation', 'region,alpha=1', '--mask', 'whole_cell,mode=fill,color=white'];
    const picture = await exported(dataset(['A']), ...black, ...flags);
    assert.deepEqual(
      [points.background, points.cell7, points.right, [55, 5] as const].map((point) => colorOf(picture, point)),
      ['#e69f00', '#ffffff', '#56b4e9', '#000000'],
    );
  });

  it('take the palette that was saved for them, and paint class 0 when asked', async () => {
    const folder = dataset(['A']);
    const palettes = path.join(folder, '.UELer', 'pixel_annotation_palettes');
    mkdirSync(palettes, { recursive: true });
    const palette = {
      name: 'r',
      annotation: 'region',
      colors: { '0': '#0000ff', '1': '#00ff00' },
      labels: { '1': 'tumour' },
    };
    writeFileSync(
      path.join(palettes, 'r.pixelannotations.json'),
      JSON.stringify({ ...palette, default_color: '#a0a0a0' }),
    );
    const picture = await exported(folder, ...black, '--annotation', 'region,alpha=1,background=on');
    assert.deepEqual(
      [points.background, points.right, [55, 5] as const].map((point) => colorOf(picture, point)),
      ['#00ff00', '#a0a0a0', '#0000ff'],
    );
  });

  it('fail their item when they are missing: no substitute (invariant 2)', () => {
    const { out, exitCode, stderr } = exportInto(dataset(['A']), ...black, '--annotation', 'tissue');
    assert.equal(exitCode, 1);
    assert.match(stderr, /AnnotationNotFound: .*tissue.*region/);
    assert.equal(readManifest(out)[0]['error_code'], 'AnnotationNotFound');
  });
});

describe('masks only', () => {
  it('draws on black without reading a channel, and needs no marker set', async () => {
    const folder = dataset(['A']);
    writeFileSync(path.join(folder, 'A', 'DNA.tiff'), 'not a TIFF');
    const picture = await exported(folder, '--masks-only', '--mask', 'whole_cell,mode=fill,color=red');
    assert.deepEqual(
      [points.background, points.cell7].map((point) => colorOf(picture, point)),
      ['#000000', '#ff0000'],
    );
  });

  it('needs something to draw', () => {
    const { exitCode, stderr } = exportInto(dataset(['A']), '--masks-only');
    assert.equal(exitCode, 2);
    assert.match(stderr, /mask or an annotation/);
  });
});

describe('a label mask among the channels of a FOV, where mantis keeps it', () => {
  it('is a mask called segmentation, and no channel', async () => {
    const folder = smallDataset(['A']);
    const labels = plane(60, 40, (x, y) => (x >= 30 && y >= 20 ? 5 : 0));
    writePlane(path.join(folder, 'A', 'segmentation.tif'), labels, {});
    const inspected = JSON.parse(runCli('inspect', folder, '--json').stdout) as {
      fovs: { channels: string[]; masks: string[] }[];
    };
    assert.ok(!inspected.fovs[0].channels.includes('segmentation'));
    assert.ok(inspected.fovs[0].masks.includes('segmentation'));
    const picture = await exported(folder, ...black, '--mask', 'segmentation,mode=fill,color=red');
    assert.deepEqual([colorOf(picture, [29, 30]), colorOf(picture, [30, 30])], ['#000000', '#ff0000']);
  });
});
