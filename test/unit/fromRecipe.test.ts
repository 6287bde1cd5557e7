import assert from 'node:assert/strict';
import { type Recipe, recipeSchema } from '../../src/core/model/recipe';
import { createForm, type Form } from '../../src/webview/form';
import { fromRecipe } from '../../src/webview/fromRecipe';
import type { DatasetView, HostState } from '../../src/webview/protocol';
import { toRecipe } from '../../src/webview/toRecipe';
import { exampleRecipe } from '../support/exampleRecipe';

const dataset: DatasetView = {
  name: 'd',
  folder: '/d',
  fovs: [
    { name: 'A', channels: ['DNA', 'CD3'], masks: ['nuclear', 'whole_cell'], annotations: ['region'] },
    { name: 'B', channels: ['DNA', 'CD8'], masks: [], annotations: [] },
  ],
  markerSets: [
    {
      name: 'S',
      from: 'saved here',
      channels: ['CD8', 'DNA'].map((channel) => ({ channel, color: '#00ff00', contrastLimits: [0, 1.5] }) as const),
    },
  ],
  palettes: [
    { kind: 'mask', name: 'types', colors: { T: '#ff0000' } },
    { kind: 'mask', name: 'others', colors: { T: '#ff0000' }, otherColor: '#000000' },
    { kind: 'mask', name: 'levels', colors: {}, continuous: { colorMap: 'magma', range: [0, 8] } },
    { kind: 'mask', name: 'open levels', colors: {}, continuous: { colorMap: 'turbo' } },
    {
      kind: 'annotation',
      name: 'regions',
      colors: { '1': '#00ff00' },
      names: { '1': 'tumour' },
      otherColor: '#010203',
    },
    { kind: 'annotation', name: 'plain', colors: { '1': '#00ff00' } },
  ],
  cellColumns: ['cell_type', 'CD3'],
  parts: [],
  cellTable: {
    columns: ['cell_type'],
    roles: { fov: 'fov', label: 'label', x: 'x', y: 'y' },
    chosen: {},
    masks: ['nuclear', 'whole_cell'],
    mask: 'whole_cell',
    isUnitChosen: false,
    isMaskChosen: false,
  },
  slides: ['402'],
  hasUelerState: false,
  warnings: [],
};

const state: HostState = {
  dataset,
  chosenFovs: [],
  datasetId: 'id 1',
  starting: false,
  unfinished: [],
  outputFolder: 'out',
  trusted: true,
  defaults: { scaleBar: 'auto', color: 'auto', place: 'bottom-right' },
};

/** Numbers that look random and are the same in every run (xorshift). */
function numbers(seed: number): (below: number) => number {
  let value = seed;
  return (below) => {
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
    return (value >>> 0) % below;
  };
}

