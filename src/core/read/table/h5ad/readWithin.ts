import type { CellColumn } from '../../../model/cellColumn';
import { ExportError, messageOf } from '../../../model/exportError';
import { listNames } from '../../../model/listNames';
import { DamagedTable } from '../damagedTable';
import type { TableFacts } from '../scanTable';
import { type H5adTable, h5adTable } from './h5adColumns';
import { withHdf5 } from './openHdf5';

/** What columns of an AnnData file hold. */
export interface H5adContent {
  readonly facts: TableFacts;
  /** In the order in which they were asked for. */
  readonly columns: readonly CellColumn[];
}

/** Reads columns of an AnnData file within this thread; see `readH5ad`. */
export async function readWithin(file: string, names: readonly string[]): Promise<H5adContent> {
  try {
    return await withHdf5(file, (root) => {
      const table = h5adTable(root);
      const facts: TableFacts = {
        rows: table.rows,
        columns: table.columns.map(({ name }) => name),
        encoding: 'utf-8',
        delimiter: ',',
        unread: [...table.unread].map(([name, why]) => `${name} ${why}`),
      };
      return { facts, columns: names.map((name) => readColumn(file, table, name)) };
    });
  } catch (error) {
    if (!(error instanceof DamagedTable)) throw error;
    throw new ExportError('DatasetInvalid', `Expected an AnnData table in ${file}, but ${messageOf(error)}.`);
  }
}

function readColumn(file: string, { columns, unread }: H5adTable, name: string): CellColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (column) return { ...column.read(), name };
  const why = unread.get(name);
  if (why !== undefined) throw new ExportError('ColumnNotFound', `Expected column ${name} in ${file}, but it ${why}.`);
  throw new ExportError(
    'ColumnNotFound',
    `Expected column ${name} in ${file}, but found ${listNames(columns.map((each) => each.name))}.`,
  );
}
