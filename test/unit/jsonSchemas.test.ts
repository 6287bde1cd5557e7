import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import { jsonSchemas } from '../../schemas/jsonSchemas';
import { datasetSettingsSchema } from '../../src/core/model/datasetSettings';
import { markerSetFileSchema } from '../../src/core/model/markerSet';
import { paletteFileSchema } from '../../src/core/model/paletteFile';
import { recipeFileSchema } from '../../src/core/model/recipeFile';
import { schemaReference } from '../../src/core/model/schemaReference';
import { ownRoisSchema } from '../../src/core/read/rois/ownRois';
import { exampleRecipe } from '../support/exampleRecipe';

const root = path.join(__dirname, '..', '..');
const folder = path.join(root, 'schemas');

type JsonSchema = { properties: Record<string, JsonSchema>; description?: string; items: JsonSchema };

describe('the JSON schemas of our files', () => {
  const made = jsonSchemas(root);
  const ajv = new Ajv({ formats: { 'color-hex': true } });
  const compiled = new Map(
    [...made].map(([name, text]): [string, ValidateFunction] => [name, ajv.compile(JSON.parse(text) as object)]),
  );

  it('are committed as `npm run schemas` makes them', () => {
    assert.deepEqual(
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort(),
      [...made.keys()].sort(),
    );
    for (const [name, text] of made) {
      assert.equal(readFileSync(path.join(folder, name), 'utf8'), text, `${name} is stale: npm run schemas`);
    }
  });

  it('are given to the editor: for each there is a file pattern, and a reference that names it', () => {
    const { contributes } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      contributes: { jsonValidation: { url: string }[] };
    };
    assert.deepEqual(contributes.jsonValidation.map(({ url }) => path.basename(url)).sort(), [...made.keys()].sort());
    const references = (['marker-sets', 'palette', 'dataset', 'rois', 'recipe'] as const).map(schemaReference);
    assert.deepEqual(
      references.map((reference) => reference.replace('multiplex-batch-export:/', '')).sort(),
      [...made.keys()].sort(),
    );
  });

  it('explain, with the words of the source', () => {
    const recipe = JSON.parse(made.get('recipe.schema.json')!) as JsonSchema;
    assert.equal(recipe.properties['fovs'].description, 'Names or globs; empty means every FOV of the dataset.');
    const mask = recipe.properties['masks'].items;
    assert.equal(
      mask.properties['widthPt'].description,
      'In place of `widthPx`, for a print width: the nearest whole number of pixels, at least one.',
    );
    const rois = JSON.parse(made.get('rois.schema.json')!) as JsonSchema;
    assert.equal(
      rois.properties['rois'].items.properties['mapId'].description,
      'The stitched slide, in place of a FOV.',
    );
  });

  const channel = { channel: 'DNA', color: 'blue', contrastLimits: [0, 1] };
  const roi = {
    name: 'front',
    fov: 'A',
    x: 1.5,
    y: 2,
    widthPx: 3,
    heightPx: 4,
    points: [
      [1, 2],
      [3, 4],
      [5, 7],
    ],
  };
  const samples = {
    'marker-sets': {
      schema: markerSetFileSchema,
      good: [
        { version: 1, markerSets: [] },
        {
          $schema: 'x',
          version: 1,
          markerSets: [{ name: 'S', channels: [channel, { ...channel, color: '#FF0000' }] }],
        },
      ],
      bad: [
        { markerSets: [] },
        { version: 1, markerSets: [{ name: '', channels: [channel] }] },
        { version: 1, markerSets: [{ name: 'S', channels: [] }] },
        { version: 1, markerSets: [{ name: 'S', channels: [{ ...channel, color: 'blau' }] }] },
        { version: 1, markerSets: [{ name: 'S', channels: [{ ...channel, contrastLimits: [0] }] }] },
        { version: 1, markerSets: [], more: 1 },
      ],
    },
    palette: {
      schema: paletteFileSchema,
      good: [
        {
          name: 'Cell types',
          column: 'cell_type',
          colors: { 'T cell': '#d55e00', Tumour: 'green' },
          otherColor: 'gray',
        },
        { version: 1, annotation: 'region', colors: { '1': 'red' }, names: { '1': 'tumour' } },
        { version: 1, column: 'CD3', colorMap: 'magma', range: [0, { percentile: 99 }], arcsinhCofactor: 5 },
      ],
      bad: [
        { colors: { A: 'no colour' } },
        { colors: { A: 'red' }, othercolor: 'red' },
        { colorMap: 'hot' },
        { colorMap: 'magma', range: [0, { percentile: 101 }] },
        { colorMap: 'magma', arcsinhCofactor: 0 },
      ],
    },
    dataset: {
      schema: datasetSettingsSchema,
      good: [{ version: 1 }, { version: 1, pixelSizeUm: 0.39 }],
      bad: [{ pixelSizeUm: 0.39 }, { version: 1, pixelSizeUm: 0 }, { version: 1, pixelSize: 1 }],
    },
    rois: {
      schema: ownRoisSchema,
      good: [
        {
          version: 1,
          rois: [roi, { ...roi, tags: ['good'], markerSet: { channels: ['DNA'] }, maskVisibility: { a: true } }],
        },
      ],
      bad: [
        { version: 1, rois: [{ ...roi, widthPx: 0 }] },
        {
          version: 1,
          rois: [
            {
              ...roi,
              points: [
                [1, 2, 3],
                [3, 4],
                [5, 7],
              ],
            },
          ],
        },
        { version: 1, rois: [{ ...roi, maskVisibility: { a: 1 } }] },
        { version: 1, rois: [{ fov: 'A' }] },
        { rois: [] },
      ],
    },
    recipe: {
      schema: recipeFileSchema,
      good: [exampleRecipe, { $schema: 'x', name: 'Mine', ...exampleRecipe }],
      bad: [
        { ...exampleRecipe, mode: 'all' },
        { ...exampleRecipe, formats: [] },
        { ...exampleRecipe, channels: [{ ...channel, color: 'blue' }] },
        { ...exampleRecipe, scaleBar: { length: 'long', maxPercent: 10 } },
        { ...exampleRecipe, out: '/tmp' },
      ],
    },
  } as const;

  for (const [kind, { schema, good, bad }] of Object.entries(samples)) {
    it(`accept and refuse what the program does: ${kind}`, () => {
      const validate = compiled.get(`${kind}.schema.json`)!;
      for (const sample of good) {
        assert.equal(schema.safeParse(sample).success, true, JSON.stringify(sample));
        assert.equal(validate(sample), true, `${JSON.stringify(sample)} ${JSON.stringify(validate.errors)}`);
      }
      for (const sample of bad) {
        assert.equal(schema.safeParse(sample).success, false, JSON.stringify(sample));
        assert.equal(validate(sample), false, JSON.stringify(sample));
      }
    });
  }
});