/** A form in which every field has one of the values that it can have, also half-typed ones. */
function randomForm(random: (below: number) => number): Form {
  const form = createForm(state, dataset);
  const one = <T>(...values: readonly T[]): T => values[random(values.length)];
  const some = <T>(...values: readonly T[]): T[] => values.filter(() => random(2) === 0);
  const color = (): string => one('#ffffff', '#123456', '#ff00ff');
  const place = (): Form['marks']['fovs']['barPlace'] => one('top-left', 'bottom-right', 'margin');
  form.mode = one('fovs', 'cells', 'rois');
  form.fovs = one(['A', 'B'], ['A', 'B'], ['B'], ['A']);
  if (random(2) === 0) {
    delete form.markerSet;
    for (const row of form.channels) {
      row.on = random(2) === 0;
      row.color = color();
      [row.low, row.high] = one(['0', '1'], ['-1e-7', '2.5e20'], ['p0.1', 'p99.8'], ['3', 'p100'], ['0.1', '0.30000000000000004']); // prettier-ignore
    }
    if (random(2) === 0) form.channelOrder = one(['CD3', 'DNA'], ['CD8', 'CD3', 'DNA']);
  }
  for (const row of form.masks) {
    row.on = random(2) === 0;
    row.mode = one('outline', 'fill');
    row.color = color();
    row.column = one('', '', 'cell_type', 'CD3');
    row.colors = one(
      '',
      'palette:types',
      'palette:others',
      'palette:levels',
      'palette:open levels',
      'viridis',
      'magma',
    );
    [row.low, row.high] = one(['', ''], ['0', '8'], ['p1', ''], ['', 'p99.5'], ['-3.25', '1e9']);
    row.arcsinhCofactor = one('', '5', '0.1');
    row.alpha = one('100', '0', '33', '7', '12.5', '0.1', '99.99');
    row.widthPx = one('1', '2', '17');
  }
  if (random(3) === 0) form.maskOrder = one(['whole_cell', 'nuclear'], ['nuclear']);
  form.masksOnly = random(5) === 0;
  form.annotation = { name: one('', 'region'), palette: one('', 'regions', 'plain'), alpha: one('50', '29'), background: random(2) === 0 }; // prettier-ignore
  form.contrastScope = one('batch', 'fov');
  form.separate = one('off', 'channels', 'colors');
  form.grayscale = random(2) === 0;
  form.downsample = one('1', '3', '1024');
  form.resample = one('mean', 'nearest');
  form.pixelSizeUm = one('', '0.39', '1e-3');
  form.formats = one(['png'], ['pdf', 'png', 'ome-tiff'], ['svg', 'webp', 'tiff', 'jpeg']);
  form.dpi = one('', '300');
  form.name = one('', '{fov}_{index}', ' {{ {cell_type}');
  [form.widthMm, form.fontPt] = one(['', '7'], ['85', '6.5'], ['1.5', '144']);
  form.gallery = one(
    { on: false, rows: '4', columns: '3', page: 'a4', widthMm: '210', heightMm: '297', order: '' },
    { on: true, rows: '2', columns: '5', page: 'letter-landscape', widthMm: '1', heightMm: '', order: 'fov, label' },
    { on: true, rows: '1', columns: '1', page: 'own', widthMm: '100', heightMm: '80.5', order: '' },
  );
  form.overwrite = one('never', 'changed', 'always');
  form.allowMismatch = random(2) === 0;
  form.marks[form.mode] = {
    bar: one('auto', 'fixed', 'off'),
    barLengthUm: one('50', '0.1'),
    barColor: one('auto', 'white', 'black'),
    barPlace: place(),
    legend: one('off', 'names', 'limits'),
    legendPlace: place(),
    classes: random(2) === 0,
    classesPlace: place(),
    title: one('', '{fov}', ' two\nlines '),
    titlePlace: place(),
    caption: one('', '{description}'),
    captionPlace: place(),
    marginColor: one('black', 'white'),
  };
  form.cells = {
    where: one('', 'area > 50 and `odd name` == "x"'),
    picked: one([], ['A:3'], ['A:b:3', 'A:b:1', 'B:7']),
    slides: one([], [], ['402']),
    sample: one('', '5'),
    seed: one('0', '4294967295'),
    per: '',
    range: '',
    crop: one('size', 'fit'),
    size: one('128px', '50um', '0.5 mm'),
    padding: one('0px', '2um', '700nm'),
    min: one('', '8px'),
    max: one('', '1e2um'),
    center: one('table', 'mask'),
    edge: one('pad', 'shift', 'skip'),
    isolate: random(2) === 0,
    onlyFocal: random(2) === 0,
    hasFocalColor: random(2) === 0,
    focalColor: color(),
  };
  if (form.cells.sample !== '') Object.assign(form.cells, { per: one('', 'x, y'), range: one('', 'CD3') });
  form.rois = {
    tags: one('', '(good & figure1) & !excluded'),
    picked: some('r1', 'r 2'),
    slides: one([], [], ['402']),
    settings: one('own', 'shared'),
    size: one('', '512px', '100um'),
    tolerance: one('', '40px', '3um'),
    edge: one('pad', 'shift', 'skip'),
    drawShape: random(2) === 0,
    shapeColor: color(),
    shapeWidth: one('1', '9'),
    cutShape: random(2) === 0,
  };
  return form;
}

const asked = (form: Form): Recipe => {
  const wanted = toRecipe(form, dataset);
  assert.ok('recipe' in wanted, JSON.stringify(wanted));
  return wanted.recipe;
};

