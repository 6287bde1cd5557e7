import assert from 'node:assert/strict';
import { recipeSchema } from '../../src/core/model/recipe';
import { applyMarkerSet, createForm, type Form, restoreForm } from '../../src/webview/form';
import { toRecipe } from '../../src/webview/toRecipe';
import type { DatasetView, HostState } from '../../src/webview/protocol';

const dataset: DatasetView = {
  name: 'd',
  folder: '/d',
  fovs: [
    { name: 'A', channels: ['DNA', 'CD3'], masks: ['whole_cell'], annotations: ['region'] },
    { name: 'B', channels: ['DNA', 'CD8'], masks: [], annotations: [] },
  ],
  markerSets: [
    { name: 'S', from: 'saved here', channels: [{ channel: 'CD3', color: '#ff0000', contrastLimits: [1, 20] }] },
  ],
  palettes: [
    { kind: 'mask', name: 'types', colors: { T: '#ff0000' } },
    {
      kind: 'annotation',
      name: 'regions',
      colors: { '1': '#00ff00' },
      names: { '1': 'tumour' },
      otherColor: '#010203',
    },
  ],
  cellColumns: ['cell_type', 'CD3'],
  warnings: [],
};

const state: HostState = {
  dataset,
  chosenFovs: [],
  datasetId: 'id 1',
  starting: false,
  outputFolder: 'out',
  trusted: true,
  defaults: { scaleBar: 'auto' },
};

function form(change: (form: Form) => void = () => undefined): Form {
  const made = createForm(state, dataset);
  change(made);
  return made;
}

describe('the form', () => {
  it('starts with every FOV, the channels of all of them, and the first saved marker set', () => {
    const { fovs, channels, markerSet, masks } = form();
    assert.deepEqual(fovs, ['A', 'B']);
    assert.equal(markerSet, 'S');
    assert.deepEqual(
      channels.map(({ channel, on }) => [channel, on]),
      [
        ['DNA', false],
        ['CD3', true],
        ['CD8', false],
      ],
    );
    assert.deepEqual(
      masks.map(({ name, on }) => [name, on]),
      [['whole_cell', false]],
    );
  });

  it('starts with the FOVs that the panel was opened on', () => {
    assert.deepEqual(createForm({ ...state, chosenFovs: ['B'] }, dataset).fovs, ['B']);
  });

  it('makes a recipe that the host takes', () => {
    const wanted = toRecipe(
      form((made) => (made.masks[0].on = true)),
      dataset,
    );
    assert.ok('recipe' in wanted);
    assert.deepEqual(recipeSchema.parse(wanted.recipe), wanted.recipe);
    assert.equal(wanted.recipe.markerSet, 'S');
    assert.deepEqual(wanted.recipe.masks, [
      { name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 },
    ]);
  });

  it('shows a channel of a marker set that no FOV has, so that its absence is not silent', () => {
    const made = form((f) => {
      applyMarkerSet(f, {
        name: 'T',
        from: '',
        channels: [{ channel: 'Ki67', color: '#00ff00', contrastLimits: [0, 1] }],
      });
    });
    assert.deepEqual(
      made.channels.filter((row) => row.on).map((row) => row.channel),
      ['Ki67'],
    );
  });

  describe('is kept', () => {
    const edited = (): Form => form((f) => (f.channels[1].high = '77'));

    it('when the panel was hidden and shown again, also if it was opened on FOV folders', () => {
      const chosen = { ...state, chosenFovs: ['B'] };
      assert.equal(restoreForm(edited(), chosen, dataset).channels[1].high, '77');
    });

    it('when the window was reloaded, which opens the dataset anew', () => {
      assert.equal(restoreForm(edited(), { ...state, datasetId: 'id 2' }, dataset).channels[1].high, '77');
    });

    it('but not when FOVs were chosen anew, for another dataset, or from an older version', () => {
      const others = [
        restoreForm(edited(), { ...state, datasetId: 'id 2', chosenFovs: ['B'] }, dataset),
        restoreForm(edited(), state, { ...dataset, folder: '/other' }),
        restoreForm({ ...edited(), version: 1 as unknown as 2 }, state, dataset),
        restoreForm(undefined, state, dataset),
      ];
      assert.deepEqual(
        others.map((other) => other.channels[1].high),
        ['20', '20', '20', '20'],
      );
    });

    it('with the channels and FOVs that are on disk now', () => {
      const now = { ...dataset, fovs: [{ name: 'C', channels: ['DNA', 'Ki67'], masks: [], annotations: [] }] };
      const { fovs, previewFov, channels, masks } = restoreForm(edited(), state, now);
      assert.deepEqual([fovs, previewFov, masks], [[], 'C', []]);
      assert.deepEqual(
        channels.map((row) => [row.channel, row.on]),
        [
          ['DNA', false],
          ['Ki67', false],
          ['CD3', true],
        ],
      );
    });
  });

  const problems: [name: string, change: (form: Form) => void, problem: RegExp][] = [
    [
      'no channel',
      (f) => {
        f.channels.forEach((row) => (row.on = false));
      },
      /at least one channel/,
    ],
    ['a limit that is no number', (f) => (f.channels[1].high = '1O'), /CD3 needs a low and a higher high/],
    ['limits in the wrong order', (f) => (f.channels[1].low = '21'), /CD3 needs/],
    ['an empty limit', (f) => (f.channels[1].low = ' '), /CD3 needs/],
    ['a fractional downsample', (f) => (f.downsample = '1.5'), /Downsample/],
    ['a pixel size of zero', (f) => (f.pixelSizeUm = '0'), /pixel size/],
    ['an outline without a width', (f) => Object.assign(f.masks[0], { on: true, widthPx: '' }), /whole_cell/],
  ];
  for (const [name, change, problem] of problems) {
    it(`says that there is ${name}`, () => {
      const wanted = toRecipe(form(change), dataset);
      assert.ok('problem' in wanted);
      assert.match(wanted.problem, problem);
    });
  }
});
