import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { colorAt } from '../../src/core/model/colorMap';
import { openDataset } from '../../src/core/read/openDataset';
import { withinCpuSeconds } from '../support/cpuTime';
import { decodePicture, smallDataset } from '../support/dataset';
import { runCli } from '../support/runCli';
import { continuousColors, maskColors, writeUeler } from '../support/uelerState';

const good = { selected_channels: ['DNA'], channel_settings: { DNA: { color: 'Red', contrast_max: 9 } } };
const goodSet = {
  name: 'Good',
  channels: [{ channel: 'DNA', color: '#ff0000', contrastLimits: [0, 9] }],
  origin: 'ueler',
};

/** What opening makes of UELer's state: the marker sets, the pixel size, and how many warnings there are. */
async function opened(state: string | object): Promise<unknown[]> {
  const folder = smallDataset(['A']);
  writeUeler(folder, 'widget_states.json', state);
  const { markerSets, fallbackPixelSize, warnings, fovs } = await openDataset(folder);
  assert.equal(fovs.length, 1);
  return [markerSets, fallbackPixelSize?.um, warnings.map(({ code }) => code)];
}

describe("UELer's state, stale or broken, and the dataset opens (B18)", () => {
  it('with choices that are not offered any more, and a byte order mark', async () => {
    const state = {
      image_selector: 'gone',
      annotation_selector: 7,
      marker_sets: { Good: good },
      pixel_size_inttext: 500,
    };
    assert.deepEqual(await opened(`\uFEFF${JSON.stringify(state)}`), [[goodSet], 0.5, []]);
  });

  it('with a file that is not JSON, or is another thing', async () => {
    for (const text of ['', '{"marker_sets": {', '\0\0', '[]', '"text"', 'null', '12']) {
      assert.deepEqual(await opened(text), [[], undefined, ['DatasetInvalid']], text);
    }
  });

  it('with a part of a wrong type, of which the others are used', async () => {
    for (const bad of [0, -3, '390', true, {}, []]) {
      const state = { marker_sets: { Good: good }, pixel_size_inttext: bad };
      assert.deepEqual(await opened(state), [[goodSet], undefined, ['DatasetInvalid']], JSON.stringify(bad));
    }
    for (const bad of [[], 'x', 3]) {
      const state = { marker_sets: bad, pixel_size_inttext: 500 };
      assert.deepEqual(await opened(state), [[], 0.5, ['MarkerSetNotFound']], JSON.stringify(bad));
    }
    assert.deepEqual(await opened({ marker_sets: null, pixel_size_inttext: null }), [[], undefined, []]);
  });

  it('with one odd marker set, of which the others are used', async () => {
    const odd = [
      null,
      [],
      { selected_channels: null },
      { selected_channels: 'DNA' },
      { selected_channels: [7] },
      { selected_channels: [] },
      { ...good, channel_settings: [] },
      { ...good, channel_settings: { DNA: null } },
      { ...good, channel_settings: { DNA: { color: [1, 0, 0] } } },
      { ...good, channel_settings: { DNA: { color: 'Red', contrast_min: '0' } } },
      { ...good, channel_settings: { DNA: { color: 'Red', contrast_min: 9, contrast_max: 9 } } },
      { ...good, selected_channels: ['DNA', 'constructor'] },
    ];
    for (const bad of odd) {
      const state = { marker_sets: { Bad: bad, Good: good }, pixel_size_inttext: 500 };
      assert.deepEqual(await opened(state), [[goodSet], 0.5, ['MarkerSetNotFound']], JSON.stringify(bad));
    }
  });

  it('with __proto__ and constructor as names', async () => {
    const setting = '{"color": "Red", "contrast_max": 9}';
    const named = (name: string): string =>
      `"${name}": {"selected_channels": ["${name}"], "channel_settings": {"${name}": ${setting}}}`;
    const text = `{"__proto__": {"pixel_size_inttext": 1}, "marker_sets": {${named('constructor')}, ${named('toString')}}}`;
    const set = (name: string): object => ({
      name,
      channels: [{ channel: name, color: '#ff0000', contrastLimits: [0, 9] }],
      origin: 'ueler',
    });
    assert.deepEqual(await opened(text), [[set('constructor'), set('toString')], undefined, []]);
    assert.equal(({} as Record<string, unknown>)['pixel_size_inttext'], undefined);
    const [sets] = await opened(`{"marker_sets": {"__proto__": {"Good": 1}, "Good": ${JSON.stringify(good)}}}`);
    assert.deepEqual(sets, [goodSet]);
  });

  it('with a file of an absurd size, or none that can be read', async () => {
    const folder = smallDataset(['A']);
    writeUeler(folder, 'widget_states.json', '{}');
    const file = path.join(folder, '.UELer', 'widget_states.json');
    truncateSync(file, 3 * 2 ** 30);
    const { warnings } = await withinCpuSeconds(5, () => openDataset(folder));
    assert.deepEqual(
      warnings.map(({ message }) => message),
      [`Expected to read ${file}, but it has 3221225472 bytes, more than the 67108864 that settings may have.`],
    );
    rmSync(file);
    mkdirSync(file);
    assert.deepEqual(
      (await openDataset(folder)).warnings.map(({ message }) => message),
      [`Expected to read ${file}, but it is a folder.`],
    );
  });

  it('with a marker set whose channel is as the viewer shows it, as in UELer', async () => {
    const state = {
      marker_sets: { S: { selected_channels: ['CD3'], channel_settings: {} } },
      color_controls: { CD3: 'Green' },
      contrast_min_controls: { CD3: 1 },
      contrast_max_controls: { CD3: 2 },
    };
    const channels = [{ channel: 'CD3', color: '#00ff00', contrastLimits: [1, 2] }];
    assert.deepEqual(await opened(state), [[{ name: 'S', channels, origin: 'ueler' }], undefined, []]);
  });
});

