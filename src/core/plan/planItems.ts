import type { Dataset, Problem } from '../model/dataset';
import { ItemList } from '../model/itemList';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { CellTable } from '../read/table/cellTable';
import { selectFovs } from '../select/selectFovs';
import type { TableFit } from '../select/tableFit';
import { type CellRows, nameFiles } from './nameFiles';
import { placeInGallery } from './placeInGallery';
import { planCells, type PlanningOptions } from './planCells';
import { type ItemIdentity, planFailure, planFov, planRegion } from './planFov';
import { planRois } from './planRois';

export interface PlannedItems {
  /** In order, each with the error that it will fail with if that is known. */
  readonly items: ItemList;
  /** What the user should know of the selection. */
  readonly warnings: readonly Problem[];
  /** Of cells: how the table fits the cell mask, in every FOV whose mask could be read. */
  readonly fits: readonly TableFit[];
}

/** The items of a recipe. */
export async function planItems(
  recipe: Recipe,
  dataset: Dataset,
  { signal, only, table: known }: PlanningOptions = {},
): Promise<PlannedItems> {
  const finish = async (planned: ItemList, cells?: CellRows): Promise<ItemList> => {
    const named = await nameFiles(recipe, planned, dataset, { cells, signal });
    // One item alone has no place among the others.
    return only === undefined ? placeInGallery(recipe, named, dataset, { cells, signal }) : named;
  };
  if (recipe.mode === 'cells') {
    const table = known ?? (dataset.cellTable && new CellTable(dataset.cellTable.file));
    const { items, warnings, rows, fits } = await planCells(recipe, dataset, { signal, only, table });
    return { items: await finish(items, { rows, table }), warnings, fits };
  }
  if (recipe.mode === 'rois') {
    const { items, warnings } = await planRois(recipe, dataset, signal, only);
    return { items: await finish(ItemList.from(items)), warnings, fits: [] };
  }
  const items: PlannedItem[] = [];
  for (const [i, fov] of selectFovs(recipe.fovs, dataset).entries()) {
    signal?.throwIfAborted();
    const identity: ItemIdentity = { id: fov.name, fov: fov.name, files: [], index: i + 1 };
    try {
      const planned = await planFov(recipe, dataset, fov);
      const region = { x: 0, y: 0, widthPx: planned.widthPx, heightPx: planned.heightPx };
      items.push(planRegion(recipe, dataset, planned, { identity, region }));
    } catch (error) {
      items.push(planFailure(identity, error, dataset));
    }
  }
  return { items: await finish(ItemList.from(items)), warnings: [], fits: [] };
}
