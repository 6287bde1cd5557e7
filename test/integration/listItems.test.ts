import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { makeSample } from '../../sample/makeSample';
import { Previewer } from '../../src/core/make/previewer';
import type { CellSelection } from '../../src/core/model/cellSelection';
import type { Recipe } from '../../src/core/model/recipe';
import type { RoiSelection } from '../../src/core/model/roiSelection';
import { openDataset } from '../../src/core/read/openDataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { temporaryFolder } from '../support/temporaryFolder';

const page = { offset: 0, limit: 3 };

function ofCells(cells: Partial<CellSelection>, fovs: string[] = []): Recipe {
  const all: CellSelection = {
    labels: [],
    crop: { size: { px: 32 } },
    center: 'table',
    edge: 'pad',
    isolate: false,
    onlyFocal: false,
  };
  return { ...exampleRecipe, mode: 'cells', fovs, cells: { ...all, ...cells } };
}

function ofRois(rois: Partial<RoiSelection>): Recipe {
  const all: RoiSelection = { rois: [], slides: [], settings: 'own', edge: 'pad', cutShape: false };
  return { ...exampleRecipe, mode: 'rois', rois: { ...all, ...rois } };
}

describe('lists to pick from', () => {
  let sample: string;
  let previewer: Previewer;

  before(async () => {
    sample = path.join(temporaryFolder(), 'sample');
    await makeSample(sample);
    previewer = new Previewer(await openDataset(sample));
  });

  it('cells: counted, and a page of them with the values that are asked about', async () => {
    const where = 'cell_type == "Macrophage" and area > 100';
    const { count, matching, columns, items, warnings } = await previewer.listItems(ofCells({ where }), page);
    assert.deepEqual(
      [count, matching, columns, warnings],
      [81, 81, ['cell', 'cell_type', 'area', 'centroid-1', 'centroid-0'], []],
    );
    assert.equal(items.length, 3);
    for (const { id, fov, values } of items) {
      assert.deepEqual([values[0], values[1]], [id, 'Macrophage']);
      assert.ok(id.startsWith(`${fov}:`) && Number(values[2]) > 100);
    }
    const last = await previewer.listItems(ofCells({ where }), { offset: 80, limit: 3 });
    assert.equal(last.items.length, 1);
  });

  it('cells: what is picked or drawn is counted among those that match', async () => {
    const labels = [{ fov: 'Tumor_core', labels: [1, 2] }];
    const picked = await previewer.listItems(ofCells({ labels }), page);
    assert.deepEqual([picked.count, picked.matching], [2, 1543]);
    const sampled = await previewer.listItems(
      ofCells({ sample: { count: 2, seed: 0, per: ['cell_type', 'fov'] } }),
      page,
    );
    assert.ok(sampled.columns.includes('cell_type') && sampled.count % 2 === 0 && sampled.matching === 1543);
  });

  it('ROIs: what they are, and what they say of their pictures', async () => {
    const { count, matching, columns, items } = await previewer.listItems(ofRois({ tags: 'figure1' }), page);
    assert.deepEqual([count, matching], [3, 3]);
    assert.deepEqual(columns, ['name', 'FOV', 'box', 'shape', 'tags', 'own settings']);
    assert.deepEqual(items[0].values, [
      'Arteriole',
      'Tumor_core',
      '161 × 141 at 258, 126',
      '',
      'figure1, good',
      'Stroma and macrophages, masks',
    ]);
    const picked = await previewer.listItems(ofRois({ rois: [items[1].id] }), page);
    assert.deepEqual([picked.count, picked.matching], [1, 5]);
  });

  it('slides: also where there is no ROI', async () => {
    const chosen = ofRois({ slides: ['7'] });
    assert.deepEqual([(await previewer.listItems(chosen, page)).count], [1]);
    const without = path.join(temporaryFolder(), 'without');
    await makeSample(without);
    rmSync(path.join(without, '.UELer', 'roi_manager.csv'));
    const other = new Previewer(await openDataset(without));
    const { count, matching } = await other.listItems(chosen, page);
    assert.deepEqual([count, matching], [1, 0]);
    await assert.rejects(other.listItems(ofRois({}), page), /found no file of them/);
  });

  it('can be gone through, round at the ends', async () => {
    const step = (recipe: Recipe, from: string, by: number): ReturnType<Previewer['stepItem']> =>
      previewer.stepItem(recipe, from, by);
    assert.deepEqual(await step(exampleRecipe, 'Tumor_margin', 1), {
      id: 'Tumor_core',
      name: 'Tumor_core',
      fov: 'Tumor_core',
      position: 1,
      count: 2,
    });
    const { name, position, count } = await step(ofRois({}), '', 1);
    assert.deepEqual([name, position, count], ['Arteriole', 1, 5]);
    assert.equal((await step(ofRois({}), (await step(ofRois({}), '', 1)).id, -1)).name, 'Invasive front');
    assert.equal((await step(ofRois({ slides: ['7'] }), 'map_7', 1)).id, 'map_7');
    const cells = ofCells({ where: 'area > 100' });
    const first = await step(cells, '', 0);
    assert.equal((await step(cells, first.id, first.count)).id, first.id);
    assert.equal((await step(cells, first.id, -1)).fov, 'Tumor_margin');
    await assert.rejects(step(ofCells({ where: 'area < 0' }), '', 1), /found none/);
  });
});
