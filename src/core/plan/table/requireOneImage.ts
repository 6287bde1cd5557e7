import path from 'node:path';
import type { CellTableSummary, Problem } from '../../model/dataset';
import { ExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { fovCandidates } from '../../read/table/findFovColumn';
import { findTellingColumns } from '../../read/table/findTellingColumns';
import { findMovedCells, type MovedCells } from '../../select/findMovedCells';
import { type CellColumns, numberAt, textAt } from '../../select/selectCells';
import { enoughCells } from '../../select/tableFit';

/** Where a column says the FOV, so few cells in two places are slips, and not other images. */
const slipsOfSaid = 0.05;

/** The same where none does: one cell of many, or one in a hundred. Images that are numbered alike share far more. */
const slipsOfAssumed = 0.01;

/** What is to be said of cells in several places that are no reason to refuse a table. */
export interface CellsInPlaces {
  readonly problem: Problem;
  /** For the manifest, where the table seems to be about several images and the user goes on. */
  readonly note?: string;
}

/**
 * Sees to it that the rows of a FOV are about one image: a table of several, none of whose columns is known to say which,
 * has cells of one label in several places, and the wrong one's would be cut out or colour the mask. Without centroids, cells
 * whose rows another column tells apart.
 * @param fovs those that matter
 * @param isAllowed the user goes on with the first row of each cell
 * @throws ExportError `DatasetInvalid`, with the columns that could tell the images apart; `ColumnNotFound` if one is known
 */
export async function requireOneImage(
  cellTable: CellTableSummary,
  columns: CellColumns,
  fovs: ReadonlySet<string>,
  { isAllowed, signal }: { readonly isAllowed: boolean; readonly signal?: AbortSignal | undefined },
): Promise<CellsInPlaces | undefined> {
  const moved = findMovedCells(columns, fovs);
  const { cells, of } = moved;
  if (cells.length === 0) return undefined;
  const { file, roles, imagesDoubt } = cellTable;
  const isSaid = roles.fov !== undefined;
  const isPlaced = columns.x !== undefined && columns.y !== undefined;
  if (isSaid && (!isPlaced || cells.length <= slipsOfSaid * of)) return undefined;
  const found = describeMoved(moved, columns);
  const warn = (what: string): Problem => {
    return {
      code: 'DatasetInvalid',
      message: `In ${path.basename(file)} ${found}; the first row of each counts${what}.`,
    };
  };
  const isSlip = of >= enoughCells && cells.length <= Math.max(1, slipsOfAssumed * of);
  if (!isSaid && isSlip) return { problem: warn('') };
  const known = Object.values(roles).filter((name) => name !== undefined);
  const telling = await findTellingColumns(cellTable, cells, known, signal);
  // By chance any column differs between a few rows; one that is called like an image does not, nor does one for most cells.
  if (isSaid && cells.length <= of / 2 && fovCandidates(telling).length === 0) return undefined;
  // Rows that are only repeated say nothing of other images.
  if (!isPlaced && telling.length === 0) return undefined;
  if (isAllowed) {
    const note = `the cell table seems to be about several images: ${found}, and the first row of each counts, as --allow-mismatch asks`;
    return { problem: warn(', as --allow-mismatch asks: its rows seem to be about several images'), note };
  }
  if (imagesDoubt) throw new ExportError('ColumnNotFound', imagesDoubt.message);
  const could =
    telling.length === 0
      ? 'No column tells them apart: give a table of one image'
      : `Columns that could tell them apart: ${listNames(telling)}. Name the one that has the FOV's name by --columns fov=NAME, or give a table of one image`;
  throw new ExportError(
    'DatasetInvalid',
    `Expected each cell in one place in ${file}, but ${found}: its rows seem to be about several images. ${could}; --allow-mismatch goes on with the first row of each cell.`,
  );
}

/** In figures, as a part of a sentence. */
function describeMoved({ cells, of }: MovedCells, { fov, label, x, y }: CellColumns): string {
  const [first] = cells;
  const cell = `label ${numberAt(label, first[0])} of FOV ${textAt(fov, first[0])}`;
  if (!x || !y) return `${cells.length} of its ${of} cells have several rows (${cell} has ${first.length})`;
  const places = first.slice(0, 3).map((row) => `${numberAt(x, row)}, ${numberAt(y, row)}`);
  return `${cells.length} of its ${of} cells are in several (${cell} at ${places.join(' and ')})`;
}
