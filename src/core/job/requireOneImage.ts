import type { CellTableSummary } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import { fovCandidates } from '../read/table/findFovColumn';
import { findTellingColumns } from '../read/table/findTellingColumns';
import { findMovedCells } from '../select/findMovedCells';
import { type CellColumns, numberAt, textAt } from '../select/selectCells';

/** Where a column says the FOV, so few cells in two places are slips, and not other images. */
const slips = 0.05;

/**
 * Sees to it that the rows of a FOV are about one image: a table of several, none of whose columns is known to say which,
 * has cells of one label in several places, and the wrong one's would be cut out or colour the mask.
 * @param fovs those that matter
 * @throws ExportError `DatasetInvalid`, with the columns that could tell the images apart
 */
export async function requireOneImage(
  cellTable: CellTableSummary,
  columns: CellColumns,
  fovs: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<void> {
  const { x, y } = columns;
  if (!x || !y) return;
  const { cells, of } = findMovedCells(columns, fovs);
  if (cells.length === 0) return;
  const { file, roles } = cellTable;
  const isSaid = roles.fov !== undefined;
  if (isSaid && cells.length <= slips * of) return;
  const known = Object.values(roles).filter((name) => name !== undefined);
  const telling = await findTellingColumns(cellTable, cells, known, signal);
  // By chance any column differs between a few rows; one that is called like an image does not.
  if (isSaid && fovCandidates(telling).length === 0) return;
  const [first] = cells;
  const label = numberAt(columns.label, first[0]);
  const places = first.slice(0, 3).map((row) => `${numberAt(x, row)}, ${numberAt(y, row)}`);
  const found = `${cells.length} of its ${of} cells are in several (label ${label} of FOV ${textAt(columns.fov, first[0])} at ${places.join(' and ')})`;
  const could =
    telling.length === 0
      ? 'No column tells them apart: give a table of one image.'
      : `Columns that could tell them apart: ${listNames(telling)}. Name the one that has the FOV's name by --columns fov=NAME, or give a table of one image.`;
  throw new ExportError(
    'DatasetInvalid',
    `Expected each cell in one place in ${file}, but ${found}: its rows seem to be about several images. ${could}`,
  );
}
