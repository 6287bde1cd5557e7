import assert from 'node:assert/strict';
import { cellsFlags, roisFlags } from '../../src/cli/exportCommands';
import { flagNames, flagOfField } from '../../src/cli/flagNames';
import { parseFlags } from '../../src/cli/flags';
import { readRecipe } from '../../src/cli/lookFlags';
import { isExportError } from '../../src/core/model/exportError';
import { type Recipe, recipeSchema } from '../../src/core/model/recipe';
import { fieldNames } from '../../src/webview/fieldNames';
import { createForm, type Form } from '../../src/webview/form';
import type { DatasetView, HostState } from '../../src/webview/protocol';
import { toRecipe } from '../../src/webview/toRecipe';
import { emptyDataset } from '../support/emptyDataset';

/** What people type, paste and slip into a field for a number or a length. */
const texts = [
  ...[
    '',
    ' ',
    '1',
    ' 1 ',
    '01',
    '+1',
    '-1',
    '0',
    '-0',
    '1.5',
    '1.',
    '.5',
    '.',
    '1..5',
    '1,5',
    '1_000',
    '1 000',
    "1'000",
  ],
  ...['1e3', '1E3', '1e-3', '1e', 'e3', '1e999', '1e9', '1e13', '100', '101', '144', '145', '1024', '1025', '5001'],
  ...['Infinity', '-Infinity', 'inf', '∞', 'NaN', 'null', 'true', '0x10', '0X10', '0b1', '0o7', '1n', '½', '１２', '٣'],
  ...['p99', 'p99.8', 'p101', 'p-1', 'P5', 'p', 'p1e1', '50%', '1 2', '1;'],
  ...['0px', '1px', '128px', '128 px', '128PX', '1.5px', '-5px', '+5px', '1e2px', '0x10px', '2000000px', 'px'],
  ...['0um', '50um', '.5um', '50 µm', '50 μm', '500nm', '1mm', '1e3um', '1e10um', '-1um', 'Infinityum', '0x10um', 'um'],
];

const whole = ['1', ' 1 ', '01', '100'];
/** Decimal numbers above zero, with or without an exponent. */
const decimals = ['1', ' 1 ', '01', '+1', '1.5', '1.', '.5', '1e3', '1E3', '1e-3', '1e9', '1e13', '100', '101', '144'];
const larger = ['145', '1024', '1025', '5001'];
const px = ['1px', '128px', '128 px'];
const um = ['50um', '.5um', '50 µm', '50 μm', '500nm', '1mm', '1e3um'];
const limits = [...decimals, ...larger, 'p99', 'p99.8', 'P5'];

function without(all: readonly string[], ...left: string[]): string[] {
  return all.filter((text) => !left.includes(text));
}

interface Door {
  readonly mode: 'cells' | 'rois';
  readonly flags: (text: string) => string[];
  readonly field: (form: Form, text: string) => void;
  readonly accepted: readonly string[];
  /** A field that may be empty says nothing then; the flag is left away. */
  readonly mayBeEmpty?: boolean;
}

const cellsDoor = (
  flags: Door['flags'],
  field: Door['field'],
  accepted: readonly string[],
  mayBeEmpty = false,
): Door => ({ mode: 'cells', flags, field, accepted, mayBeEmpty });

