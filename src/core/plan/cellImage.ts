import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import type { PictureSize, Region } from '../model/image';
import { listNames } from '../model/listNames';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { visibleParts } from '../render/visibleParts';
import { doOverlap, intersection } from '../select/cropRegion';
import type { MeasuredCell } from '../select/measureCells';
import type { ChosenCell } from '../select/selectCells';
import type { PlaceOnSlide } from './findSlides';
import { type ItemRegion, type PlannedFov, planRegion } from './planFov';
import { type KnownOfSlides, planSlideRegion } from './planSlide';
import type { SeamCells } from './seamCells';

/** What the cells of a FOV are cut out of: the FOV, or the stitched slide that it lies on. */
export interface CellImage extends PictureSize {
  /** Of messages: `FOV A`. */
  readonly what: string;
  /** Where the FOV lies in it. */
  readonly at: Pick<Region, 'x' | 'y'>;
  /** A cell as the image has it, in its pixels, given what the FOV's own mask has of it. */
  whole(cell: ChosenCell, measured: MeasuredCell): MeasuredCell;
  /**
   * What is to be said of a place where a cell of the FOV is, in pixels of the FOV. `CellNotFound` if other tiles lie over all
   * of it.
   */
  notesAt(cell: ChosenCell, place: Region): string[];
  plan(item: ItemRegion): PlannedItem | Promise<PlannedItem>;
}

/** The FOV itself. */
export function fovAsImage(recipe: Recipe, dataset: Dataset, planned: PlannedFov): CellImage {
  const { widthPx, heightPx, name } = planned;
  return {
    ...{ widthPx, heightPx },
    what: `FOV ${name}`,
    at: { x: 0, y: 0 },
    whole: (_, measured) => measured,
    notesAt: () => [],
    plan: (item) => planRegion(recipe, dataset, planned, item),
  };
}

/** How cells are cut out of slides. */
export interface SlidePlanning {
  readonly known: KnownOfSlides;
  /** What of them lies in other tiles. */
  readonly seams: SeamCells;
  /** The name of the mask that tells cells apart; absent if the FOV has none. */
  readonly cellMask?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The slide that the FOV lies on. */
export function slideAsImage(
  recipe: Recipe,
  dataset: Dataset,
  place: PlaceOnSlide,
  { seams, ...planning }: SlidePlanning,
): CellImage {
  const { slide, tile } = place;
  const { widthPx, heightPx, tiles } = slide;
  const there = tiles.filter(({ fov }) => planning.known.byName.has(fov));
  const own = there.indexOf(tile);
  return {
    ...{ widthPx, heightPx },
    what: `map ${slide.id}`,
    at: { x: tile.x, y: tile.y },
    whole: (cell, measured) => seams.whole(cell, measured, place),
    notesAt: ({ fov, label }, { x, y, ...size }) => {
      const placed = { x: tile.x + x, y: tile.y + y, ...size };
      // A centroid may lie beyond its FOV, and says nothing then.
      if (!doOverlap(placed, tile)) return [];
      const parts = visibleParts(intersection(placed, tile), there).flatMap((band) => band.parts);
      const over = [...new Set(parts.map((part) => part.tile))].filter((position) => position !== own);
      if (over.length === 0) return [`cut out of map ${slide.id}`];
      const names = listNames(over.map((position) => there[position].fov));
      if (parts.some((part) => part.tile === own)) {
        return [`cut out of map ${slide.id}`, `the cell lies partly under ${names} there`];
      }
      throw new ExportError(
        'CellNotFound',
        `Expected cell ${label} of FOV ${fov} on map ${slide.id}, but ${names} lies over it there; cut it out of its FOV.`,
      );
    },
    plan: ({ identity, region }) => planSlideRegion(recipe, dataset, slide, { identity, region, ...planning }),
  };
}
