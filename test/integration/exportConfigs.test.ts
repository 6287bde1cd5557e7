import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { importUeler } from '../../src/core/import/importUeler';
import type { Recipe } from '../../src/core/model/recipe';
import { readRecipeFile } from '../../src/core/store/readRecipeFile';
import { decodePicture, smallDataset } from '../support/dataset';
import { runCli } from '../support/runCli';
import { continuousColors, exportConfig, maskColors, writeUeler } from '../support/uelerState';

const state = {
  marker_sets: {
    'T cells': {
      selected_channels: ['DNA', 'CD3'],
      channel_settings: {
        DNA: { color: 'Blue', contrast_min: 0, contrast_max: 240 },
        CD3: { color: 'Red', contrast_min: 0, contrast_max: 200 },
      },
    },
  },
};

/** A dataset with marker set, mask colour sets, and one export config, which is the usual one but for `changes`. */
function withConfig(changes: object): string {
  const folder = smallDataset(['A']);
  writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,type,CD3\nA,7,T cell,2\nA,9,B cell,8\n');
  writeUeler(folder, 'widget_states.json', state);
  writeUeler(folder, 'cell-types.maskcolors.json', maskColors);
  writeUeler(folder, 'cd3.maskcolors.json', continuousColors);
  writeUeler(folder, 'export_configs/c.export_config.json', { ...exportConfig, ...changes });
  return folder;
}

/** The recipe, and what is said of the config. */
async function imported(changes: object): Promise<{ recipe?: Recipe; said: string[] }> {
  const folder = withConfig(changes);
  const { entries, notes, files } = await importUeler(folder);
  const leftOut = entries.flatMap(({ outcome, reason }) => (outcome === 'left out' ? [reason!] : []));
  const said = [...leftOut, ...notes];
  const file = files.find((name) => name.endsWith('.export.json'));
  return file === undefined ? { said } : { recipe: await readRecipeFile(path.join(folder, file)), said };
}

const channels = [
  { channel: 'DNA', color: '#0000ff', contrastLimits: [0, 240] },
  { channel: 'CD3', color: '#ff0000', contrastLimits: [0, 200] },
];
const outline = { name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 };
const classColors = { 'T cell': '#ff0000', 'B cell': '#00ff00' };
const byType = { column: 'type', colors: classColors, otherColor: '#a0a0a0' };

