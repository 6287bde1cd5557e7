import assert from 'node:assert/strict';
import { freezeRecipe } from '../../src/core/again/freezeRecipe';
import type { PlannedItem } from '../../src/core/model/plan';
import type { Recipe } from '../../src/core/model/recipe';
import { exampleRecipe } from '../support/exampleRecipe';

/** As nobody writes them, but another order of keys is the same recipe. */
function turnedAround(recipe: Recipe): Recipe {
  const turn = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, part]) => [key, turn(part)]),
        )
      : Array.isArray(value)
        ? value.map(turn)
        : value;
  return turn(recipe) as Recipe;
}

const region = { x: 0, y: 0, widthPx: 8, heightPx: 8 };

function item(id: string, fov: string, more: Partial<PlannedItem>): PlannedItem {
  return { id, fov, channels: [], masks: [], files: [], region, ...more };
}

function textOf(recipe: Recipe, of: PlannedItem, limits: readonly [number, number]): string {
  const file = { path: 'a.png', format: 'png' } as const;
  return JSON.stringify(freezeRecipe(recipe, of, file, { sources: [], contrastLimits: [limits] }).recipe);
}

describe('the recipe that a picture holds', () => {
  const look =
    '"masks":[],"masksOnly":false,"separate":"off","grayscale":false,"downsample":1,"resample":"mean",' +
    '"scaleBar":{"length":"off","maxPercent":10,"color":"auto","place":"bottom-right"},' +
    '"legend":{"channels":"off","channelsPlace":"top-left","classes":false,"classesPlace":"top-right"},' +
    '"marginColor":"black","formats":["png"],"overwrite":"never"}';
  const channel = (limits: string): string =>
    `"channels":[{"channel":"DNA","color":"#0000ff","contrastLimits":[${limits}]}],"contrastScope":"batch",${look}`;

  it('has each item’s own FOV, label and limits, in one order, whichever item was first', () => {
    const recipe = turnedAround({
      ...exampleRecipe,
      mode: 'cells',
      contrastScope: 'fov',
      cells: {
        where: 'area > 3',
        labels: [],
        crop: { size: { px: 8 } },
        center: 'mask',
        edge: 'pad',
        isolate: false,
        onlyFocal: false,
      },
    });
    const cells = (fov: string, label: number): string =>
      `{"version":1,"mode":"cells","fovs":["${fov}"],"cells":{"labels":[{"fov":"${fov}","labels":[${label}]}],` +
      '"crop":{"size":{"px":8}},"center":"mask","edge":"pad","isolate":false,"onlyFocal":false},';
    const first = textOf(recipe, item('A-7', 'A', { label: 7 }), [0, 5]);
    assert.equal(first, cells('A', 7) + channel('0,5'));
    const second = textOf(recipe, item('B-9', 'B', { label: 9 }), [1, 6.5]);
    assert.equal(second, cells('B', 9) + channel('1,6.5'));
    const third = textOf(recipe, item('B-10', 'B', { label: 10 }), [1, 6.5]);
    assert.equal(third, cells('B', 10) + channel('1,6.5'));
    const fourth = textOf(recipe, item('B-10', 'B', { label: 10 }), [1, 7]);
    assert.equal(fourth, cells('B', 10) + channel('1,7'));
    assert.equal(textOf(recipe, item('A-7', 'A', { label: 7 }), [0, 5]), first);
  });

  it('has each ROI or slide alone', () => {
    const recipe = turnedAround({
      ...exampleRecipe,
      mode: 'rois',
      rois: { rois: [], tags: 'good', slides: ['S1', 'S2'], settings: 'own', edge: 'pad', cutShape: false },
    });
    const rois = (fovs: string, ids: string, slides: string): string =>
      `{"version":1,"mode":"rois","fovs":[${fovs}],"rois":{"rois":[${ids}],"slides":[${slides}],` +
      '"settings":"shared","edge":"pad","cutShape":false},';
    const roi = { id: 'r1', name: 'one' };
    assert.equal(textOf(recipe, item('one', 'A', { roi }), [0, 1]), rois('"A"', '"r1"', '') + channel('0,1'));
    const slide = item('map_S2', 'map_S2', { tiles: [] });
    assert.equal(textOf(recipe, slide, [0, 1]), rois('', '', '"S2"') + channel('0,1'));
  });

  it('is of the file’s own format and channels', () => {
    const [dna] = exampleRecipe.channels;
    const recipe = turnedAround({
      ...exampleRecipe,
      formats: ['png', 'svg'],
      channels: [dna, { ...dna, channel: 'CD3' }],
    });
    const parts = (['png', 'svg'] as const).flatMap((format) =>
      [[0], [1]].map((channels) => {
        const file = { path: 'a', format, channels };
        const frozen = freezeRecipe(recipe, item('A', 'A', {}), file, { sources: [] }).recipe;
        return [...frozen.formats, ...frozen.channels.map((shown) => shown.channel)].join(' ');
      }),
    );
    assert.deepEqual(parts, ['png DNA', 'png CD3', 'svg DNA', 'svg CD3']);
  });
});