describe('fromRecipe', () => {
  it('gives a form that asks for the same, for every recipe that a form can ask for', () => {
    const random = numbers(20260115);
    let tried = 0;
    for (let i = 0; i < 6000; i++) {
      const wanted = toRecipe(randomForm(random), dataset);
      if ('problem' in wanted || !recipeSchema.safeParse(wanted.recipe).success) continue;
      tried++;
      // Whatever was in the form before.
      const { form, remarks } = fromRecipe(wanted.recipe, randomForm(random), dataset);
      assert.deepEqual(asked(form), wanted.recipe, JSON.stringify(wanted.recipe));
      assert.deepEqual(remarks, []);
    }
    assert.ok(tried > 3000, `${tried} recipes`);
  });

  const load = (change: Partial<Recipe>): { form: Form; remarks: readonly string[] } => {
    const recipe = recipeSchema.parse({ ...exampleRecipe, fovs: ['A'], ...change });
    return fromRecipe(recipe, createForm(state, dataset), dataset);
  };

  it('keeps what belongs to other modes', () => {
    const before = createForm(state, dataset);
    before.cells.where = 'mine';
    before.marks.rois.title = 'mine';
    const { form } = fromRecipe(exampleRecipe, before, dataset);
    assert.deepEqual([form.mode, form.cells.where, form.marks.rois.title, form.marks.fovs.bar], ['fovs', 'mine', 'mine', 'off']); // prettier-ignore
  });

  it('has colours that are saved nowhere as they were loaded', () => {
    const color = { column: 'cell_type', colors: { T: '#000001', B: '#000002' }, otherColor: '#000003' } as const;
    const mask = { name: 'whole_cell', mode: 'fill', color, alpha: 0.35, widthPx: 1 } as const;
    const annotation = { name: 'region', alpha: 0.5, background: false, colors: { '2': '#040404' }, otherColor: '#050505' } as const; // prettier-ignore
    const { form, remarks } = load({ masks: [mask], annotation });
    assert.deepEqual(remarks, []);
    assert.deepEqual([form.masks[1].colors, form.annotation.palette], ['loaded:', 'loaded:']);
    assert.deepEqual([asked(form).masks, asked(form).annotation], [[mask], annotation]);
  });

  it('shows channels and masks that the dataset does not have, so that their absence is not silent', () => {
    const channels = [{ channel: 'Ki67', color: '#ff0000', contrastLimits: [0, 1] }] as const;
    const masks = [{ name: 'lost', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 }] as const;
    const { form, remarks } = load({ channels: [...channels], masks: [...masks] });
    assert.deepEqual(remarks, []);
    assert.deepEqual([asked(form).channels, asked(form).masks], [channels, masks]);
  });

  it('says which name of a marker set cannot be taken over', () => {
    assert.deepEqual(load({ markerSet: 'T' }).remarks, [
      'Marker set T is not saved here, so the channels go without its name.',
    ]);
    assert.deepEqual(load({ markerSet: 'S' }).remarks, [
      'Marker set S has other channels here, so the channels go without its name.',
    ]);
    assert.equal(load({ markerSet: 'S' }).form.markerSet, undefined);
  });

  const cannot: [name: string, change: Partial<Recipe>, part: RegExp][] = [
    ['another share of the width for the bar', { scaleBar: { ...exampleRecipe.scaleBar, maxPercent: 20 } }, /^The panel cannot show all of the file\. Not wholly as it says: the scale bar\. The/],
    ['lines in points', { print: { widthMm: 80, fontPt: 7 }, masks: [{ name: 'nuclear', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1, widthPt: 0.5 }] }, /says: the masks\./],
    ['a mask twice', { masks: (['fill', 'outline'] as const).map((mode) => ({ name: 'nuclear', mode, color: '#ffffff', alpha: 1, widthPx: 1 })) }, /says: the masks\./],
    ['a channel twice', { channels: [exampleRecipe.channels[0], { ...exampleRecipe.channels[0], color: '#ff0000' }] }, /says: the channels\./],
    ['a colour of the own cell where there is none', { masks: [{ name: 'nuclear', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1, focalColor: '#ff0000' }] }, /says: the masks\./],
  ]; // prettier-ignore
  for (const [name, change, part] of cannot) {
    it(`says that the panel cannot show ${name}`, () => {
      const { remarks } = load(change);
      assert.equal(remarks.length, 1);
      assert.match(remarks[0], part);
    });
  }
});
