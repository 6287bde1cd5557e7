import { stat } from 'node:fs/promises';
import type { Problem, TableSummary } from '../../model/dataset';
import { toExportError } from '../../model/exportError';
import { scanRows } from './scanRows';

/**
 * The columns of a cell table and how many rows it has, streamed, so that a million rows cost no memory.
 * @returns `undefined` if there is no such file; a table that cannot be read is a warning and not a failure
 */
export async function readTableSummary(file: string, warnings: Problem[]): Promise<TableSummary | undefined> {
  if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined;
  try {
    const { rows, columns } = await scanRows(file, []);
    return { file, rows, columns };
  } catch (error) {
    const { code, message } = toExportError(error);
    warnings.push({ code, message });
    return undefined;
  }
}
