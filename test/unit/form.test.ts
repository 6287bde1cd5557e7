import assert from 'node:assert/strict';
import { modes } from '../../src/core/model/mode';
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
    { kind: 'mask', name: 'levels', colors: {}, continuous: { colorMap: 'magma', range: [0, 8] } },
    {
      kind: 'annotation',
      name: 'regions',
      colors: { '1': '#00ff00' },
      names: { '1': 'tumour' },
      otherColor: '#010203',
    },
  ],
  cellColumns: ['cell_type', 'CD3'],
  parts: [],
  cellTable: {
    columns: ['cell_type'],
    roles: { fov: 'fov', label: 'label', x: 'x', y: 'y' },
    chosen: {},
    masks: ['whole_cell'],
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

function form(change: (form: Form) => void = () => undefined): Form {
  const made = createForm(state, dataset);
  change(made);
  return made;
}

function inRois(made: Form, change: Partial<Form['rois']>): Form {
  made.mode = 'rois';
  Object.assign(made.rois, change);
  return made;
}

describe('the form of the gallery', () => {
  const gallery = (change: Partial<Form['gallery']>): unknown => {
    const wanted = toRecipe(
      form((f) => Object.assign(f.gallery, { on: true }, change)),
      dataset,
    );
    if ('problem' in wanted) return wanted.problem;
    assert.deepEqual(recipeSchema.parse(wanted.recipe), wanted.recipe);
    return wanted.recipe.gallery;
  };

  it('asks for none at first', () => {
    assert.equal(gallery({ on: false }), undefined);
  });

  it('has rows, columns, a page and an order', () => {
    assert.deepEqual(gallery({ rows: '2', columns: '5', order: ' cell_type, CD3 ,' }), {
      rows: 2,
      columns: 5,
      page: { widthMm: 210, heightMm: 297 },
      order: ['cell_type', 'CD3'],
    });
  });

  it('knows pages by name, upright and on their side, and of any size', () => {
    const pages = (['a4-landscape', 'letter', 'letter-landscape'] as const).map((page) => gallery({ page }));
    assert.deepEqual(
      pages.map((each) => (each as { page: unknown }).page),
      [
        { widthMm: 297, heightMm: 210 },
        { widthMm: 215.9, heightMm: 279.4 },
        { widthMm: 279.4, heightMm: 215.9 },
      ],
    );
    const own = gallery({ page: 'own', widthMm: '120', heightMm: '80.5' });
    assert.deepEqual((own as { page: unknown }).page, { widthMm: 120, heightMm: 80.5 });
  });

  it('says what is wrong', () => {
    assert.equal(gallery({ rows: '0' }), 'The rows of the gallery must be a whole number from 1 to 50.');
    assert.equal(gallery({ columns: 'x' }), 'The columns of the gallery must be a whole number from 1 to 50.');
    const size = 'The pages of the gallery must be 50 to 5000 mm wide and high.';
    assert.equal(gallery({ page: 'own', heightMm: '' }), size);
    assert.equal(gallery({ page: 'own', widthMm: '49' }), size);
  });
});

describe('the form of ROIs', () => {
  const selection = (change: Partial<Form['rois']>): unknown => {
    const wanted = toRecipe(inRois(form(), change), dataset);
    assert.ok('recipe' in wanted, JSON.stringify(wanted));
    assert.deepEqual(recipeSchema.parse(wanted.recipe), wanted.recipe);
    return wanted.recipe.rois;
  };
  const all = { rois: [], slides: [], settings: 'own', edge: 'pad', cutShape: false };

  it('means all of them, with their own settings, unless something else is chosen', () => {
    assert.deepEqual(selection({}), all);
    assert.deepEqual(selection({ picked: ['r1'], tags: 'good', edge: 'skip', cutShape: true }), {
      ...all,
      rois: ['r1'],
      tags: 'good',
      edge: 'skip',
      cutShape: true,
    });
  });

  it('has a size for shared settings only', () => {
    assert.deepEqual(selection({ size: '512px', tolerance: '100px' }), all);
    assert.deepEqual(selection({ settings: 'shared', size: '512px', tolerance: '40um' }), {
      ...all,
      settings: 'shared',
      size: { length: { px: 512 }, tolerance: { um: 40 } },
    });
    assert.deepEqual(selection({ settings: 'shared', size: '' }), { ...all, settings: 'shared' });
  });

  it('has whole slides in place of what was picked', () => {
    assert.deepEqual(selection({ picked: ['r1'], tags: 'good', slides: ['402'] }), { ...all, slides: ['402'] });
  });

  it('draws shapes in a colour and width', () => {
    const drawShape = { color: '#ffff00', widthPx: 3 };
    assert.deepEqual(selection({ drawShape: true, shapeWidth: '3' }), { ...all, drawShape });
  });

  it('is about all FOVs and slides unless FOVs were left out, in every mode', () => {
    const recipeFovs = (mode: Form['mode'], fovs: string[]): unknown => {
      const wanted = toRecipe(
        form((f) => Object.assign(f, { mode, fovs })),
        dataset,
      );
      return 'recipe' in wanted ? wanted.recipe.fovs : wanted;
    };
    for (const mode of modes) {
      assert.deepEqual(recipeFovs(mode, ['A', 'B']), [], mode);
      assert.deepEqual(recipeFovs(mode, ['B']), ['B'], mode);
    }
  });

  it('names files by a pattern', () => {
    const wanted = toRecipe(
      form((f) => (f.name = '{fov}-{roi}')),
      dataset,
    );
    assert.ok('recipe' in wanted);
    assert.equal(wanted.recipe.name, '{fov}-{roi}');
  });
});

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

  it('asks for the channels of a saved set in its order', () => {
    const set = {
      name: 'T',
      from: '',
      channels: ['CD8', 'DNA'].map((channel) => ({ channel, color: '#00ff00', contrastLimits: [0, 1] }) as const),
    };
    const wanted = toRecipe(
      form((made) => {
        applyMarkerSet(made, set);
      }),
      { ...dataset, markerSets: [set] },
    );
    assert.ok('recipe' in wanted);
    assert.deepEqual(
      wanted.recipe.channels.map(({ channel }) => channel),
      ['CD8', 'DNA'],
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

  it('asks for all that can be chosen', () => {
    const wanted = toRecipe(
      form((made) => {
        Object.assign(made.channels[1], { low: 'p1', high: 'p99.8' });
        Object.assign(made, {
          contrastScope: 'fov',
          separate: 'colors',
          grayscale: true,
          resample: 'nearest',
          dpi: '300',
        });
        made.formats = ['tiff', 'ome-tiff'];
        Object.assign(made.masks[0], {
          on: true,
          mode: 'fill',
          column: 'CD3',
          colors: 'magma',
          high: 'p99',
          alpha: '40',
        });
        made.masks[0].arcsinhCofactor = '5';
        made.annotation = { name: 'region', palette: 'regions', alpha: '25', background: true };
      }),
      dataset,
    );
    assert.ok('recipe' in wanted);
    assert.deepEqual(recipeSchema.parse(wanted.recipe), wanted.recipe);
    const { channels, contrastScope, separate, grayscale, masks, annotation, formats, dpi, resample } = wanted.recipe;
    assert.deepEqual(channels[0].contrastLimits, [{ percentile: 1 }, { percentile: 99.8 }]);
    assert.deepEqual(
      [contrastScope, separate, grayscale, formats, dpi, resample],
      ['fov', 'colors', true, ['tiff', 'ome-tiff'], 300, 'nearest'],
    );
    const color = {
      column: 'CD3',
      colorMap: 'magma',
      range: [{ percentile: 0 }, { percentile: 99 }],
      arcsinhCofactor: 5,
      otherColor: '#a0a0a0',
    };
    assert.deepEqual(masks, [{ name: 'whole_cell', mode: 'fill', color, alpha: 0.4, widthPx: 1 }]);
    assert.deepEqual(annotation, {
      name: 'region',
      alpha: 0.25,
      background: true,
      colors: { '1': '#00ff00' },
      names: { '1': 'tumour' },
      otherColor: '#010203',
    });
  });

  it('asks for scale bar, legends, text and print width', () => {
    const wanted = toRecipe(
      form((made) => {
        Object.assign(made.marks.fovs, { bar: 'fixed', barLengthUm: '50', barColor: 'black', barPlace: 'top-left' });
        Object.assign(made.marks.fovs, {
          legend: 'limits',
          legendPlace: 'margin',
          classes: true,
          marginColor: 'white',
        });
        Object.assign(made.marks.fovs, {
          title: '{fov}',
          titlePlace: 'top-right',
          caption: ' ',
          captionPlace: 'top-left',
        });
        Object.assign(made, { widthMm: '85', fontPt: '6', downsample: '4' });
      }),
      dataset,
    );
    assert.ok('recipe' in wanted);
    assert.deepEqual(recipeSchema.parse(wanted.recipe), wanted.recipe);
    const { scaleBar, legend, title, caption, marginColor, print, downsample } = wanted.recipe;
    assert.deepEqual(scaleBar, { length: 50, maxPercent: 10, color: 'black', place: 'top-left' });
    assert.deepEqual(legend, {
      channels: 'limits',
      channelsPlace: 'margin',
      classes: true,
      classesPlace: 'top-right',
    });
    assert.deepEqual([title, caption], [{ text: '{fov}', place: 'top-right' }, undefined]);
    assert.deepEqual([marginColor, print, downsample], ['white', { widthMm: 85, fontPt: 6 }, 1]);
  });

  it('asks for single cells, with marks of their own', () => {
    const wanted = toRecipe(
      form((made) => {
        made.mode = 'cells';
        Object.assign(made.cells, { where: 'area > 50', picked: ['A:b:3', 'A:b:1', 'B:7'], sample: '5', per: 'x, y ' });
        Object.assign(made.cells, { crop: 'fit', padding: '2um', min: '8px', center: 'mask', edge: 'skip' });
        Object.assign(made.cells, { onlyFocal: true, hasFocalColor: true, focalColor: '#123456' });
        Object.assign(made.masks[0], { on: true });
        made.marks.fovs.bar = 'off';
        made.marks.cells.caption = '{label}';
      }),
      dataset,
    );
    assert.ok('recipe' in wanted);
    assert.deepEqual(recipeSchema.parse(wanted.recipe), wanted.recipe);
    const { mode, cells, masks, scaleBar, caption } = wanted.recipe;
    assert.deepEqual(cells, {
      where: 'area > 50',
      labels: [
        { fov: 'A:b', labels: [3, 1] },
        { fov: 'B', labels: [7] },
      ],
      sample: { count: 5, seed: 0, per: ['x', 'y'] },
      crop: { padding: { um: 2 }, min: { px: 8 } },
      center: 'mask',
      edge: 'skip',
      isolate: false,
      onlyFocal: true,
    });
    assert.deepEqual(
      [mode, masks[0].focalColor, scaleBar.length, caption?.text],
      ['cells', '#123456', 'auto', '{label}'],
    );
  });

  it('starts with the scale bar of the settings', () => {
    const { marks } = createForm({ ...state, defaults: { scaleBar: 'off', color: 'white', place: 'margin' } }, dataset);
    for (const { bar, barColor, barPlace } of Object.values(marks)) {
      assert.deepEqual([bar, barColor, barPlace], ['off', 'white', 'margin']);
    }
  });

  it('asks for the classes of a column in a saved palette, or leaves their colours to the data', () => {
    for (const [colors, expected] of [
      ['palette:types', { column: 'cell_type', colors: { T: '#ff0000' }, otherColor: '#a0a0a0' }],
      ['palette:levels', { column: 'cell_type', colorMap: 'magma', range: [0, 8], otherColor: '#a0a0a0' }],
      ['', { column: 'cell_type', otherColor: '#a0a0a0' }],
    ] as const) {
      const wanted = toRecipe(
        form((made) => Object.assign(made.masks[0], { on: true, column: 'cell_type', colors })),
        dataset,
      );
      assert.ok('recipe' in wanted);
      assert.deepEqual(wanted.recipe.masks[0].color, expected);
    }
  });

  it('leaves channels out for masks only, and what belongs to channels with them', () => {
    const wanted = toRecipe(
      form((made) => {
        Object.assign(made, { masksOnly: true, separate: 'channels', grayscale: true });
        made.channels[1].low = 'nonsense';
        made.masks[0].on = true;
      }),
      dataset,
    );
    assert.ok('recipe' in wanted);
    assert.deepEqual(recipeSchema.parse(wanted.recipe), wanted.recipe);
    assert.deepEqual([wanted.recipe.channels, wanted.recipe.separate, wanted.recipe.markerSet], [[], 'off', undefined]);
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
        restoreForm({ ...edited(), version: 1 as unknown as 7 }, state, dataset),
        restoreForm(undefined, state, dataset),
      ];
      assert.deepEqual(
        others.map((other) => other.channels[1].high),
        ['20', '20', '20', '20'],
      );
    });

    it('with the channels and FOVs that are on disk now', () => {
      const now = { ...dataset, fovs: [{ name: 'C', channels: ['DNA', 'Ki67'], masks: [], annotations: [] }] };
      const { fovs, shown, channels, masks } = restoreForm(edited(), state, now);
      assert.deepEqual([fovs, shown.fovs.item, masks], [[], 'C', []]);
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
    ['no format', (f) => (f.formats = []), /at least one file format/],
    ['masks only without one', (f) => (f.masksOnly = true), /Choose a mask or an annotation/],
    [
      'masks only as OME-TIFF',
      (f) => Object.assign(f, { masksOnly: true, formats: ['ome-tiff'] }) && (f.masks[0].on = true),
      /OME-TIFF/,
    ],
    ['an opacity above 100', (f) => Object.assign(f.masks[0], { on: true, alpha: '101' }), /opacity of whole_cell/],
    ['a resolution of zero', (f) => (f.dpi = '0'), /dpi/],
    ['a percentile above 100', (f) => (f.channels[1].high = 'p101'), /CD3 needs/],
    [
      'a palette that is gone',
      (f) => Object.assign(f.annotation, { name: 'region', palette: 'x' }),
      /palette of region/,
    ],
    [
      'a colour range the wrong way round',
      (f) => Object.assign(f.masks[0], { on: true, column: 'CD3', colors: 'magma', low: '5', high: '1' }),
      /colours of whole_cell/,
    ],
    ['a fixed scale bar without a length', (f) => (f.marks.fovs.bar = 'fixed'), /fixed length/],
    ['an unknown token', (f) => (f.marks.fovs.title = '{cell}'), /title has \{cell\}, but the tokens are \{fov\}/],
    [
      'a crop without a unit',
      (f) => {
        f.mode = 'cells';
        f.cells.size = '128';
      },
      /size of the crops must be pixels such as 128px/,
    ],
    [
      'strata without a sample',
      (f) => {
        f.mode = 'cells';
        f.cells.per = 'cell_type';
      },
      /say how many cells/,
    ],
    ['a size of ROIs without a unit', (f) => inRois(f, { settings: 'shared', size: '512' }), /size of the pictures/],
    ['a range of ROIs that is none', (f) => inRois(f, { settings: 'shared', size: '5px', tolerance: 'x' }), /size/],
    ['a line of shapes without a width', (f) => inRois(f, { drawShape: true, shapeWidth: '0' }), /shapes/],
    ['no FOV for ROIs', (f) => (inRois(f, {}).fovs = []), /at least one FOV/],
    ['no FOV for cells', (f) => Object.assign(f, { mode: 'cells', fovs: [] }), /at least one FOV/],
    ['no FOV', (f) => (f.fovs = []), /at least one FOV/],
    ['a pattern of names with a single brace', (f) => (f.name = '{fov'), /file names/],
    ['a print width of nothing', (f) => (f.widthMm = '0'), /print width/],
    ['text without a size', (f) => Object.assign(f, { widthMm: '85', fontPt: '' }), /size of text/],
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
