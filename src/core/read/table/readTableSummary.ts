import { stat } from 'node:fs/promises';
import type { Problem, TableSummary } from '../../model/dataset';
import { toExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { scanRows } from './scanRows';

/**
 * The columns of a cell table and how many rows it has, streamed, so that a million rows cost no memory.
 * @param warnings gets why a table cannot be read, which is no failure, and which columns of one cannot
 * @returns `undefined` if there is no such file, or if it cannot be read
 */
export async function readTableSummary(file: string, warnings: Problem[]): Promise<TableSummary | undefined> {
  if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined;
  try {
    const { rows, columns, unread = [] } = await scanRows(file, []);
    if (unread.length > 0) warnings.push(unreadColumns(file, unread));
    return { file, rows, columns };
  } catch (error) {
    const { code, message } = toExportError(error);
    warnings.push({ code, message });
    return undefined;
  }
}

function unreadColumns(file: string, unread: readonly string[]): Problem {
  return {
    code: 'ColumnNotFound',
    message: `Expected to read every column of ${file}, but had to leave some out: ${listNames(unread)}.`,
  };
}
