import assert from 'node:assert/strict';
import { nameFiles } from '../../src/core/plan/nameFiles';
import { ownLooks } from '../../src/core/plan/ownLooks';
import { planRois } from '../../src/core/plan/planRois';
import { ItemList } from '../../src/core/model/itemList';
import type { Dataset, SavedMarkerSet } from '../../src/core/model/dataset';
import type { Palette } from '../../src/core/model/palette';
import { type PlannedItem, recipeOfItem } from '../../src/core/model/plan';
import type { ChannelSetting } from '../../src/core/model/markerSet';
import type { MaskLayer, Recipe } from '../../src/core/model/recipe';
import type { Roi } from '../../src/core/model/roi';
import type { RoiSelection } from '../../src/core/model/roiSelection';
import { sizedRegion } from '../../src/core/select/roiRegion';
import { selectRois } from '../../src/core/select/selectRois';
import { emptyDataset } from '../support/emptyDataset';
import { exampleRecipe } from '../support/exampleRecipe';

const unitBox = { xMin: 0, yMin: 0, xMax: 10, yMax: 10 };

const roi = (rest: Partial<Roi> = {}): Roi => ({ id: 'r1', name: 'front', fov: 'A', box: unitBox, tags: [], ...rest });

const selection: RoiSelection = { rois: [], slides: [], settings: 'own', edge: 'pad', cutShape: false };

const channel = (name: string, color: ChannelSetting['color'] = '#ffffff', high = 9): ChannelSetting => ({
  channel: name,
  color,
  contrastLimits: [0, high],
});

const recipe: Recipe = { ...exampleRecipe, mode: 'rois', rois: selection, channels: [channel('DNA', '#0000ff', 100)] };

describe('sizedRegion', () => {
  type Numbers = [number, number, number, number];
  const px = (value: number, tolerance?: number): RoiSelection['size'] => ({
    length: { px: value },
    ...(tolerance !== undefined && { tolerance: { px: tolerance } }),
  });
  const table: [name: string, box: Numbers, size: RoiSelection['size'], region: Numbers][] = [
    ['no size: the pixels that the box touches', [1.5, 2.5, 4.5, 4.6], undefined, [1, 2, 4, 3]],
    ['even about a whole middle', [10, 20, 20, 40], px(4), [13, 28, 4, 4]],
    // ⌊15 − 2.5 + 0.5⌋ = 13: pixel 15 would be off the middle as far to the other side.
    ['odd about a whole middle', [10, 20, 20, 40], px(5), [13, 28, 5, 5]],
    ['odd about the middle of a pixel', [10, 20, 21, 41], px(5), [13, 28, 5, 5]],
    ['even about the middle of a pixel', [10, 20, 21, 41], px(4), [14, 29, 4, 4]],
    // ⌊35.65 − 8 + 0.5⌋ = 28, ⌊45.45 − 8 + 0.5⌋ = 37
    ['about a middle with fractions', [10.4, 20.7, 60.9, 70.2], px(16), [28, 37, 16, 16]],
    ['about a middle beyond the image', [-21.4, -3, 0.6, -1], px(8), [-14, -6, 8, 8]],
    ['one pixel', [3.2, 3.8, 3.2, 3.8], px(1), [3, 3, 1, 1]],
    ['a range: within it, as it is', [10, 10, 22, 21], px(12, 2), [10, 10, 12, 11]],
    ['a range: too small and too big', [10, 10, 13, 60], px(12, 2), [7, 28, 10, 14]],
    ['a range with fractions: as many pixels as the box touches', [10.4, 10, 20.6, 21], px(11, 1), [10, 10, 11, 11]],
    ['a range of 0', [10, 10, 13, 60], px(12, 0), [6, 29, 12, 12]],
    ['a range wider than the length leaves at least a pixel', [5, 5, 5, 5], px(3, 8), [5, 5, 1, 1]],
    // 3.3 µm of 0.5 µm: ⌊6.6 + 0.5⌋ = 7; 0.7 µm: ⌊1.4 + 0.5⌋ = 1
    ['in µm', [10, 10, 20, 20], { length: { um: 3.3 } }, [12, 12, 7, 7]],
    ['a range in µm', [10, 10, 20, 12], { length: { um: 3.3 }, tolerance: { um: 0.7 } }, [11, 8, 8, 6]],
    ['a range of pixels about a length in µm', [0, 0, 99, 0.5], { length: { um: 10 }, tolerance: { px: 3 } }, [38, -8, 23, 17]], // prettier-ignore
  ];
  for (const [name, [xMin, yMin, xMax, yMax], size, [x, y, widthPx, heightPx]] of table) {
    it(name, () => {
      assert.deepEqual(sizedRegion({ box: { xMin, yMin, xMax, yMax } }, size, 0.5), { x, y, widthPx, heightPx });
    });
  }

  it('needs a pixel size for µm, and none for pixels', () => {
    assert.throws(() => sizedRegion({ box: unitBox }, { length: { um: 3 } }, undefined), RangeError);
    assert.equal(sizedRegion({ box: unitBox }, { length: { px: 3 } }, undefined).widthPx, 3);
  });

  it('a box that touches as many pixels as wanted stays where it is, whatever its fractions', () => {
    for (const offset of [0, 0.1, 0.25, 0.5, 0.75, 0.9]) {
      const box = { xMin: offset, yMin: -offset, xMax: 9 + offset, yMax: 9 - offset };
      const own = sizedRegion({ box }, undefined, undefined);
      const ranged = sizedRegion({ box }, px(10, 5), undefined);
      assert.deepEqual([ranged.widthPx, ranged.heightPx], [own.widthPx, own.heightPx]);
      for (const side of ['x', 'y'] as const) assert.ok(Math.abs(ranged[side] - own[side]) <= 1);
    }
  });
});

