import type { ErrorData } from './exportError';
import type { PixelSize, PlaneAddress, Region } from './image';
import type { CellTableReference, Problem } from './dataset';
import type { Format, Recipe } from './recipe';

/** The folder, in an output folder, that holds its jobs. A folder with jobs in it is never a FOV. */
export const jobsFolderName = '.batch-export-jobs';

/** What is made of one FOV or cell: one picture, or several of the same pixels. Self-contained: with the recipe, all that a runner needs. */
export interface PlannedItem {
  /** `FOV` or `FOV:LABEL`. */
  readonly id: string;
  readonly fov: string;
  /** The cell that it is about. */
  readonly label?: number;
  /** The mask that the label is in. */
  readonly cellMask?: PlannedSource;
  /** Where the cell is, in full-resolution pixels: what no mark may cover. */
  readonly keepClear?: Region;
  /** What to write, never empty. */
  readonly files: readonly PlannedFile[];
  /** In full-resolution pixels. Absent when the files could not be read while planning. */
  readonly region?: Region;
  /** Of this item, where a print width makes them differ from item to item; absent: the recipe's. */
  readonly downsample?: number;
  /** Its place among the items, from 1. */
  readonly index?: number;
  readonly pixelSize?: PixelSize;
  /** In the order of the recipe; empty for masks only. */
  readonly channels: readonly PlannedSource[];
  readonly masks: readonly PlannedSource[];
  readonly annotation?: PlannedSource;
  /** What was decided while planning that the user did not ask for in so many words; for the manifest. */
  readonly note?: string;
  /** Why nothing is made of it, as the recipe wants. */
  readonly skip?: string;
  /** Known before the start: this item cannot be made. */
  readonly error?: ErrorData;
}

/** The recipe as it is for one item: a print width gives each its own downsample. */
export function recipeOfItem(recipe: Recipe, { downsample }: Pick<PlannedItem, 'downsample'>): Recipe {
  return downsample === undefined ? recipe : { ...recipe, downsample };
}

export interface PlannedFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly format: Format;
  /** Positions in the recipe's channels of those that are drawn; absent: all. */
  readonly channels?: readonly number[];
}

export interface PlannedSource {
  readonly name: string;
  /** Relative to the dataset's folder, with `/`. */
  readonly file: string;
  readonly plane?: PlaneAddress;
}

/** What a job would do. Nothing is written while planning. */
export interface Plan {
  readonly recipe: Recipe;
  readonly datasetFolder: string;
  /** Where colours by the cell table come from. */
  readonly cellTable?: CellTableReference;
  readonly outputFolder: string;
  readonly items: readonly PlannedItem[];
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

/** A file that was made, as the journal and the manifest keep it. */
export interface WrittenFile {
  readonly path: string;
  readonly format: Format;
  /** The channels of a picture that shows some of the recipe's only. */
  readonly channel?: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly region: Region;
  /** Full-resolution pixels per pixel of this file. */
  readonly downsample: number;
  readonly pixelSizeUm?: number;
  readonly scaleBar?: DrawnScaleBar;
  readonly note?: string;
  /** What is to be seen, and the sentence for the figure's legend; of pictures. */
  readonly altText?: string;
  readonly caption?: string;
}

/** One line of a journal: how an item ended. */
export type JournalLine =
  | { readonly item: string; readonly outcome: 'written' | 'unchanged'; readonly files: readonly WrittenFile[] }
  | { readonly item: string; readonly outcome: 'skipped'; readonly reason: string }
  | { readonly item: string; readonly outcome: 'failed'; readonly error: ErrorData };

/** Who runs a job; `runner.json`. */
export interface RunnerInfo {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly heartbeatAt: string;
  /** Set when the runner left in good order. */
  readonly endedAt?: string;
  /** The error that ended the whole job, if one did. */
  readonly error?: ErrorData;
  readonly seconds?: number;
  readonly peakMemoryMiB?: number;
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
