import type { ErrorData } from './exportError';
import type { PixelSize, Region } from './image';
import type { Problem } from './dataset';
import type { Recipe } from './recipe';

/** The folder, in an output folder, that holds its jobs. A folder with jobs in it is never a FOV. */
export const jobsFolderName = '.batch-export-jobs';

/** One picture to make. Self-contained: with the recipe, it is all that a runner needs. */
export interface PlannedItem {
  /** The FOV's name. */
  readonly id: string;
  readonly fov: string;
  /** The file to write, relative to the output folder. */
  readonly path: string;
  /** In full-resolution pixels. Absent when the files could not be read while planning. */
  readonly region?: Region;
  readonly pixelSize?: PixelSize;
  /** Files relative to the dataset's folder, with `/`; in the order of the recipe. */
  readonly channels: readonly PlannedSource[];
  readonly masks: readonly PlannedSource[];
  /** What was decided while planning that the user did not ask for in so many words; for the manifest. */
  readonly note?: string;
  /** Known before the start: this item cannot be made. */
  readonly error?: ErrorData;
}

export interface PlannedSource {
  readonly name: string;
  readonly file: string;
}

/** What a job would do. Nothing is written while planning. */
export interface Plan {
  readonly recipe: Recipe;
  readonly datasetFolder: string;
  readonly outputFolder: string;
  readonly items: readonly PlannedItem[];
  readonly problems: readonly Problem[];
}

/** The scale bar as drawn, in pixels of the written picture. */
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
  readonly format: 'png';
  readonly bytes: number;
  readonly sha256: string;
  readonly region: Region;
  readonly pixelSizeUm?: number;
  readonly scaleBar?: DrawnScaleBar;
  readonly note?: string;
}

/** One line of a journal: how an item ended. */
export type JournalLine =
  | { readonly item: string; readonly outcome: 'written' | 'unchanged'; readonly files: readonly WrittenFile[] }
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
