import path from 'node:path';
import type { CellColumn } from '../../model/cellColumn';
import type { CellTableReference, CellTableSummary, Dataset, Problem } from '../../model/dataset';
import { ExportError } from '../../model/exportError';
import { fovOfRow } from '../../model/fovOfRow';
import { listNames } from '../../model/listNames';
import type { ItemList } from '../../model/itemList';
import { recipeOfItem } from '../../model/plan';
import { isPlainColor, type Recipe } from '../../model/recipe';
import type { CellTable, CellTableColumns } from '../../read/table/cellTable';
import { placeColumns } from '../../read/table/placeColumns';
import { applyFilter } from '../../select/applyFilter';
import { checkFilterColumns } from '../../select/checkFilterColumns';
import { parseFilter } from '../../select/parseFilter';
import { type CellChoice, type CellColumns, selectCells } from '../../select/selectCells';
import { selectFovs } from '../../select/selectFovs';
import { placesOnSlides } from '../findSlides';
import { type CellsInPlaces, requireOneImage } from './requireOneImage';

/** The dataset's cell table; `DatasetInvalid` says why there is none, `ColumnNotFound` why its rows are about no cells. */
export function requireCellTable({ folder, cellTable, cellTableProblem }: Dataset): CellTableSummary {
  if (cellTable) return requireCellRows(cellTable);
  throw new ExportError(
    'DatasetInvalid',
    cellTableProblem ?? `Expected a cell table in ${folder} to choose cells from, but found none.`,
  );
}

/** A table of which it is known what cell each row is about; else `ColumnNotFound`. */
export function requireCellRows(cellTable: CellTableSummary): CellTableSummary {
  if (cellTable.problem) throw new ExportError('ColumnNotFound', cellTable.problem.message);
  return cellTable;
}

/** The cells that a recipe means, and the columns that say so. */
export interface ChosenCells extends CellChoice {
  readonly table: CellColumns;
  /** What is to be said of cells that the table puts in several places. */
  readonly inPlaces?: CellsInPlaces;
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
): Promise<ChosenCells> {
  const cells = recipe.cells!;
  const cellTable = requireCellTable(dataset);
  const { file, roles, columns: columnNames, labelProblem } = cellTable;
  const filter = cells.where === undefined ? undefined : parseFilter(cells.where);
  const { per = [], range } = cells.sample ?? {};
  const centers = [roles.x, roles.y].filter((name) => name !== undefined);
  if (filter) checkFilterColumns(filter, columnNames);
  const labels = labelProblem ? [] : [roles.label];
  // Areas, too, which `CellPlaces` asks for: the table is read once.
  const names = new Set([...labels, ...centers, ...placeColumns(cellTable), ...(filter?.columns ?? []), ...per]);
  if (range !== undefined) names.add(range);
  const { rows, columns, asWritten } = await table.read(names, roles.fov === undefined ? [] : [roles.fov], signal);
  if (range !== undefined && columns.get(range)!.kind === 'text') {
    throw new ExportError(
      'DatasetInvalid',
      `Expected numbers in column ${range} of ${file} to sample its range, but found texts.`,
    );
  }
  const cellColumns = { ...columnsOfCells(cellTable, rows, columns, asWritten), others: columns };
  const onSlides = cells.slides && placesOnSlides(cells.slides, dataset);
  const fovs = selectFovs(recipe.fovs, dataset).filter(({ name }) => onSlides?.has(name) ?? true);
  const chosen = new Set(fovs.map((fov) => fov.name));
  const choice = selectCells(
    cells,
    cellColumns,
    { known: new Set(dataset.fovs.map((fov) => fov.name)), chosen },
    filter && applyFilter(filter, columns, rows),
  );
  const isAllowed = recipe.allowMismatch ?? false;
  const inPlaces =
    choice.repeats > 0 ? await requireOneImage(cellTable, cellColumns, chosen, { isAllowed, signal }) : undefined;
  return { ...choice, table: cellColumns, ...(inPlaces && { inPlaces }) };
}

/** What says of each row which cell it is about and where that is. */
function columnsOfCells(
  cellTable: CellTableSummary,
  rows: number,
  columns: CellTableColumns['columns'],
  asWritten: CellTableColumns['asWritten'],
): Omit<CellColumns, 'others'> {
  const { roles, labelProblem } = cellTable;
  const [x, y] = [roles.x, roles.y].map((name) => (name === undefined ? undefined : columns.get(name)));
  return {
    rows,
    fov: fovColumn(cellTable, rows, asWritten),
    label: labelProblem ? numbered(rows) : columns.get(roles.label)!,
    ...(x && { x }),
    ...(y && { y }),
  };
}

/**
 * Sees to it that a table that colours masks of these items is about one image in each of the recipe's FOVs; see
 * `requireOneImage`. Of single cells `chooseCells` has seen to it.
 */
export async function requireOneImageOf(
  recipe: Recipe,
  dataset: Dataset,
  items: ItemList,
  { table, signal }: { readonly table: CellTable | undefined; readonly signal?: AbortSignal | undefined },
): Promise<CellsInPlaces | undefined> {
  const { cellTable } = dataset;
  // Why a table cannot be used is said where it is.
  if (recipe.mode === 'cells' || !table || !cellTable || cellTable.problem || cellTable.labelProblem) return undefined;
  const { roles } = cellTable;
  const isColored = items
    .kinds()
    .some((item) => recipeOfItem(recipe, item).masks.some(({ color }) => !isPlainColor(color)));
  if (!isColored) return undefined;
  const names = [roles.label, ...placeColumns(cellTable)];
  const { rows, columns, asWritten } = await table.read(names, roles.fov === undefined ? [] : [roles.fov], signal);
  const found = { ...columnsOfCells(cellTable, rows, columns, asWritten), others: columns };
  const fovs = new Set(selectFovs(recipe.fovs, dataset).map(({ name }) => name));
  return requireOneImage(cellTable, found, fovs, { isAllowed: recipe.allowMismatch ?? false, signal });
}

/** Cells without labels have the numbers of their rows. */
function numbered(rows: number): CellColumn {
  return { kind: 'number', name: 'row', values: Float64Array.from({ length: rows }, (_, row) => row + 1) };
}

/** The FOV of each row, by its name in the dataset if it is there. */
export function fovColumn(
  { roles, fov, fovs }: CellTableReference,
  rows: number,
  asWritten: CellTableColumns['asWritten'],
): CellColumn {
  if (roles.fov === undefined) return { kind: 'text', name: 'fov', codes: new Int32Array(rows), texts: [fov ?? ''] };
  const column = asWritten.get(roles.fov)!;
  const known = new Set(fovs);
  return { ...column, texts: column.texts.map((text) => fovOfRow(text, known)) };
}

/** What the user should know of a choice. */
export function choiceWarnings(
  { unknownFovs, badLabels, repeats, missingLabels, inPlaces }: CellChoice & Pick<ChosenCells, 'inPlaces'>,
  dataset: Dataset,
): Problem[] {
  const table = path.basename(requireCellTable(dataset).file);
  const warnings: Problem[] = inPlaces ? [inPlaces.problem] : [];
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
