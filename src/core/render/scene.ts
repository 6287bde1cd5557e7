import type { ClassColor } from '../model/color';
import type { FontOutlines } from '../model/fontOutlines';
import type { Region } from '../model/image';
import type { NumericLimits } from '../model/recipe';
import type { RoiShape } from '../model/roi';
import type { OutputGrid } from './outputGrid';
import type { PlacedLabels } from './seamContacts';
import type { CellNumbers, TileLabels } from './stitchLabels';
import type { PlacedPlane } from './stitchPlane';

/** Something about the cells of a mask, by their labels. */
export type ByCell<T> = Pick<ReadonlyMap<number, T>, 'get' | 'has'>;

/** What an item's pictures show, as far as it is known before their pixels are. */
export interface Scene {
  /** The FOV's name, for messages and for what is written on the picture. */
  readonly fov: string;
  /** The item's place in the job, from 1, for what is written on the picture. */
  readonly index: number;
  readonly grid: OutputGrid;
  /** Of an image of several tiles: for each mask, the numbers of its cells, which stand in place of labels. */
  readonly numbers?: readonly CellNumbers[];
  /** The same of the mask that tells cells apart, if the pixels of other cells are to be black. */
  readonly numbersApart?: CellNumbers;
  /** For each mask that is coloured by the cell table, the colours of its cells. */
  readonly cellColors?: readonly (ByCell<ClassColor> | undefined)[];
  /** For each mask that is coloured by classes, the palette's name of each cell's class, where a legend needs it. */
  readonly cellClasses?: readonly (ByCell<string> | undefined)[];
  /** The cell that the picture is about. */
  readonly focal?: {
    readonly label: number;
    /** What stands for the whole cell in labels: the label itself, or its number; 0 if it is in none of them. */
    readonly number: number;
    /** The mask that the label is in. */
    readonly maskName?: string;
    /** Where the cell is, in full-resolution pixels. */
    readonly box?: Region;
  };
  /** The ROI that the picture is about. */
  readonly roi?: {
    readonly id: string;
    readonly name: string;
    /** In full-resolution pixels. */
    readonly shape?: RoiShape;
  };
  /** For each of the recipe's channels. */
  readonly contrastLimits: readonly NumericLimits[];
  readonly pixelSizeUm?: number;
  readonly font: FontOutlines;
}

/** The pixels of the tiles that a window shows, or of the parts of them that it looks at; all in the recipe's order. */
export interface ScenePixels {
  /** For each channel, its tiles. */
  readonly planes: readonly (readonly PlacedPlane[])[];
  readonly masks: readonly (readonly TileLabels[])[];
  readonly annotation?: readonly PlacedLabels[];
  /** Of the mask that tells cells apart, if the pixels of other cells are to be black. */
  readonly isolateBy?: readonly TileLabels[];
}
