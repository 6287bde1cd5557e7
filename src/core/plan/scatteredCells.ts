import { type CellSelection, isFitted } from '../model/cellSelection';
import type { Problem } from '../model/dataset';
import { listNames } from '../model/listNames';
import type { MeasuredCell } from '../select/measureCells';

/** Where a cell is taken to be that a mask has measured. */
export interface CellPlace {
  /** The middle, whole numbers being pixel centres. */
  readonly center: { readonly x: number; readonly y: number };
  readonly box: MeasuredCell['box'];
  /** What the manifest says of it. */
  readonly note?: string;
}

/**
 * Where a picture takes a cell to be by its mask. Of a label that is in places far apart that is its largest part: always
 * where the picture is fitted to the cell, and where it is centred by the mask, if the middle of all places is in none of them.
 */
export function placeOfCell({ crop, center }: CellSelection, measured: MeasuredCell): CellPlace {
  const { scattered } = measured;
  if (!scattered) return { center: measured, box: measured.box };
  const { largest, isCenterInside } = scattered;
  const say = (how: string): string => `the label is in places far apart in the mask; ${how}`;
  if (isFitted(crop)) {
    return { center: largest, box: largest.box, note: say('the picture is of its largest part') };
  }
  if (center === 'table') {
    return { center: measured, box: measured.box, note: say('the picture is about the centroid in the table') };
  }
  if (isCenterInside) {
    return { center: measured, box: measured.box, note: say('the picture is about the middle of all of them') };
  }
  return { center: largest, box: largest.box, note: say('the picture is about its largest part') };
}

/**
 * The warning about labels that are in places far apart, if there are any.
 * @param ids `FOV:LABEL`
 */
export function scatterWarnings(ids: readonly string[], { crop, center }: CellSelection): Problem[] {
  if (ids.length === 0) return [];
  const what = isFitted(crop)
    ? 'each picture is of the largest part'
    : center === 'mask'
      ? 'a picture is about the largest part where the middle of all of them lies in none'
      : 'pictures are about the centroids in the table';
  const message = `The labels of ${ids.length} chosen cells are in places far apart in their masks (${listNames(ids)}), as if several cells had one label: ${what}.`;
  return [{ code: 'CellScattered', message }];
}
