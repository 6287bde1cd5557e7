import { asTexts, isH5ad, readH5ad } from './h5ad/readH5ad';
import { namesOf, scanTable, type TableFacts, type WantedColumns } from './scanTable';

/**
 * Goes through the rows of a cell table, be it delimited text or AnnData; see `scanTable` and `readH5ad`.
 * @param onRow is given the texts of the wanted columns, in their order; `''` for a missing value
 */
export async function scanRows(
  file: string,
  columns: WantedColumns,
  onRow?: (values: readonly string[]) => void,
  signal?: AbortSignal,
): Promise<TableFacts> {
  if (!isH5ad(file)) return scanTable(file, columns, onRow, { signal });
  const isOpen = typeof columns === 'function';
  const asked = isOpen ? namesOf(columns, (await readH5ad(file, [], signal)).facts.columns) : columns;
  const { facts, columns: found } = await readH5ad(file, asked, signal);
  const texts = found.map(asTexts);
  for (let row = 0; onRow && row < facts.rows; row++) onRow(texts.map((column) => column.texts[column.codes[row]]));
  return facts;
}