describe('selectRois', () => {
  const rois = [
    roi({ id: 'r1', name: 'front', tags: ['good', 'figure1'] }),
    roi({ id: 'r2', name: 'back', fov: 'B', tags: ['good', 'excluded'] }),
    roi({ id: 'r3', name: 'front', fov: 'B', tags: ['needs review'] }),
    { id: 'r4', name: '', box: unitBox, tags: [] },
    { id: 'r5', name: 'r1', mapId: 'slide', box: unitBox, tags: ['good'] },
  ];
  const idsOf = (rest: Partial<RoiSelection>, fovs?: string[]): string[] =>
    selectRois({ file: '/d/rois.json', rois }, { ...selection, ...rest }, fovs && new Set(fovs)).map(({ id }) => id);

  const table: [name: string, selection: Partial<RoiSelection>, fovs: string[] | undefined, ids: string[]][] = [
    ['all', {}, undefined, ['r1', 'r2', 'r3', 'r4', 'r5']],
    ['by id', { rois: ['r2'] }, undefined, ['r2']],
    ['by a name that two have', { rois: ['front'] }, undefined, ['r1', 'r3']],
    ['by a name that is another one’s id', { rois: ['r1'] }, undefined, ['r1', 'r5']],
    ['by several, in the order of the file', { rois: ['r4', 'back', 'r2'] }, undefined, ['r2', 'r4']],
    ['by tags', { tags: 'good & !excluded' }, undefined, ['r1', 'r5']],
    ['by a tag with a blank', { tags: '"needs review"' }, undefined, ['r3']],
    ['without tags', { tags: '!good & !"needs review"' }, undefined, ['r4']],
    ['by name and tags', { rois: ['front'], tags: 'good' }, undefined, ['r1']],
    ['by FOV, with those that may be anywhere', {}, ['B'], ['r2', 'r3', 'r4']],
    ['by FOV and name', { rois: ['front'] }, ['B'], ['r3']],
  ];
  for (const [name, chosen, fovs, ids] of table) {
    it(name, () => {
      assert.deepEqual(idsOf(chosen, fovs), ids);
    });
  }

  it('refuses unknown names, empty selections and bad conditions', () => {
    const code = (expected: string, message: RegExp) => (error: { code?: string; message: string }) => {
      assert.equal(error.code, expected);
      assert.match(error.message, message);
      return true;
    };
    assert.throws(
      () => idsOf({ rois: ['r1', 'nobody'] }),
      code('SelectionEmpty', /called nobody .* found front, back/),
    );
    assert.throws(() => idsOf({ rois: ['Front'] }), code('SelectionEmpty', /Front/));
    assert.throws(() => idsOf({ tags: 'missing' }), code('SelectionEmpty', /found none among its 5/));
    assert.throws(() => idsOf({ rois: ['back'] }, ['A']), code('SelectionEmpty', /fit the selection/));
    assert.throws(() => idsOf({ tags: 'good &' }), code('FilterInvalid', /end/));
    assert.throws(() => selectRois({ file: 'f', rois: [] }, selection), code('SelectionEmpty', /it holds none/));
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.throws(() => idsOf({ rois: [name] }), code('SelectionEmpty', /found/));
      assert.throws(() => idsOf({ tags: name }), code('SelectionEmpty', /found none/));
    }
  });
});

