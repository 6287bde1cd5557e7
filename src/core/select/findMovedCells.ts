import type { CellColumns } from './selectCells';
import { numberAt, textAt } from './selectCells';

/** Cells that a table puts in several places of one FOV. */
export interface MovedCells {
  /** The rows of each of them, in the order of the table. */
  readonly cells: readonly (readonly number[])[];
  /** How many cells there are in all. */
  readonly of: number;
}

/**
 * Centroids of one cell differ by less, in the table's unit, where they were only computed or rounded in two ways, or are its
 * nucleus's and its own.
 */
const samePlace = 5;

/** Labels of masks are less, so that FOV and label make one number that is exact. */
const labelLimit = 2 ** 32;

/**
 * The cells of which a later row has another centroid than the first: a label stands for one place of an image, so that
 * such rows are about several. Without centroids, all cells that have several rows. Memory: 8 bytes a row, and the rows of
 * cells that are there twice.
 * @param fovs those that are looked at
 */
export function findMovedCells(columns: CellColumns, fovs: ReadonlySet<string>): MovedCells {
  const places = new Map([...fovs].map((name, i) => [name, i * labelLimit]));
  const keyOf = (row: number): number => {
    const label = numberAt(columns.label, row);
    const start = places.get(textAt(columns.fov, row));
    return start !== undefined && Number.isSafeInteger(label) && label > 0 && label < labelLimit ? start + label : -1;
  };
  const keys = new Float64Array(columns.rows);
  for (let row = 0; row < keys.length; row++) keys[row] = keyOf(row);
  const sorted = keys.slice().sort();
  const rowsOf = new Map<number, number[]>();
  let of = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (sorted[i] < 0) continue;
    if (sorted[i] === sorted[i - 1]) rowsOf.set(sorted[i], []);
    else of++;
  }
  if (rowsOf.size > 0) for (let row = 0; row < keys.length; row++) rowsOf.get(keys[row])?.push(row);
  return { cells: [...rowsOf.values()].filter((rows) => isMoved(columns, rows)), of };
}

function isMoved({ x, y }: CellColumns, rows: readonly number[]): boolean {
  if (!x || !y) return true;
  const places = rows.map((row) => [numberAt(x, row), numberAt(y, row)]);
  const [first, ...others] = places.filter((place) => place.every(Number.isFinite));
  return others.some((place) => place.some((value, i) => Math.abs(value - first[i]) > samePlace));
}
