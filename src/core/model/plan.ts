import type { CellSample } from './cellSample';
import type { CellTableReference, Problem } from './dataset';
import type { ItemList } from './itemList';
import type { PlannedItem, PlannedSource } from './plannedItem';
import type { Recipe } from './recipe';
import { slideName } from './slide';

export type { OwnSettings, PlannedFile, PlannedItem, PlannedSource, PlannedTile } from './plannedItem';

/** The folder, in an output folder, that holds its jobs. A folder with jobs in it is never a FOV. */
export const jobsFolderName = '.batch-export-jobs';

/** The recipe as it is for one item. Channels go with the name that they were saved under. */
export function recipeOfItem(recipe: Recipe, { own }: Pick<PlannedItem, 'own'>): Recipe {
  if (!own) return recipe;
  const { markerSet, ...rest } = recipe;
  return { ...(own.channels || markerSet === undefined ? rest : recipe), ...own };
}

/** What an item's pixels are of: its FOV, or the slide, which many items may share. */
export function imageOf({ fov, slide }: Pick<PlannedItem, 'fov' | 'slide'>): string {
  return slide === undefined ? fov : slideName({ id: slide });
}

/** Equal for one plane of one file, whatever it is called. */
export function keyOfSource({ file, plane }: PlannedSource): string {
  return JSON.stringify([file, plane]);
}

/** What a job would do. Nothing is written while planning. */
export interface Plan {
  readonly recipe: Recipe;
  readonly datasetFolder: string;
  /** Where colours by the cell table come from. */
  readonly cellTable?: CellTableReference;
  /** By FOV, where the cell table colours masks: what its labels are compared with a mask by. */
  readonly cellSamples?: ReadonlyMap<string, CellSample>;
  readonly outputFolder: string;
  readonly items: ItemList;
  readonly problems: readonly Problem[];
}

/** The scale bar as drawn, in pixels of the written picture, which are fractions where the bar is a vector. */
export interface DrawnScaleBar {
  readonly lengthUm: number;
  /** Left end. */
  readonly xPx: number;
  /** Middle row. */
  readonly yPx: number;
  readonly lengthPx: number;
}

/** Counts of items; `written + unchanged + skipped + failed + cancelled = planned` once a job has ended. */
export interface JobCounts {
  readonly planned: number;
  readonly written: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly cancelled: number;
}