describe('ownLooks', () => {
  const outline = (name: string, rest: Partial<MaskLayer> = {}): MaskLayer => ({
    name,
    mode: 'outline',
    color: '#ffffff',
    alpha: 1,
    widthPx: 1,
    ...rest,
  });
  const sets: readonly SavedMarkerSet[] = [
    { name: 'red', channels: [channel('CD3', '#ff0000', 50)], origin: 'project' },
    { name: 'two', channels: [channel('CD3', '#00ffff', 60), channel('CD8', '#00ff00', 70)], origin: 'ueler' },
    { name: '__proto__', channels: [channel('CD8', '#ffff00', 80)], origin: 'project' },
  ];
  const palettes: readonly Palette[] = [
    { name: 'types', kind: 'mask', madeFor: 'cell_type', colors: { T: '#ff0000' }, otherColor: '#808080' },
    { name: 'levels', kind: 'mask', madeFor: 'CD3', colors: {}, continuous: { colorMap: 'magma', range: [0, 8] } },
    { name: 'lost', kind: 'mask', madeFor: 'no_such_column', colors: { T: '#ff0000' } },
    { name: 'regions', kind: 'annotation', madeFor: 'region', colors: { '1': '#ff0000' }, names: { '1': 'tumour' } },
    { name: 'types', kind: 'annotation', colors: { '1': '#123456' } },
  ];
  const withoutViewer: Dataset = {
    folder: '/d',
    fovs: [
      {
        name: 'A',
        path: '/d/A',
        channels: [],
        annotations: [],
        masks: ['whole_cell', 'nuclear', 'other'].map((name) => ({ name, file: `/d/${name}` })),
      },
    ],
    markerSets: sets,
    palettes,
    overlayFolders: [],
    slides: [],
    warnings: [],
    cellTable: {
      file: '/d/cell_table.csv',
      rows: 1,
      columns: ['fov', 'label', 'cell_type', 'CD3'],
      roles: { fov: 'fov', label: 'label' },
      maskName: 'whole_cell',
    },
  };
  const dataset: Dataset = {
    ...withoutViewer,
    viewer: {
      channels: new Map([
        ['CD8', channel('CD8', '#ff00ff', 5)],
        ['DNA', channel('DNA', '#ff00ff', 6)],
      ]),
      maskColors: new Map([['nuclear', '#00ff00' as const]]),
    },
  };
  const types = { column: 'cell_type', colors: { T: '#ff0000' }, otherColor: '#808080' } as const;

  interface Case {
    readonly name: string;
    readonly roi: Partial<Roi>;
    readonly recipe?: Partial<Recipe>;
    readonly dataset?: Dataset;
    readonly own?: PlannedItem['own'];
    readonly used?: string[];
    readonly missing?: string[];
  }
  const table: Case[] = [
    { name: 'nothing', roi: {} },
    {
      name: 'a saved marker set',
      roi: { markerSet: { name: 'red' } },
      own: { markerSet: 'red', channels: sets[0].channels },
      used: ['marker set red'],
    },
    {
      name: 'a marker set called __proto__',
      roi: { markerSet: { name: '__proto__' } },
      own: { markerSet: '__proto__', channels: sets[2].channels },
      used: ['marker set __proto__'],
    },
    { name: 'a marker set that is gone', roi: { markerSet: { name: 'gone' } }, missing: ['marker set gone'] },
    {
      name: 'a marker set called toString',
      roi: { markerSet: { name: 'toString' } },
      missing: ['marker set toString'],
    },
    {
      name: 'current channels: the recipe before the viewer before saved marker sets',
      roi: { markerSet: { channels: ['CD3', 'CD8', 'DNA'] } },
      own: { channels: [channel('CD3', '#ff0000', 50), channel('CD8', '#ff00ff', 5), channel('DNA', '#0000ff', 100)] },
      used: ['channels CD3, CD8, DNA'],
    },
    {
      name: 'current channels without a viewer: the first marker set that has them',
      roi: { markerSet: { channels: ['CD8', 'CD3'] } },
      dataset: withoutViewer,
      own: { channels: [channel('CD8', '#00ff00', 70), channel('CD3', '#ff0000', 50)] },
      used: ['channels CD8, CD3'],
    },
    {
      name: 'current channels of which one has no colour anywhere',
      roi: { markerSet: { channels: ['CD3', 'CD45'] } },
      missing: ['channels CD3, CD45'],
    },
    { name: 'no marker set with masks only', roi: { markerSet: { name: 'red' } }, recipe: { masksOnly: true } },
    {
      name: 'a mask that it hides',
      roi: { maskVisibility: { whole_cell: false } },
      recipe: { masks: [outline('whole_cell'), outline('nuclear')] },
      own: { masks: [outline('nuclear')] },
      used: ['visible masks'],
    },
    {
      name: 'a mask that it shows besides, in the viewer’s colour or white',
      roi: { maskVisibility: { nuclear: true, other: true, third: false } },
      recipe: { masks: [outline('whole_cell', { color: '#ff0000' })] },
      own: {
        masks: [
          outline('whole_cell', { color: '#ff0000' }),
          outline('nuclear', { color: '#00ff00' }),
          outline('other'),
        ],
      },
      used: ['visible masks'],
    },
    {
      name: 'a mask that it shows and the recipe, too: as the recipe has it',
      roi: { maskVisibility: { whole_cell: true } },
      recipe: { masks: [outline('whole_cell', { mode: 'fill', alpha: 0.4 })] },
      own: { masks: [outline('whole_cell', { mode: 'fill', alpha: 0.4 })] },
      used: ['visible masks'],
    },
    {
      name: 'masks called __proto__ and constructor',
      roi: { maskVisibility: JSON.parse('{"__proto__": false}') as Record<string, boolean> },
      recipe: { masks: [outline('__proto__'), outline('constructor')] },
      own: { masks: [outline('constructor')] },
      used: ['visible masks'],
    },
    {
      name: 'mask colours of the recipe’s cell mask',
      roi: { maskColorSet: 'types' },
      recipe: { masks: [outline('nuclear'), outline('whole_cell', { mode: 'fill' })] },
      own: { masks: [outline('nuclear'), outline('whole_cell', { mode: 'fill', color: types })] },
      used: ['mask colours types'],
    },
    {
      name: 'mask colours where the recipe has no masks',
      roi: { maskColorSet: 'types' },
      own: { masks: [outline('whole_cell', { color: types })] },
      used: ['mask colours types'],
    },
    {
      name: 'mask colours of a mask that is hidden: it stays hidden',
      roi: { maskColorSet: 'types', maskVisibility: { whole_cell: false } },
      recipe: { masks: [outline('whole_cell'), outline('nuclear')] },
      own: { masks: [outline('nuclear')] },
      used: ['visible masks', 'mask colours types'],
    },
    {
      name: 'mask colours along a map',
      roi: { maskColorSet: 'levels' },
      own: {
        masks: [
          outline('whole_cell', { color: { column: 'CD3', colorMap: 'magma', range: [0, 8], otherColor: '#a0a0a0' } }),
        ],
      },
      used: ['mask colours levels'],
    },
    {
      name: 'mask colours for a column that is not there',
      roi: { maskColorSet: 'lost' },
      missing: ['mask colours lost'],
    },
    {
      name: 'mask colours that are those of an annotation',
      roi: { maskColorSet: 'regions' },
      missing: ['mask colours regions'],
    },
    {
      name: 'an annotation palette that was made for one',
      roi: { annotationPalette: 'regions' },
      own: {
        annotation: {
          name: 'region',
          alpha: 0.5,
          background: false,
          colors: { '1': '#ff0000' },
          names: { '1': 'tumour' },
          otherColor: '#a0a0a0',
        },
      },
      used: ['annotation palette regions'],
    },
    {
      name: 'an annotation palette that was made for none: the recipe’s annotation',
      roi: { annotationPalette: 'types' },
      recipe: { annotation: { name: 'zones', alpha: 0.25, background: true, otherColor: '#000000' } },
      own: {
        annotation: { name: 'zones', alpha: 0.25, background: true, colors: { '1': '#123456' }, otherColor: '#a0a0a0' },
      },
      used: ['annotation palette types'],
    },
    {
      name: 'an annotation palette that was made for none, and no annotation',
      roi: { annotationPalette: 'types' },
      missing: ['annotation palette types'],
    },
    {
      name: 'an annotation palette that is gone',
      roi: { annotationPalette: 'gone' },
      missing: ['annotation palette gone'],
    },
    {
      name: 'a part of the scale bar',
      roi: { scaleBar: { length: 20 } },
      own: { scaleBar: { ...recipe.scaleBar, length: 20 } },
      used: ['scale bar'],
    },
    {
      name: 'some there and some not',
      roi: { markerSet: { name: 'gone' }, maskColorSet: 'gone', scaleBar: { color: 'black' } },
      own: { scaleBar: { ...recipe.scaleBar, color: 'black' } },
      used: ['scale bar'],
      missing: ['marker set gone', 'mask colours gone'],
    },
  ];
  for (const { name, roi: own, recipe: asked, dataset: known = dataset, ...expected } of table) {
    it(name, () => {
      assert.deepEqual(ownLooks({ ...recipe, ...asked }, known)(roi(own)), {
        own: expected.own ?? {},
        used: expected.used ?? [],
        missing: expected.missing ?? [],
      });
    });
  }
});