const doors: Readonly<Record<string, Door>> = {
  downsample: cellsDoor(
    (text) => [`--downsample=${text}`],
    (form, text) => (form.downsample = text),
    [...whole, '101', '144', '145', '1024'],
  ),
  dpi: cellsDoor(
    (text) => [`--dpi=${text}`],
    (form, text) => (form.dpi = text),
    [...whole, '101', '144', ...larger],
    true,
  ),
  sample: cellsDoor(
    (text) => [`--sample=${text}`],
    (form, text) => (form.cells.sample = text),
    [...whole, '101', '144', ...larger],
    true,
  ),
  seed: cellsDoor(
    (text) => ['--sample', '5', `--seed=${text}`],
    (form, text) => Object.assign(form.cells, { sample: '5', seed: text }),
    ['0', ...whole, '101', '144', ...larger],
  ),
  'pixel size': cellsDoor(
    (text) => [`--pixel-size=${text}`],
    (form, text) => (form.pixelSizeUm = text),
    without([...decimals, ...larger], '1e9', '1e13'),
    true,
  ),
  'bar length': cellsDoor(
    (text) => [`--scale-bar=${text}um`],
    (form, text) => Object.assign(form.marks.cells, { bar: 'fixed', barLengthUm: text }),
    without([...decimals, ...larger], '+1'),
  ),
  'print width': cellsDoor(
    (text) => [`--width-mm=${text}`],
    (form, text) => (form.widthMm = text),
    without([...decimals, ...larger], '.5', '1e-3', '1e9', '1e13', '5001'),
    true,
  ),
  'font size': cellsDoor(
    (text) => ['--width-mm', '80', `--font-size=${text}`],
    (form, text) => Object.assign(form, { widthMm: '80', fontPt: text }),
    without(decimals, '.5', '1e-3', '1e3', '1E3', '1e9', '1e13'),
  ),
  'outline width': cellsDoor(
    (text) => ['--mask', `m,width=${text}`],
    (form, text) => Object.assign(form.masks[0], { on: true, widthPx: text }),
    [...whole, '1px'],
  ),
  'arcsinh cofactor': cellsDoor(
    (text) => ['--mask', 'm,color=by:c', '--color-map', 'magma', '--color-range', 'p0:p100', `--arcsinh=${text}`],
    (form, text) => Object.assign(form.masks[0], { on: true, column: 'c', colors: 'magma', arcsinhCofactor: text }),
    without([...decimals, ...larger], '1e13'),
    true,
  ),
  'low limit': cellsDoor(
    (text) => ['--channel', `CD3=red:${text}:1e14`],
    (form, text) => Object.assign(form.channels[1], { on: true, color: '#ff0000', low: text, high: '1e14' }),
    [...limits, '0', '-0', '-1'],
  ),
  'high limit': cellsDoor(
    (text) => ['--channel', `CD3=red:-10:${text}`],
    (form, text) => Object.assign(form.channels[1], { on: true, color: '#ff0000', low: '-10', high: text }),
    [...limits, '0', '-0', '-1'],
  ),
  'high end of colours': cellsDoor(
    (text) => ['--mask', 'm,color=by:c', '--color-map', 'magma', '--color-range', `-10:${text}`],
    (form, text) => Object.assign(form.masks[0], { on: true, column: 'c', colors: 'magma', low: '-10', high: text }),
    [...limits, '0', '-0', '-1'],
    true,
  ),
  'crop size': cellsDoor(
    (text) => [`--size=${text}`],
    (form, text) => (form.cells.size = text),
    [...px, ...um],
  ),
  padding: cellsDoor(
    (text) => ['--fit', 'mask', `--padding=${text}`],
    (form, text) => Object.assign(form.cells, { crop: 'fit', padding: text }),
    ['0px', ...px, ...um],
  ),
  'least crop size': cellsDoor(
    (text) => ['--fit', 'mask', `--min-size=${text}`],
    (form, text) => Object.assign(form.cells, { crop: 'fit', min: text }),
    [...px, ...um],
    true,
  ),
  'greatest crop size': cellsDoor(
    (text) => ['--fit', 'mask', `--max-size=${text}`],
    (form, text) => Object.assign(form.cells, { crop: 'fit', max: text }),
    [...px, ...um],
    true,
  ),
  'gallery rows': cellsDoor(
    (text) => [`--gallery=${text}x3`],
    (form, text) => Object.assign(form.gallery, { on: true, rows: text }),
    without(whole, '100'),
  ),
  'page width': cellsDoor(
    (text) => ['--gallery', '4x3', `--page=${text}x297mm`],
    (form, text) => Object.assign(form.gallery, { on: true, page: 'own', widthMm: text }),
    without(
      [...decimals, ...larger, '1e3', '1E3'],
      '1',
      ' 1 ',
      '01',
      '+1',
      '1.5',
      '1.',
      '.5',
      '1e-3',
      '1e9',
      '1e13',
      '5001',
    ),
  ),
  'ROI size': {
    mode: 'rois',
    flags: (text) => ['--settings', 'shared', `--size=${text}`],
    field: (form, text) => Object.assign(form.rois, { settings: 'shared', size: text }),
    accepted: [...px, ...um],
    mayBeEmpty: true,
  },
  'tolerance of ROI sizes': {
    mode: 'rois',
    flags: (text) => ['--settings', 'shared', `--size=512px±${text}`],
    field: (form, text) => Object.assign(form.rois, { settings: 'shared', size: '512px', tolerance: text }),
    accepted: ['0px', ...px, ...um],
    mayBeEmpty: true,
  },
  'line width of shapes': {
    mode: 'rois',
    flags: (text) => ['--draw-shape', `--shape-width=${text}`],
    field: (form, text) => Object.assign(form.rois, { drawShape: true, shapeWidth: text }),
    accepted: [...whole, '1px'],
  },
};

const view: DatasetView = {
  name: 'd',
  folder: '/d',
  fovs: [{ name: 'A', channels: ['DNA', 'CD3'], masks: ['m'], annotations: [] }],
  markerSets: [],
  palettes: [],
  cellColumns: ['c'],
  parts: [],
  slides: [],
  hasUelerState: false,
  warnings: [],
};

const state: HostState = {
  dataset: view,
  chosenFovs: [],
  datasetId: '1',
  starting: false,
  unfinished: [],
  outputFolder: 'out',
  trusted: true,
  defaults: { scaleBar: 'off', color: 'auto', place: 'bottom-right' },
};

