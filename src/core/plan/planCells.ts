import { type CellSelection, isFitted } from '../model/cellSelection';
import type { Dataset, Fov, Problem } from '../model/dataset';
import { ExportError, isExportError, toExportError } from '../model/exportError';
import { mapEntry } from '../model/mapEntry';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { labelBytes } from '../read/scanLabels';
import { CellTable } from '../read/table/cellTable';
import { atEdge, doOverlap } from '../select/cropRegion';
import type { ImageScale } from '../select/judgeUnit';
import type { MeasuredCell } from '../select/measureCells';
import type { ChosenCell } from '../select/selectCells';
import type { TableFit } from '../select/tableFit';
import { borderNotes, skippedAtBorder } from './borderNotes';
import { CellCheck, type FovMask, needsMask } from './cellCheck';
import { CellPlaces } from './table/cellPlaces';
import { checkUnit } from './table/checkUnit';
import { chooseCells, choiceWarnings, requireCellTable } from './table/chooseCells';
import { cropOf, toPixelCenter } from './cropOfCell';
import { type ItemIdentity, type PlannedFov, planFailure, planFov, planRegion } from './planFov';
import { withNote } from './withNote';

/** How items are planned. */
export interface PlanningOptions {
  readonly signal?: AbortSignal | undefined;
  /** The id of the one cell or ROI that is wanted, planned as it is among all of them. */
  readonly only?: string | undefined;
  /** Where columns of the cell table that were read before are kept. */
  readonly table?: CellTable | undefined;
}

/**
 * The items of single cells, and the table's row of each: chosen in the cell table, FOV by FOV in the dataset's order and within it in the table's;
 * each crop from the cell's centroid or mask. Reads the table and, where there is one, each FOV's cell mask.
 * Fails with `DatasetInvalid`, `ColumnNotFound`, `FilterInvalid` or `SelectionEmpty`.
 */
export async function planCells(
  recipe: Recipe,
  dataset: Dataset,
  { signal, only, table }: PlanningOptions = {},
): Promise<{ items: PlannedItem[]; warnings: Problem[]; rows: ReadonlyMap<string, number>; fits: TableFit[] }> {
  const cellTable = requireCellTable(dataset);
  const known = table ?? new CellTable(cellTable.file);
  const choice = await chooseCells(recipe, dataset, known, signal);
  const warnings = choiceWarnings(choice, dataset);
  if (choice.cells.length === 0) {
    throw new ExportError(
      'SelectionEmpty',
      `Expected cells that fit the selection in ${cellTable.file}, but found none among its ${cellTable.rows} rows.${warnings.map(({ message }) => ` ${message}`).join('')}`,
    );
  }
  const byFov = new Map<string, ChosenCell[]>();
  for (const cell of choice.cells) mapEntry(byFov, cell.fov, () => []).push(cell);
  const planned: CellsOfFov[] = [];
  let before = 0;
  for (const fov of dataset.fovs) {
    const cells = byFov.get(fov.name);
    if (!cells) continue;
    signal?.throwIfAborted();
    const identities = cells.map(({ label }, i) => {
      return { id: `${fov.name}:${label}`, fov: fov.name, label, files: [], index: before + i + 1 };
    });
    before += cells.length;
    const wanted = cells.filter((_, i) => only === undefined || identities[i].id === only);
    const wantedIds = identities.filter(({ id }) => only === undefined || id === only);
    if (wanted.length === 0) continue;
    planned.push({ cells: wanted, identities: wantedIds, plan: await tryPlanFov(recipe, dataset, fov) });
  }
  // Before masks are read, which takes long where there are many.
  const scales = planned.flatMap(({ plan }) => (isExportError(plan) ? [] : [scaleOf(plan)]));
  warnings.push(...checkUnit(cellTable, choice.table, new Map(scales), isPlacedByCentroid(recipe.cells!)));
  const items: PlannedItem[] = [];
  const check = new CellCheck(recipe, dataset, await CellPlaces.read(cellTable, known, signal));
  for (const cells of planned) {
    signal?.throwIfAborted();
    for (const item of await planCellsOfFov(recipe, dataset, cells, { check, signal })) items.push(item);
  }
  const rows = new Map(choice.cells.map(({ fov, label, row }) => [`${fov}:${label}`, row]));
  const note = choice.inPlaces?.note;
  const noted = note === undefined ? items : items.map((item) => withNote(item, note));
  return { items: noted, warnings: [...warnings, ...check.warnings()], rows, fits: check.fits };
}