describe("UELer's export configs", () => {
  it('become recipes', async () => {
    const { recipe, said } = await imported({});
    assert.deepEqual(said, []);
    assert.deepEqual(recipe, {
      version: 1,
      mode: 'fovs',
      fovs: [],
      markerSet: 'T cells',
      channels,
      contrastScope: 'batch',
      masks: [outline],
      masksOnly: false,
      separate: 'off',
      grayscale: false,
      downsample: 1,
      resample: 'mean',
      scaleBar: { length: 'off', maxPercent: 10, color: 'auto', place: 'bottom-right' },
      legend: { channels: 'off', channelsPlace: 'top-left', classes: false, classesPlace: 'top-right' },
      marginColor: 'black',
      formats: ['png'],
      dpi: 300,
      overwrite: 'never',
    });
  });

  it('with every setting', async () => {
    for (const [name, format] of [
      ['JPG', 'jpeg'],
      ['tif', 'tiff'],
      ['tiff', 'tiff'],
      ['pdf', 'pdf'],
    ]) {
      assert.deepEqual((await imported({ file_format: name })).recipe?.formats, [format]);
    }
    const { recipe, said } = await imported({
      downsample: 4,
      dpi: 600,
      include_scale_bar: true,
      scale_bar_ratio: 5.5,
      mask_outline_thickness: 3,
      mask_color: '#00FF00',
      mask_alpha: 0.25,
      separate_channels: true,
    });
    assert.deepEqual(said, []);
    assert.deepEqual([recipe?.downsample, recipe?.dpi, recipe?.separate], [4, 600, 'channels']);
    assert.deepEqual([recipe?.scaleBar.length, recipe?.scaleBar.maxPercent], ['auto', 5.5]);
    assert.deepEqual(recipe?.masks, [{ ...outline, color: '#00ff00', alpha: 0.25, widthPx: 3 }]);
    const merged = await imported({ separate_channels: true, merge_same_color: true, include_masks: false });
    assert.deepEqual([merged.recipe?.separate, merged.recipe?.masks], ['colors', []]);
    assert.equal((await imported({ merge_same_color: true })).recipe?.separate, 'off');
    const masksOnly = await imported({ masks_only: true, marker_set: 'Gone' });
    assert.deepEqual([masksOnly.recipe?.masksOnly, masksOnly.recipe?.channels, masksOnly.said], [true, [], []]);
  });

  it('with a mask colour set: fills below, borders above', async () => {
    const changes = { mask_palette_enabled: true, mask_palette_name: 'cell types', mask_outline_thickness: 2 };
    const { recipe, said } = await imported(changes);
    assert.deepEqual(said, []);
    assert.deepEqual(recipe?.masks, [
      { ...outline, mode: 'fill', color: byType, alpha: 0.35 },
      { ...outline, color: byType, alpha: 0.8, widthPx: 2 },
    ]);
    const numbers = await imported({ ...changes, mask_palette_name: 'CD3 level' });
    const byCd3 = { column: 'CD3', colorMap: 'magma', range: [0, 8], arcsinhCofactor: 2, otherColor: '#a0a0a0' };
    assert.deepEqual(numbers.recipe?.masks[0], { ...outline, mode: 'fill', color: byCd3, alpha: 1 });
  });

  it('say what is not taken over', async () => {
    const cases: [object, string][] = [
      [
        { include_annotations: true },
        'It includes the annotation that UELer shows, without naming it; add an "annotation" if there is one.',
      ],
      [{ mask_layer: null }, 'It includes masks, without naming one; add a mask if there is one.'],
      [
        { mask_palette_enabled: true },
        "It colours masks by UELer's mask painter as it is at the moment; here they have its plain colour.",
      ],
      [
        { masks_only: true, separate_channels: true },
        'It asks for separate channels and for masks only; there are no channels to separate.',
      ],
    ];
    for (const [changes, sentence] of cases) {
      const { recipe, said } = await imported(changes);
      assert.ok(recipe);
      assert.deepEqual(said, [`Export config "My figure 1!": ${sentence}`]);
    }
  });

  it('are left out where the pictures would be other ones', async () => {
    const palette = { mask_palette_enabled: true, mask_palette_name: 'Gone' };
    const cases: [object, string][] = [
      [{ marker_set: 'Gone' }, 'its marker set "Gone" is not there.'],
      [{ marker_set: null }, 'it names no marker set.'],
      [{ file_format: 'bmp' }, 'its file format is "bmp".'],
      [palette, 'its mask colour set "Gone" is not there, or cannot be used.'],
      [{ masks_only: true, mask_layer: null }, 'it is for masks only, and names no mask.'],
    ];
    for (const [changes, sentence] of cases) {
      const { recipe, said } = await imported(changes);
      assert.equal(recipe, undefined);
      assert.deepEqual(said, [`UELer's export config "My figure 1!" is left out: ${sentence}`]);
    }
  });

  it('that are broken cost nothing else; the index does not count', async () => {
    const folder = withConfig({});
    writeUeler(folder, 'export_configs/export_configs_index.json', { lost: { path: '/gone/lost.export_config.json' } });
    writeUeler(folder, 'export_configs/a.export_config.json', '{"name":');
    writeUeler(folder, 'export_configs/b.export_config.json', '[]');
    writeUeler(folder, 'export_configs/d.export_config.json', { ...exportConfig, name: 'D', downsample: 'two' });
    const { entries } = await importUeler(folder);
    const recipes = entries.filter(({ kind }) => kind === 'recipe');
    assert.deepEqual(
      recipes.map(({ outcome, name }) => [outcome, name]),
      [
        ['left out', undefined],
        ['left out', undefined],
        ['left out', undefined],
        ['imported', 'My figure 1!'],
      ],
    );
    assert.match(recipes[2].reason!, /^UELer's export config "d" is left out: .*downsample/);
  });

  it('run, from the file that was imported', async () => {
    const folder = withConfig({ mask_palette_enabled: true, mask_palette_name: 'cell types' });
    assert.equal(runCli('import', folder).exitCode, 0);
    const recipe = path.join(folder, '.batch-export', 'recipes', 'my-figure-1.export.json');
    assert.equal(
      readFileSync(recipe, 'utf8').split('\n')[1],
      '  "$schema": "multiplex-batch-export:/recipe.schema.json",',
    );
    const out = path.join(folder, 'out');
    const { exitCode, stderr } = runCli('run', recipe, '--dataset', folder, '--out', out);
    assert.deepEqual([exitCode, stderr], [0, '']);
    const { rgb, widthPx } = await decodePicture(path.join(out, 'A.png'));
    const at = (x: number, y: number): number[] => [...rgb.subarray((y * widthPx + x) * 3, (y * widthPx + x) * 3 + 3)];
    // x · 4 / 240 of blue, y · 5 / 200 of red; 35 % of the class inside a cell, 80 % of it besides on its border.
    assert.deepEqual(at(2, 2), [13, 0, 9]);
    assert.deepEqual(at(20, 20), [172, 0, 55]);
    assert.deepEqual(at(35, 10), [8, 222, 19]);
  });
});
