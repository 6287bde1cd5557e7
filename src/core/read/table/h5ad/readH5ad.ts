import path from 'node:path';
import { stat } from 'node:fs/promises';
import type { CellColumn } from '../../../model/cellColumn';
import { ExportError, messageOf } from '../../../model/exportError';
import { listNames } from '../../../model/listNames';
import { DamagedTable } from '../damagedTable';
import type { TableFacts } from '../scanTable';
import { type H5adTable, h5adTable } from './h5adColumns';
import { withHdf5 } from './openHdf5';

/** Whether a table is meant to be AnnData, by its name. */
export function isH5ad(file: string): boolean {
  return /^\.(?:h5ad|h5)$/i.test(path.extname(file));
}

/** What columns of an AnnData file hold. */
export interface H5adContent {
  readonly facts: TableFacts;
  /** In the order in which they were asked for. */
  readonly columns: readonly CellColumn[];
}

/**
 * Reads columns of an AnnData file, and nothing else of it; memory follows what is read.
 * @throws ExportError `ColumnNotFound`, or `DatasetInvalid` if it cannot be read, is something else, or is damaged
 */
export async function readH5ad(file: string, names: readonly string[]): Promise<H5adContent> {
  if (!(await stat(file).catch(() => undefined))?.isFile()) {
    throw new ExportError('DatasetInvalid', `Expected a cell table at ${file}, but there is no such file.`);
  }
  try {
    return await withHdf5(file, (root) => {
      const table = h5adTable(root);
      const facts: TableFacts = {
        rows: table.rows,
        columns: table.columns.map(({ name }) => name),
        encoding: 'utf-8',
        delimiter: ',',
      };
      return { facts, columns: names.map((name) => readColumn(file, table, name)) };
    });
  } catch (error) {
    if (!(error instanceof DamagedTable)) throw error;
    throw new ExportError('DatasetInvalid', `Expected an AnnData table in ${file}, but ${messageOf(error)}.`);
  }
}

function readColumn(file: string, { columns }: H5adTable, name: string): CellColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (column) return { ...column.read(), name };
  throw new ExportError(
    'ColumnNotFound',
    `Expected column ${name} in ${file}, but found ${listNames(columns.map((each) => each.name))}.`,
  );
}

/** A column's values as texts, as a CSV file has them; a missing one is empty. */
export function asTexts(column: CellColumn): Extract<CellColumn, { kind: 'text' }> {
  if (column.kind === 'text') {
    if (!column.codes.includes(-1)) return column;
    const missing = column.texts.length;
    return { ...column, codes: column.codes.map((code) => (code < 0 ? missing : code)), texts: [...column.texts, ''] };
  }
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(column.values, (value) => {
    const text = Number.isNaN(value) ? '' : String(value);
    const code = codeOf.get(text) ?? codeOf.size;
    codeOf.set(text, code);
    return code;
  });
  return { kind: 'text', name: column.name, codes, texts: [...codeOf.keys()] };
}