type Answer = { readonly recipe: Recipe } | { readonly problem: string };

async function askCommandLine({ mode, flags }: Door, text: string): Promise<Answer> {
  const given = flags(text);
  const bar = given.some((flag) => flag.startsWith('--scale-bar')) ? [] : ['--scale-bar', 'off'];
  const args = ['--channel', 'DNA=blue:0:1', ...bar, ...given];
  try {
    const parsed = parseFlags(mode, mode === 'cells' ? cellsFlags : roisFlags, args);
    return { recipe: await readRecipe(mode, parsed, emptyDataset) };
  } catch (error) {
    if (!isExportError(error)) throw error;
    return { problem: error.message };
  }
}

function askPanel({ mode, field }: Door, text: string): Answer {
  const form = createForm(state, view);
  form.mode = mode;
  Object.assign(form.channels[0], { on: true, color: '#0000ff', low: '0', high: '1' });
  field(form, text);
  return toRecipe(form, view);
}

describe('the command line and the panel take the same texts, for the same', () => {
  for (const [what, door] of Object.entries(doors)) {
    it(what, async () => {
      const taken: string[] = [];
      for (const text of texts) {
        if (door.mayBeEmpty && text.trim() === '') continue;
        const [byFlag, byField] = [await askCommandLine(door, text), askPanel(door, text)];
        const said = (answer: Answer): string => ('recipe' in answer ? 'taken' : `refused: ${answer.problem}`);
        assert.equal('recipe' in byFlag, 'recipe' in byField, `"${text}": ${said(byFlag)} | ${said(byField)}`);
        if ('problem' in byFlag || 'problem' in byField) continue;
        assert.deepEqual(byField.recipe, byFlag.recipe, text);
        taken.push(text);
      }
      assert.deepEqual(taken.sort(), [...new Set(door.accepted)].sort());
    });
  }
});

describe('what does not go together is named as its door names it', () => {
  const refused: [what: string, flags: string[], field: (form: Form) => void, flag: RegExp, label: RegExp][] = [
    [
      'a caption that is too long',
      [`--caption=${'x'.repeat(2001)}`],
      (form) => (form.marks.cells.caption = 'x'.repeat(2001)),
      /^The settings are not valid: --caption: /,
      /^Caption: /,
    ],
    [
      'a name that is too long',
      [`--name=${'x'.repeat(501)}`],
      (form) => (form.name = 'x'.repeat(501)),
      /^The settings are not valid: --name: /,
      /^File names: /,
    ],
    [
      'a token of another mode',
      ['--caption={roi}'],
      (form) => (form.marks.cells.caption = '{roi}'),
      /^The settings are not valid: --caption: \{roi\} and \{roi_id\} are for ROIs\.$/,
      /^Caption: \{roi\} and \{roi_id\} are for ROIs\.$/,
    ],
  ];
  for (const [what, flags, field, flag, label] of refused) {
    it(what, async () => {
      const door: Door = { mode: 'cells', flags: () => flags, field, accepted: [] };
      const [byFlag, byField] = [await askCommandLine(door, ''), askPanel(door, '')];
      assert.match('problem' in byFlag ? byFlag.problem : 'taken', flag);
      assert.match('problem' in byField ? byField.problem : 'taken', label);
    });
  }

  it('also by flags alone: points without paper, unrendered channels without channels', async () => {
    const ask = async (...flags: string[]): Promise<string> => {
      const answer = await askCommandLine(
        { mode: 'cells', flags: () => flags, field: () => undefined, accepted: [] },
        '',
      );
      return 'problem' in answer ? answer.problem : 'taken';
    };
    assert.equal(await ask('--mask', 'm,width=2pt'), 'The settings are not valid: --mask: points need a print width.');
    const sample = await ask('--sample', '3', '--per', 'a,,b');
    assert.equal(sample, 'Expected columns with commas between for --per, but found "a,,b".');
  });

  it('every field of a recipe has a flag, and every flag that is named is there', () => {
    const known = new Set([...cellsFlags, ...roisFlags].map(({ name }) => name));
    for (const names of Object.values(flagNames)) {
      for (const [, name] of names.matchAll(/--([a-z-]+)/g)) assert.ok(known.has(name), name);
    }
    const unnamed = Object.keys(recipeSchema.shape).filter((field) => !flagOfField([field]).startsWith('--'));
    assert.deepEqual(unnamed, ['version', 'mode']);
    const inPanel = new Set(Object.keys(fieldNames).map((field) => field.split('.')[0]));
    const notInPanel = Object.keys(recipeSchema.shape).filter((field) => !inPanel.has(field));
    // What can be chosen only from lists cannot be wrong.
    assert.deepEqual(notInPanel, ['version', 'mode', 'contrastScope', 'resample', 'overwrite']);
  });
});
