import type { Dataset, Problem } from '../model/dataset';
import type { PlannedFile, PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import type { CellTable } from '../read/table/cellTable';
import { selectFovs } from '../select/selectFovs';
import { assignFileNames } from './assignFileNames';
import { planCells } from './planCells';
import { planFiles } from './planFiles';
import { type ItemIdentity, planFailure, planFov, planRegion } from './planFov';

export interface PlannedItems {
  /** In order, each with the error that it will fail with if that is known. */
  readonly items: readonly PlannedItem[];
  /** What the user should know of the selection. */
  readonly warnings: readonly Problem[];
}

/**
 * The items of a recipe.
 * @param only the id of the one cell that is wanted, as it is among all of them
 * @param table where columns that were read before are kept
 */
export async function planItems(
  recipe: Recipe,
  dataset: Dataset,
  signal?: AbortSignal,
  only?: string,
  table?: CellTable,
): Promise<PlannedItems> {
  if (recipe.mode === 'cells') {
    const { items, warnings } = await planCells(recipe, dataset, signal, only, table);
    return { items: nameFiles(recipe, items), warnings };
  }
  const items: PlannedItem[] = [];
  for (const [i, fov] of selectFovs(recipe.fovs, dataset).entries()) {
    const identity: ItemIdentity = { id: fov.name, fov: fov.name, files: [], index: i + 1 };
    try {
      const planned = await planFov(recipe, dataset, fov);
      const region = { x: 0, y: 0, widthPx: planned.widthPx, heightPx: planned.heightPx };
      items.push(planRegion(recipe, dataset, planned, identity, region));
    } catch (error) {
      items.push(planFailure(identity, error, dataset));
    }
  }
  return { items: nameFiles(recipe, items), warnings: [] };
}

/** Gives every item the names of its files. */
function nameFiles(recipe: Recipe, items: readonly PlannedItem[]): PlannedItem[] {
  const kinds = planFiles(recipe);
  const names = assignFileNames(
    items.map(({ id, fov, label }) => ({ id, name: label === undefined ? fov : `${fov}_cell_${label}` })),
    kinds.map(({ ending }) => ending),
  );
  return items.map((item) => ({
    ...item,
    files: kinds.map(({ format, channels }, kind): PlannedFile => {
      return { path: names.get(item.id)![kind], format, ...(channels && { channels }) };
    }),
  }));
}
