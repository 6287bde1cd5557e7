import path from 'node:path';
import type { CellTableReference, Dataset, Problem, TableSummary } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { Recipe } from '../model/recipe';
import type { CellTable } from '../read/table/cellTable';
import { applyFilter } from '../select/applyFilter';
import { checkFilterColumns } from '../select/checkFilterColumns';
import { parseFilter } from '../select/parseFilter';
import { type CellChoice, selectCells } from '../select/selectCells';
import { selectFovs } from '../select/selectFovs';

/** The dataset's cell table; `DatasetInvalid` says why there is none. */
export function requireCellTable({ folder, cellTable, cellTableProblem }: Dataset): TableSummary & CellTableReference {
  if (cellTable) return cellTable;
  throw new ExportError(
    'DatasetInvalid',
    cellTableProblem ?? `Expected a cell table in ${folder} to choose cells from, but found none.`,
  );
}

/**
 * The cells that a recipe means, from the table alone.
 * Fails with `DatasetInvalid`, `ColumnNotFound`, `FilterInvalid`, or `SelectionEmpty` for a FOV that is not there.
 */
export async function chooseCells(
  recipe: Recipe,
  dataset: Dataset,
  table: CellTable,
  signal?: AbortSignal,
): Promise<CellChoice> {
  const cells = recipe.cells!;
  const { file, roles, columns: columnNames } = requireCellTable(dataset);
  const filter = cells.where === undefined ? undefined : parseFilter(cells.where);
  const { per = [], range } = cells.sample ?? {};
  const centers = [roles.x, roles.y].filter((name) => name !== undefined);
  if (filter) checkFilterColumns(filter, columnNames);
  const names = new Set([roles.label, ...centers, ...(filter?.columns ?? []), ...per]);
  if (range !== undefined) names.add(range);
  const { rows, columns, asWritten } = await table.read(names, [roles.fov], signal);
  if (range !== undefined && columns.get(range)!.kind === 'text') {
    throw new ExportError(
      'DatasetInvalid',
      `Expected numbers in column ${range} of ${file} to sample its range, but found texts.`,
    );
  }
  const [x, y] = [roles.x, roles.y].map((name) => (name === undefined ? undefined : columns.get(name)));
  return selectCells(
    cells,
    {
      rows,
      fov: asWritten.get(roles.fov)!,
      label: columns.get(roles.label)!,
      ...(x && { x }),
      ...(y && { y }),
      others: columns,
    },
    new Set(dataset.fovs.map((fov) => fov.name)),
    new Set(selectFovs(recipe.fovs, dataset).map((fov) => fov.name)),
    filter && applyFilter(filter, columns, rows),
  );
}

/** What the user should know of a choice. */
export function choiceWarnings(
  { unknownFovs, badLabels, repeats, missingLabels }: CellChoice,
  dataset: Dataset,
): Problem[] {
  const table = path.basename(requireCellTable(dataset).file);
  const warnings: Problem[] = [];
  const warn = (message: string): void => {
    warnings.push({ code: 'CellNotFound', message });
  };
  const unknownRows = [...unknownFovs.values()].reduce((sum, rows) => sum + rows, 0);
  if (unknownRows > 0) {
    warn(
      `${unknownRows} rows of ${table} are about FOVs that the dataset does not have (${listNames([...unknownFovs.keys()])}).`,
    );
  }
  if (badLabels > 0) warn(`${badLabels} rows of ${table} have no whole number above 0 as their label.`);
  if (repeats > 0) warn(`${repeats} rows of ${table} are about a cell that an earlier row is about; the first counts.`);
  if (missingLabels.length > 0) warn(`${table} has no row for ${listNames(missingLabels)}.`);
  return warnings;
}