/** A dataset of FOV A whose cells 7 and 9 have CD3 of 2 and 8, and the types T cell and 8. */
function withTable(): string {
  const folder = smallDataset(['A']);
  writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,type,CD3\nA,7,T cell,2\nA,9,B cell,8\n');
  return folder;
}

async function cellColors(folder: string, palette: string, column: string): Promise<string[]> {
  const out = path.join(folder, 'out');
  const mask = `whole_cell,mode=fill,color=by:${column}`;
  const flags = ['--masks-only', '--mask', mask, '--mask-palette', palette, '--scale-bar', 'off', '--out', out];
  const { exitCode, stderr } = runCli('fovs', folder, ...flags);
  assert.deepEqual([exitCode, stderr], [0, '']);
  const { rgb, widthPx } = await decodePicture(path.join(out, 'A.png'));
  return [
    [20, 20],
    [40, 10],
  ].map(([x, y]) => `#${rgb.subarray((y * widthPx + x) * 3, (y * widthPx + x) * 3 + 3).toString('hex')}`);
}

describe("UELer's mask colour sets", () => {
  it('for numbers are a colour map with range and arcsinh, not classes (B8)', async () => {
    const folder = withTable();
    writeUeler(folder, 'cd3.maskcolors.json', continuousColors);
    // matplotlib's magma at arcsinh(2 / 2) / arcsinh(8 / 2) and at 1.
    assert.deepEqual(await cellColors(folder, 'CD3 level', 'CD3'), ['#942c80', '#fcfdbf']);
  });

  it('for numbers are so for a ROI that names one, too', async () => {
    const folder = withTable();
    writeUeler(folder, 'cd3.maskcolors.json', continuousColors);
    writeUeler(
      folder,
      'roi_manager.csv',
      'roi_id,fov,x_min,x_max,y_min,y_max,mask_color_set\nr,A,0,60,0,40,CD3 level\n',
    );
    const out = path.join(folder, 'out');
    const flags = ['--masks-only', '--mask', 'whole_cell,mode=fill', '--scale-bar', 'off', '--out', out];
    assert.deepEqual([runCli('rois', folder, ...flags).exitCode, readdirSync(out).includes('A_roi_r.png')], [0, true]);
    const { rgb, widthPx } = await decodePicture(path.join(out, 'A_roi_r.png'));
    const at = (20 * widthPx + 20) * 3;
    assert.equal(rgb.subarray(at, at + 3).toString('hex'), '942c80');
  });

  it('for numbers, with an automatic range, have the 1st to the 99th percentile', async () => {
    const folder = withTable();
    const { continuous } = continuousColors;
    writeUeler(folder, 'cd3.maskcolors.json', { ...continuousColors, continuous: { ...continuous, auto_range: true } });
    const [palette] = (await openDataset(folder)).palettes;
    assert.deepEqual(palette.continuous?.range, [{ percentile: 1 }, { percentile: 99 }]);
  });

  it('are found in a dataset that was moved, whatever the absolute paths of the index say (B9)', async () => {
    const folder = withTable();
    writeUeler(folder, 'mask_color_sets_index.json', {
      'cell types': { path: '/gone/.UELer/cell-types.maskcolors.json', identifier: 'type', folder: '/gone/.UELer' },
      other: { path: '/gone/.UELer/other.maskcolors.json', identifier: 'type', folder: '/gone/.UELer' },
    });
    writeUeler(folder, 'cell-types.maskcolors.json', maskColors);
    assert.deepEqual(await cellColors(folder, 'cell types', 'type'), ['#ff0000', '#00ff00']);
    const { palettes, warnings } = await openDataset(folder);
    assert.deepEqual([palettes.map(({ name }) => name), warnings], [['cell types'], []]);
  });

  it('that cannot be used are a warning, and the others are there', async () => {
    const folder = withTable();
    writeUeler(folder, 'a.maskcolors.json', '{');
    writeUeler(folder, 'b.maskcolors.json', { ...maskColors, colors: {} });
    writeUeler(folder, 'c.maskcolors.json', { ...continuousColors, continuous: { column: '' } });
    writeUeler(folder, 'd.maskcolors.json', maskColors);
    const { palettes, warnings } = await openDataset(folder);
    assert.deepEqual(
      palettes.map(({ name }) => name),
      ['cell types'],
    );
    const place = path.join(folder, '.UELer');
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['PaletteInvalid', 'PaletteInvalid', 'PaletteInvalid'],
    );
    assert.deepEqual(
      warnings.slice(1).map(({ message }) => message),
      [
        `Expected a palette in ${place}/b.maskcolors.json, but it names no colour.`,
        `Expected a palette in ${place}/c.maskcolors.json, but it is for numbers, and says neither of which column nor in what colours.`,
      ],
    );
  });
});

