import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { Previewer } from '../../src/core/make/previewer';
import type { Recipe } from '../../src/core/model/recipe';
import { openDataset } from '../../src/core/read/openDataset';
import { decodePicture, plane, smallDataset, writePlane } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const recipe: Recipe = {
  ...exampleRecipe,
  channels: [{ channel: 'DNA', color: '#0000ff', contrastLimits: [{ percentile: 1 }, { percentile: 99 }] }],
};
const request = { item: 'A', maxSidePx: 4096 };

describe('Previewer', () => {
  it('makes the pixels of the export (invariant 5), with percentiles over the batch', async () => {
    const folder = smallDataset(['A', 'B']);
    const { png } = await new Previewer(await openDataset(folder)).preview(recipe, request);
    const out = path.join(temporaryFolder(), 'out');
    runCli('fovs', folder, '--channel', 'DNA=blue:p1:p99', '--scale-bar', 'off', '--out', out);
    const { rgb } = await decodePicture(path.join(out, 'A.png'));
    assert.ok((await sharp(png).raw().toBuffer()).equals(rgb));
  });

  it('answers a request that waits for the percentiles of one that was given up', async () => {
    const previewer = new Previewer(await openDataset(smallDataset(['A', 'B', 'C'])));
    const first = new AbortController();
    const givenUp = previewer.preview(recipe, request, first.signal);
    const second = previewer.preview({ ...recipe, downsample: 2 }, request);
    first.abort();
    await assert.rejects(givenUp, { name: 'AbortError' });
    assert.equal((await second).widthPx, 30);
  });

  it('finds limits within the memory that is allowed: what is larger has no say', async () => {
    const folder = smallDataset(['A']);
    const dataset = await openDataset(folder);
    const previewer = new Previewer(dataset);
    // Two processes are kept free, which leaves a MiB for what is read.
    const little = 201 * 2 ** 20;
    const limitsOf = async (memoryBytes: number): Promise<unknown> =>
      (await previewer.findLimits(recipe.channels, dataset.fovs, { memoryBytes })).limits;
    const before = await limitsOf(little);
    assert.notDeepEqual(before, [[0, 1]]);
    assert.deepEqual(await limitsOf(little - 2 ** 20 + 100), [[0, 1]]);
  });

  it('finds limits anew when the channels change', async () => {
    const folder = smallDataset(['A']);
    writePlane(
      path.join(folder, 'A', 'other.tif'),
      plane(60, 40, (_, y) => y),
    );
    const previewer = new Previewer(await openDataset(folder));
    await previewer.preview(recipe, request);
    const [channel] = recipe.channels;
    const other = { ...recipe, channels: [{ ...channel, channel: 'other' }] };
    const { png } = await previewer.preview(other, request);
    const blue = (await sharp(png).raw().toBuffer())[(20 * 60 + 5) * 3 + 2];
    assert.ok(blue > 100 && blue < 160, String(blue));
  });

  it('shows no picture of what the export skips, but says why', async () => {
    const folder = smallDataset(['A']);
    const own = path.join(folder, '.batch-export');
    mkdirSync(own);
    const roi = { id: 'corner', name: 'corner', fov: 'A', x: 50, y: 30, widthPx: 20, heightPx: 20 };
    writeFileSync(path.join(own, 'rois.json'), JSON.stringify({ version: 1, rois: [roi] }));
    const rois = { rois: [], slides: [], settings: 'own', edge: 'skip', cutShape: false } as const;
    const skipping: Recipe = { ...exampleRecipe, mode: 'rois', rois };
    const previewer = new Previewer(await openDataset(folder));
    const corner = { ...request, item: 'corner' };
    await assert.rejects(previewer.preview(skipping, corner), {
      code: 'SelectionEmpty',
      message:
        'Expected an item that the export makes a picture of, but corner would be skipped: it reaches beyond the image.',
    });
    const padding: Recipe = { ...skipping, rois: { ...rois, edge: 'pad' } };
    assert.equal((await previewer.preview(padding, corner)).widthPx, 20);
  });

  it('says what the job would say: sample types that cannot share an OME-TIFF, no bar for unrendered channels', async () => {
    const folder = smallDataset(['A']);
    writePlane(path.join(folder, 'A', 'f.tif'), { widthPx: 60, heightPx: 40, data: new Float32Array(2400) }, {});
    const previewer = new Previewer(await openDataset(folder));
    const [channel] = exampleRecipe.channels;
    const mixed: Recipe = {
      ...exampleRecipe,
      channels: [channel, { ...channel, channel: 'f' }],
      formats: ['ome-tiff'],
    };
    await assert.rejects(previewer.preview(mixed, request), { code: 'MixedSampleTypes' });
    const only: Recipe = {
      ...exampleRecipe,
      channels: [{ ...channel, channel: 'f' }],
      scaleBar: { ...exampleRecipe.scaleBar, length: 'auto' },
      formats: ['ome-tiff'],
    };
    assert.equal((await previewer.preview(only, request)).scaleBarUm, undefined);
  });
});