describe('recipeOfItem', () => {
  const named: Recipe = { ...recipe, markerSet: 'blue' };

  it('has at most 1000 channels', async () => {
    const set = (name: string, count: number): SavedMarkerSet => {
      return { name, channels: Array<ChannelSetting>(count).fill(channel('DNA')), origin: 'project' };
    };
    const markerSets = [set('many', 1000), set('too many', 1001)];
    const rois = markerSets.map(({ name }) => roi({ id: name, name: '', markerSet: { name } }));
    const fovs = [{ name: 'A', path: '/d/A', channels: [], masks: [], annotations: [] }];
    const rest = { palettes: [], overlayFolders: [], slides: [], warnings: [] };
    const dataset: Dataset = { folder: '/d', fovs, markerSets, rois: { file: '/d/rois.json', rois }, ...rest };
    const { items } = await planRois(recipe, dataset);
    assert.deepEqual(
      items.map(({ error }) => error?.code),
      ['ChannelNotFound', 'RoiInvalid'],
    );
    assert.equal(
      items[1].error?.message,
      'Expected at most 1000 channels for ROI too many, but its own settings have 1001.',
    );
  });

  it('is the recipe itself where nothing is the item’s own', () => {
    assert.equal(recipeOfItem(named, {}), named);
  });

  it('has the name of a marker set only with its channels', () => {
    const red = { markerSet: 'red', channels: [channel('CD3', '#ff0000')] };
    assert.deepEqual(recipeOfItem(named, { own: red }), { ...named, ...red });
    const current = recipeOfItem(named, { own: { channels: red.channels } });
    assert.deepEqual([current.channels, 'markerSet' in current], [red.channels, false]);
    const barred = recipeOfItem(named, { own: { scaleBar: { ...recipe.scaleBar, length: 20 } } });
    assert.deepEqual([barred.markerSet, barred.channels, barred.scaleBar.length], ['blue', named.channels, 20]);
    assert.deepEqual(recipeOfItem(recipe, { own: { downsample: 3 } }), { ...recipe, downsample: 3 });
  });
});

