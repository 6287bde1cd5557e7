import type { CellTableSummary } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import { findTellingColumns } from '../read/table/findTellingColumns';

/**
 * A `TableMismatch` of a table that names no FOV, with the columns that could: its rows may be about another image, or about
 * several. Any other error as it is. Reads the table once.
 */
export async function nameTellingColumns(
  error: unknown,
  cellTable: CellTableSummary | undefined,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!isExportError(error, 'TableMismatch') || !cellTable || cellTable.roles.fov !== undefined) return error;
  const known = Object.values(cellTable.roles).filter((name) => name !== undefined);
  const telling = await findTellingColumns(cellTable, [], known, signal);
  if (telling.length === 0) return error;
  return new ExportError(
    'TableMismatch',
    `${error.message} No column says the FOV of a row; these could tell images apart: ${listNames(telling)}. --columns fov=NAME names the one that has the FOV's name.`,
    error.details,
    error,
  );
}
