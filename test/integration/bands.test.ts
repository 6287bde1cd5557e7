import assert from 'node:assert/strict';
import path from 'node:path';
import { makeFiles } from '../../src/core/make/makeFiles';
import { SourceReader } from '../../src/core/make/sourceReader';
import type { PlannedItem } from '../../src/core/model/plan';
import type { Format, Recipe } from '../../src/core/model/recipe';
import { planJob } from '../../src/core/plan/planJob';
import { openDataset } from '../../src/core/read/openDataset';
import { MemorySink } from '../../src/core/write/fileSink';
import { exampleRecipe } from '../support/exampleRecipe';
import { temporaryFolder } from '../support/temporaryFolder';
import { type SlideTile, writeSlide } from '../support/writeSlide';

/** Two FOVs with cells, that lie side by side on a slide, a part of one over the other. */
function dataset(): string {
  const tile = (fov: string, x: number): SlideTile => ({
    ...{ fov, x, y: 0, widthPx: 90, heightPx: 70 },
    channels: { DNA: (ofTile, y) => (7 * ofTile + 3 * y) % 251, CD3: (ofTile, y) => (ofTile * y) % 255 },
    mask: (ofTile, y) => (ofTile % 12 < 9 && y % 11 < 8 ? 1 + Math.floor(ofTile / 12) + 9 * Math.floor(y / 11) : 0),
    annotation: (_, y) => (y < 30 ? 1 : 2),
  });
  return writeSlide([tile('t1', 0), tile('t2', 80)]);
}

const looks: Recipe = {
  ...exampleRecipe,
  channels: [
    { channel: 'DNA', color: '#00ff00', contrastLimits: [10, 200] },
    { channel: 'CD3', color: '#ff00ff', contrastLimits: [0, 150] },
  ],
  masks: [
    { name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 0.7, widthPx: 2 },
    { name: 'whole_cell', mode: 'fill', color: '#0000ff', alpha: 0.2, widthPx: 1 },
  ],
  annotation: { name: 'region', alpha: 0.3, background: false, otherColor: '#a0a0a0' },
  legend: { ...exampleRecipe.legend, channels: 'names', classes: true },
  scaleBar: { ...exampleRecipe.scaleBar, length: 'auto' },
  title: { text: '{fov}', place: 'margin' },
  pixelSizeUm: 0.5,
};

/** Shapes of PDF and SVG, whose writers are bundles of their own, are drawn in bands in `outlineShapes.test.ts`. */
const formats: readonly Format[] = ['png', 'jpeg', 'tiff', 'webp', 'ome-tiff'];

const ofSlide = { rois: [], slides: ['7'], settings: 'own', edge: 'pad', cutShape: false } satisfies Recipe['rois'];

/** The contents of all files of an item, by their names. */
async function filesOf(
  recipe: Recipe,
  item: PlannedItem,
  folder: string,
  { bandPixels, keptBytes }: { readonly bandPixels?: number; readonly keptBytes?: number },
): Promise<Map<string, Buffer>> {
  const cells = { values: () => Promise.reject(new Error('no cell table')), sample: () => Promise.resolve(undefined) };
  const reader = new SourceReader(folder, cells, keptBytes === undefined ? {} : { keptBytes });
  const sinks = new Map<string, MemorySink>();
  const open = (file: { readonly path: string }): MemorySink => {
    const sink = new MemorySink();
    sinks.set(file.path, sink);
    return sink;
  };
  const making = { reader, open, ...(bandPixels !== undefined && { bandPixels }) };
  const made: string[] = [];
  for await (const { file } of makeFiles(recipe, item, making)) made.push(file.path);
  await reader.close();
  assert.deepEqual(made.sort(), item.files.map(({ path: name }) => name).sort());
  return new Map([...sinks].map(([name, sink]) => [name, sink.content()]));
}

describe('bytes of files do not depend on the bands that they are made in', () => {
  const cases: readonly (readonly [name: string, changes: Partial<Recipe>])[] = [
    ['a FOV', { mode: 'fovs', fovs: ['t1'] }],
    ['a slide', { mode: 'rois', rois: ofSlide }],
    ['a slide, downsampled by means', { mode: 'rois', rois: ofSlide, downsample: 3, resample: 'mean' }],
    ['a slide, downsampled to nearest pixels', { mode: 'rois', rois: ofSlide, downsample: 3, resample: 'nearest' }],
  ];
  for (const [name, changes] of cases) {
    it(`${name}, in every format, together and each channel by itself`, async () => {
      const folder = dataset();
      for (const separate of ['off', 'channels'] as const) {
        const recipe: Recipe = { ...looks, ...changes, formats: [...formats], separate };
        const plan = await planJob(recipe, await openDataset(folder), path.join(temporaryFolder(), 'out'));
        const [item] = plan.items;
        assert.equal(item.error, undefined);
        const expected = await filesOf(plan.recipe, item, folder, {});
        assert.ok(expected.size >= formats.length);
        for (const bandPixels of [1, 1000, 5000]) {
          const found = await filesOf(plan.recipe, item, folder, { bandPixels, keptBytes: 0 });
          for (const [file, content] of expected) {
            assert.ok(found.get(file)!.equals(content), `${file}, in bands of ${bandPixels} pixels`);
          }
        }
      }
    });
  }
});