describe('nameFiles', () => {
  const dataset = emptyDataset;
  const item = (id: string, name: string, index: number, rest: Partial<PlannedItem> = {}): PlannedItem => ({
    id,
    fov: 'FOV 1',
    roi: { id, name },
    index,
    files: [],
    channels: [],
    masks: [],
    ...rest,
  });
  const namesOf = async (asked: Partial<Recipe>, ...items: PlannedItem[]): Promise<string[]> =>
    Array.from(await nameFiles({ ...recipe, ...asked }, ItemList.from(items), dataset), ({ files }) =>
      files.map(({ path }) => path),
    ).flat();

  it('by FOV and ROI, or the id of one without a name', async () => {
    assert.deepEqual(await namesOf({}, item('r1', 'front', 1), item('r2', '', 2)), [
      'FOV_1_roi_front.png',
      'FOV_1_roi_r2.png',
    ]);
  });

  it('with the id appended where they clash, also by letter case or what no file system takes', async () => {
    const clashing = [item('r1', 'a/b', 1), item('r2', 'A:b', 2), item('r3', 'a-b', 3)];
    assert.deepEqual(await namesOf({}, ...clashing), [
      'FOV_1_roi_a_b_r1.png',
      'FOV_1_roi_A_b_r2.png',
      'FOV_1_roi_a-b.png',
    ]);
  });

  it('never with a dash in front, by which programs know their flags', async () => {
    assert.deepEqual(await namesOf({ name: '-{roi}' }, item('r1', 'a', 1)), ['_-a.png']);
    assert.deepEqual(await namesOf({ name: '{roi}' }, item('r1', '-a', 1)), ['_-a.png']);
    await assert.rejects(namesOf({ name: '{roi}' }, item('r1', '-a', 1), item('r2', '_-a', 2)), {
      code: 'NameCollision',
      message: /_-a\.png for r1 and r2/,
    });
  });

  it('never hidden, above, reserved or too long', async () => {
    const odd = ['../../etc/passwd', '..', '🧬', 'x'.repeat(300), '組'.repeat(300), '\0', 'a\nb', '__proto__'];
    const names = await namesOf({ name: '{roi}' }, ...odd.slice(0, 5).map((name, i) => item(`r${i}`, name, i + 1)));
    assert.deepEqual(names.slice(0, 3), ['_.._.._etc_passwd.png', '_...png', '_.png']);
    for (const name of names) {
      assert.ok(Buffer.byteLength(name) <= 240 && !/[/\\]/.test(name), name);
    }
    assert.equal(new Set(await namesOf({}, ...odd.map((name, i) => item(`r${i}`, name, i + 1)))).size, odd.length);
    assert.deepEqual(await namesOf({ name: '{roi}' }, item('c', 'con', 1)), ['_con.png']);
  });

  it('by a pattern with every token', async () => {
    const own = { markerSet: 'T cells', channels: [channel('CD3')] };
    const name = '{index}-{fov}-{roi}-{roi_id}-{marker_set}-{channel}-{label}-{{x}}';
    const items = [item('r1', 'front', 1, { own }), item('r2', '', 2)];
    assert.deepEqual(await namesOf({ name, markerSet: 'blue' }, ...items), [
      '1-FOV_1-front-r1-T_cells---_x_.png',
      '2-FOV_1-r2-r2-blue---_x_.png',
    ]);
  });

  it('by a pattern, with channels of each item’s own', async () => {
    const own = { channels: [channel('CD3'), channel('CD8')] };
    const name = '{roi_id}_{channel}';
    assert.deepEqual(
      await namesOf(
        { name, separate: 'channels', formats: ['png', 'tiff'] },
        item('r1', '', 1, { own }),
        item('r2', '', 2),
      ),
      ['r1_CD3.png', 'r1_CD8.png', 'r1_CD3.tiff', 'r1_CD8.tiff', 'r2_DNA.png', 'r2_DNA.tiff'],
    );
  });

  it('refuses patterns that give two files one name', async () => {
    const two = [item('r1', 'front', 1), item('r2', 'Front', 2)];
    const clash = (message: RegExp) => (error: { code?: string; message: string }) => {
      assert.equal(error.code, 'NameCollision');
      assert.match(error.message, message);
      return true;
    };
    await assert.rejects(namesOf({ name: '{roi}' }, ...two), clash(/Front\.png for r1 and r2.*\{roi_id\}/));
    await assert.rejects(namesOf({ name: 'same' }, ...two), clash(/same\.png/));
    const channels = [channel('CD3'), channel('CD8')];
    await assert.rejects(
      namesOf({ name: '{roi_id}', separate: 'channels', channels }, two[0]),
      clash(/two channels of r1.*\{channel\}/),
    );
    assert.deepEqual(await namesOf({ name: '{roi}_{index}' }, ...two), ['front_1.png', 'Front_2.png']);
  });

  it('takes what stands in names as it is: tokens in them are no tokens', async () => {
    assert.deepEqual(await namesOf({ name: '{roi}' }, item('r1', '{fov}$&', 1)), ['_fov___.png']);
  });

  it('refuses tokens that are not known, and those of the cell table, which ROIs do not have', async () => {
    for (const name of ['{nope}', '{cell_type}', '{FOV}', '{__proto__}']) {
      await assert.rejects(namesOf({ name }, item('r1', '', 1)), (error: { code?: string }) => {
        assert.equal(error.code, 'ColumnNotFound');
        return true;
      });
    }
  });
});