/** The chosen cells of one FOV, and what is known of it, or why that cannot be made out. */
interface CellsOfFov {
  readonly cells: readonly ChosenCell[];
  readonly identities: readonly ItemIdentity[];
  readonly plan: PlannedFov | ExportError;
}

async function tryPlanFov(recipe: Recipe, dataset: Dataset, fov: Fov): Promise<PlannedFov | ExportError> {
  try {
    return await planFov(recipe, dataset, fov);
  } catch (error) {
    return toExportError(error);
  }
}

function scaleOf({ fov, widthPx, heightPx, pixelSize }: PlannedFov): readonly [fov: string, scale: ImageScale] {
  return [fov.name, { widthPx, heightPx, ...(pixelSize && { pixelSizeUm: pixelSize.um }) }];
}

function isPlacedByCentroid({ crop, center }: CellSelection): boolean {
  return !isFitted(crop) && center === 'table';
}

async function planCellsOfFov(
  recipe: Recipe,
  dataset: Dataset,
  { cells, identities, plan: planned }: CellsOfFov,
  { check, signal }: { readonly check: CellCheck; readonly signal: AbortSignal | undefined },
): Promise<PlannedItem[]> {
  if (isExportError(planned)) return identities.map((identity) => planFailure(identity, planned, dataset));
  let mask: FovMask | undefined;
  try {
    mask = await check.readMask(planned, cells, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return identities.map((identity) => planFailure(identity, error, dataset));
  }
  return cells.map((cell, i) => {
    const measured = mask?.cells.get(cell.label);
    if (mask) check.look(cell, toPixelCenter(cell, dataset, planned), mask);
    try {
      return planCell(recipe, dataset, planned, { cell, identity: identities[i], mask, measured });
    } catch (error) {
      return planFailure(identities[i], error, dataset);
    }
  });
}

/** A cell, the item that it becomes, and what its mask says of it. */
interface KnownCell {
  readonly cell: ChosenCell;
  readonly identity: ItemIdentity;
  readonly mask: FovMask | undefined;
  readonly measured: MeasuredCell | undefined;
}

function planCell(
  recipe: Recipe,
  dataset: Dataset,
  planned: PlannedFov,
  { cell, identity, mask, measured }: KnownCell,
): PlannedItem {
  const { fov, label } = cell;
  const selection = recipe.cells!;
  if (needsMask(selection) && !measured) {
    throw new ExportError(
      'CellNotFound',
      `Expected label ${label} in the cell mask of FOV ${fov}, but it is not there.`,
    );
  }
  const { region: wanted, keepClear, notes: cropNotes } = cropOf(selection, dataset, planned, { cell, measured });
  if (!doOverlap(wanted, { x: 0, y: 0, widthPx: planned.widthPx, heightPx: planned.heightPx })) {
    throw new ExportError(
      'CellNotFound',
      `Expected cell ${label} in FOV ${fov}, which is ${planned.widthPx} × ${planned.heightPx} pixels, but its picture would lie wholly outside, at x ${wanted.x}, y ${wanted.y}.`,
    );
  }
  const region = atEdge(wanted, planned, selection.edge);
  const item = planRegion(recipe, dataset, planned, { identity, region: region ?? wanted });
  const fitNotes = mask?.note === undefined ? [] : [mask.note];
  const notes = [...cropNotes, ...fitNotes, ...borderNotes(wanted, region, planned)];
  const maskName = dataset.cellTable?.maskName;
  // Of this mask nobody has looked at the blocks: it counts whole.
  const isOneMore = selection.isolate && !recipe.masks.some(({ name }) => name === maskName);
  return {
    ...item,
    ...(isOneMore && withOneMore(item, planned)),
    ...(keepClear && { keepClear }),
    ...(mask && { cellMask: mask.source }),
    ...(notes.length > 0 && { note: notes.join('; ') }),
    ...(!region && !item.error && { skip: skippedAtBorder }),
  };
}

/** What an item takes with one more mask. */
function withOneMore(
  { decodedBytes = 0, heldBytes }: PlannedItem,
  { widthPx, heightPx }: PlannedFov,
): Pick<PlannedItem, 'decodedBytes' | 'heldBytes'> {
  const bytes = widthPx * heightPx * labelBytes;
  return { decodedBytes: decodedBytes + bytes, ...(heldBytes !== undefined && { heldBytes: heldBytes + bytes }) };
}
