import type { CellSample } from './cellSample';
import type { ErrorData } from './exportError';
import type { PixelSize, PlaneAddress, Region } from './image';
import type { CellTableReference, Problem } from './dataset';
import type { Format, Recipe } from './recipe';
import type { RoiShape } from './roi';
import type { Tile } from './slide';

/** The folder, in an output folder, that holds its jobs. A folder with jobs in it is never a FOV. */
export const jobsFolderName = '.batch-export-jobs';

/** What an item has in place of the recipe's: a ROI its own look, a print width a downsample for each. */
export type OwnSettings = Readonly<
  Partial<Pick<Recipe, 'markerSet' | 'channels' | 'masks' | 'annotation' | 'scaleBar' | 'downsample'>>
>;

/** What is made of one FOV, cell or ROI: one picture, or several of the same pixels. Self-contained: with the recipe, all that a runner needs. */
export interface PlannedItem {
  /** `FOV`, `FOV:LABEL`, the id of the ROI, or `map_ID` of a whole slide. */
  readonly id: string;
  /** Of a stitched slide and its ROIs: what it is called in place of a FOV. */
  readonly fov: string;
  /** The id of the stitched slide that a cell is cut out of; absent: out of its FOV. */
  readonly slide?: string;
  /** The ROI that it is about. */
  readonly roi?: { readonly id: string; readonly name: string };
  /** Of the ROI, where it is drawn or cut out. */
  readonly shape?: RoiShape;
  /** The cell that it is about. */
  readonly label?: number;
  /** The mask of its FOV that the label is in. */
  readonly cellMask?: PlannedSource;
  /** Where the cell is, in full-resolution pixels: what no mark may cover. */
  readonly keepClear?: Region;
  /** What to write, never empty. */
  readonly files: readonly PlannedFile[];
  /** In full-resolution pixels. Absent when the files could not be read while planning. */
  readonly region?: Region;
  /** Absent: all as the recipe says. */
  readonly own?: OwnSettings;
  /** Its place among the items, from 1. */
  readonly index?: number;
  /** Its place in the gallery, from 1; absent: as in the plan. */
  readonly galleryPlace?: number;
  readonly pixelSize?: PixelSize;
  /** What is stated besides and contradicts it. */
  readonly otherPixelSize?: PixelSize;
  /** What its images take in memory, all of their pixels; absent when they could not be read while planning. */
  readonly decodedBytes?: number;
  /** What of them has to be in memory at once; absent: all. */
  readonly heldBytes?: number;
  /** In the order of the item's recipe; empty for masks only. */
  readonly channels: readonly PlannedSource[];
  readonly masks: readonly PlannedSource[];
  readonly annotation?: PlannedSource;
  /**
   * What a stitched slide is put together from, a later tile over an earlier one; its own sources are none then. Where it
   * matters how cells go on across seams, also tiles beyond the region that meet another one, without channels: which cells
   * are one is decided over all.
   */
  readonly tiles?: readonly PlannedTile[];
  /** What was decided while planning that the user did not ask for in so many words; for the manifest. */
  readonly note?: string;
  /** Why nothing is made of it, as the recipe wants. */
  readonly skip?: string;
  /** Known before the start: this item cannot be made. */
  readonly error?: ErrorData;
  /** Its error is that it takes more memory than there may be, which a job does not keep: it may go on with more. */
  readonly isBeyondMemory?: true;
}

/** The recipe as it is for one item. Channels go with the name that they were saved under. */
export function recipeOfItem(recipe: Recipe, { own }: Pick<PlannedItem, 'own'>): Recipe {
  if (!own) return recipe;
  const { markerSet, ...rest } = recipe;
  return { ...(own.channels || markerSet === undefined ? rest : recipe), ...own };
}

export interface PlannedFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly format: Format;
  /** Positions in the channels of the item's recipe of those that are drawn; absent: all. */
  readonly channels?: readonly number[];
}

export interface PlannedSource {
  readonly name: string;
  /** Relative to the dataset's folder, with `/`. */
  readonly file: string;
  readonly plane?: PlaneAddress;
}

/** Equal for one plane of one file, whatever it is called. */
export function keyOfSource({ file, plane }: PlannedSource): string {
  return JSON.stringify([file, plane]);
}

/** A FOV in a stitched slide, in full-resolution pixels of the slide, and its images. */
export interface PlannedTile extends Tile, Pick<PlannedItem, 'channels' | 'masks' | 'annotation'> {
  /** The mask that tells cells apart, if the pixels of other cells are to be black. */
  readonly cellMask?: PlannedSource;
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

/** Counts of items; `written + unchanged + skipped + failed + cancelled = planned` once a job has ended. */
export interface JobCounts {
  readonly planned: number;
  readonly written: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly cancelled: number;
}