describe('our own palettes', () => {
  const write = (folder: string, content: object): void => {
    mkdirSync(path.join(folder, '.batch-export', 'palettes'), { recursive: true });
    writeFileSync(path.join(folder, '.batch-export', 'palettes', 'x.mask.json'), JSON.stringify(content));
  };

  it('may be a colour map', async () => {
    const folder = withTable();
    write(folder, { version: 1, name: 'Map', colorMap: 'greys', range: [0, 8] });
    assert.deepEqual(await cellColors(folder, 'Map', 'CD3'), [colorAt('greys', 0.25), colorAt('greys', 1)]);
  });

  it('with a mistake are a warning that names the place', async () => {
    const folder = withTable();
    const file = path.join(folder, '.batch-export', 'palettes', 'x.mask.json');
    const cases: [object, string][] = [
      [{ colors: { A: 'red' }, othercolor: 'red' }, 'Unrecognized key: "othercolor"'],
      [
        { colors: { A: 'red' }, colorMap: 'viridis' },
        'colorMap: classes have colours, numbers a colour map: one of the two',
      ],
      [{ colors: { A: 'red' }, range: [0, 1] }, 'range: is for a colour map'],
      [{ colorMap: 'viridis', range: [1, 1] }, 'range: the high end must be greater than the low one'],
      [{ name: 'empty' }, 'colors: it names no colour'],
    ];
    for (const [content, what] of cases) {
      write(folder, content);
      const { warnings, palettes } = await openDataset(folder);
      assert.deepEqual(
        warnings.map(({ message }) => message),
        [`${file} is not as expected: ${what}.`],
      );
      assert.deepEqual(palettes, []);
    }
  });
});
