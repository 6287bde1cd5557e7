import { type CellSelection, isFitted } from '../model/cellSelection';
import type { Dataset, Fov, Problem } from '../model/dataset';
import { ExportError, isExportError, toExportError } from '../model/exportError';
import type { LabelImage } from '../model/image';
import { listNames } from '../model/listNames';
import { mapEntry } from '../model/mapEntry';
import type { PlannedItem } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { readLabels } from '../read/readLabels';
import { CellTable } from '../read/table/cellTable';
import { atEdge, doOverlap } from '../select/cropRegion';
import type { ImageScale } from '../select/judgeUnit';
import { type MeasuredCell, measureCells } from '../select/measureCells';
import type { ChosenCell } from '../select/selectCells';
import type { TableFit } from '../select/tableFit';
import { borderNotes, skippedAtBorder } from './borderNotes';
import { CellPlaces } from './cellPlaces';
import { checkUnit } from './checkUnit';
import { chooseCells, choiceWarnings, requireCellTable } from './chooseCells';
import { cropOf, toPixelCenter } from './cropOfCell';
import { noteFit } from './describeFit';
import { fitOfMask } from './fitOfMask';
import {
  type ItemIdentity,
  type PlannedFov,
  planFailure,
  planFov,
  labelBytes,
  planRegion,
  requireMaskSize,
  requireSource,
  toPlannedSource,
} from './planFov';
import { scatterWarnings } from './scatteredCells';

/**
 * The items of single cells, and the table's row of each: chosen in the cell table, FOV by FOV in the dataset's order and within it in the table's;
 * each crop from the cell's centroid or mask. Reads the table and, where there is one, each FOV's cell mask.
 * Fails with `DatasetInvalid`, `ColumnNotFound`, `FilterInvalid` or `SelectionEmpty`.
 * @param only the id of the one item that is wanted, planned as it is among all of them
 * @param table where columns that were read before are kept
 */
export async function planCells(
  recipe: Recipe,
  dataset: Dataset,
  signal?: AbortSignal,
  only?: string,
  table?: CellTable,
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
  const places = await CellPlaces.read(cellTable, known, signal);
  const check: MaskCheck = {
    places,
    fits: [],
    absent: [],
    scattered: [],
    checked: 0,
    outside: 0,
    farOff: 0,
    unreadable: [],
  };
  for (const cells of planned) {
    signal?.throwIfAborted();
    for (const item of await planCellsOfFov(recipe, dataset, cells, check, signal)) items.push(item);
  }
  const rows = new Map(choice.cells.map(({ fov, label, row }) => [`${fov}:${label}`, row]));
  return { items, warnings: [...warnings, ...maskWarnings(check, recipe.cells!)], rows, fits: check.fits };
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

/** How the table's cells agree with the masks, over all FOVs. */
interface MaskCheck {
  /** Of all cells of the table, chosen or not: few of them would say little. */
  readonly places: CellPlaces | undefined;
  readonly fits: TableFit[];
  /** `FOV:LABEL` of cells whose label is not in the mask. */
  readonly absent: string[];
  /** `FOV:LABEL` of cells whose label is in places far apart. */
  readonly scattered: string[];
  /** Cells with a centroid and a mask. */
  checked: number;
  /** Centroids on a pixel that is not the cell's: also those of crescents. */
  outside: number;
  /** Centroids not even in the box around the cell. */
  farOff: number;
  /** Masks that could not be looked at, and that no picture needs. */
  readonly unreadable: Problem[];
}

function maskWarnings(
  { absent, scattered, outside, farOff, checked, unreadable }: MaskCheck,
  selection: CellSelection,
): Problem[] {
  const warnings = [...unreadable];
  if (absent.length > 0) {
    const message = `The labels of ${absent.length} chosen cells are not in their masks (${listNames(absent)}); they fail only where the mask is needed.`;
    warnings.push({ code: 'CellNotFound', message });
  }
  if (outside > 0) {
    const choice = selection.center === 'table' ? ' If pictures do not show their cells, centre them by the mask.' : '';
    const message = `The table's centroids of ${outside} of ${checked} chosen cells do not lie in their masks, ${farOff} of them not even in the box around the cell.${choice}`;
    warnings.push({ code: 'CellOffCenter', message });
  }
  warnings.push(...scatterWarnings(scattered, selection));
  return warnings;
}

async function planCellsOfFov(
  recipe: Recipe,
  dataset: Dataset,
  { cells, identities, plan: planned }: CellsOfFov,
  check: MaskCheck,
  signal?: AbortSignal,
): Promise<PlannedItem[]> {
  if (isExportError(planned)) return identities.map((identity) => planFailure(identity, planned, dataset));
  let mask: FovMask | undefined;
  try {
    mask = await readMaskIfNeeded(recipe, dataset, planned, cells, check, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return identities.map((identity) => planFailure(identity, error, dataset));
  }
  return cells.map((cell, i) => {
    const measured = mask?.cells.get(cell.label);
    if (mask) checkCell(cell, toPixelCenter(cell, dataset, planned), measured, mask.labels, check);
    try {
      return planCell(recipe, dataset, planned, cell, identities[i], mask, measured);
    } catch (error) {
      return planFailure(identities[i], error, dataset);
    }
  });
}

/** A FOV's cell mask, and what it says of the chosen cells. */
interface FovMask {
  readonly labels: LabelImage;
  readonly cells: ReadonlyMap<number, MeasuredCell>;
  /** Where the table does not wholly fit it. */
  readonly note?: string;
}

function needsMask({ crop, center, isolate, onlyFocal }: CellSelection): boolean {
  return isFitted(crop) || center === 'mask' || isolate || onlyFocal;
}

/**
 * The cell mask. A damaged one that no picture needs costs a warning, and no cell; one of another size costs them, also
 * where they are cut out about the table's centroids, which are as a rule those of the mask.
 */
async function readMaskIfNeeded(
  recipe: Recipe,
  dataset: Dataset,
  planned: PlannedFov,
  cells: readonly ChosenCell[],
  check: MaskCheck,
  signal?: AbortSignal,
): Promise<FovMask | undefined> {
  try {
    return await readFovMask(recipe, dataset, planned, cells, check, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const isDrawn = recipe.masks.some(({ name }) => name === dataset.cellTable?.maskName);
    if (isDrawn || needsMask(recipe.cells!) || isExportError(error, 'SizeMismatch')) throw error;
    const { code, message } = toExportError(error);
    check.unreadable.push({ code, message: `${message} No picture needs this mask, so that its cells are made.` });
    return undefined;
  }
}

/** Reads the cell mask if there is one; where it is needed, there must be. */
async function readFovMask(
  recipe: Recipe,
  { cellTable }: Dataset,
  planned: PlannedFov,
  cells: readonly ChosenCell[],
  check: MaskCheck,
  signal?: AbortSignal,
): Promise<FovMask | undefined> {
  const { fov } = planned;
  const name = cellTable?.maskName;
  const isThere = name !== undefined && fov.masks.some((mask) => mask.name === name);
  if (!isThere) {
    if (!needsMask(recipe.cells!)) return undefined;
    if (name !== undefined) requireSource(fov, 'mask', name);
    throw new ExportError(
      'MaskNotFound',
      `Expected the mask of the cells of FOV ${fov.name}, but it is not known which of its masks that is; name it.`,
    );
  }
  const source = requireSource(fov, 'mask', name);
  await requireMaskSize(planned, source);
  const labels = await readLabels(source, { ...(signal && { signal }) });
  const sample = check.places?.sampleOf(fov.name, planned.pixelSize?.um);
  const fit = sample && fitOfMask({ fov: fov.name, mask: source.name }, sample, labels);
  if (fit) check.fits.push(fit);
  // Who colours the mask says it of each picture.
  const isColored = recipe.masks.some((layer) => layer.name === source.name && !isPlainColor(layer.color));
  const note = fit && !isColored ? noteFit(fit) : undefined;
  const wanted = new Set(cells.map((cell) => cell.label));
  return { labels, cells: measureCells(labels, wanted), ...(note !== undefined && { note }) };
}

function checkCell(
  { fov, label }: ChosenCell,
  center: ChosenCell['center'],
  measured: MeasuredCell | undefined,
  { widthPx, heightPx, labels }: LabelImage,
  check: MaskCheck,
): void {
  if (!measured) {
    check.absent.push(`${fov}:${label}`);
    return;
  }
  if (measured.scattered) check.scattered.push(`${fov}:${label}`);
  if (!center) return;
  check.checked++;
  const [x, y] = [Math.floor(center.x + 0.5), Math.floor(center.y + 0.5)];
  const isInImage = x >= 0 && y >= 0 && x < widthPx && y < heightPx;
  if (isInImage && labels[y * widthPx + x] === label) return;
  check.outside++;
  if (!doOverlap({ x, y, widthPx: 1, heightPx: 1 }, measured.box)) check.farOff++;
}

function planCell(
  recipe: Recipe,
  dataset: Dataset,
  planned: PlannedFov,
  cell: ChosenCell,
  identity: ItemIdentity,
  mask: FovMask | undefined,
  measured: MeasuredCell | undefined,
): PlannedItem {
  const { fov, label } = cell;
  const selection = recipe.cells!;
  if (needsMask(selection) && !measured) {
    throw new ExportError(
      'CellNotFound',
      `Expected label ${label} in the cell mask of FOV ${fov}, but it is not there.`,
    );
  }
  const { region: wanted, keepClear, notes: cropNotes } = cropOf(selection, dataset, planned, cell, measured);
  if (!doOverlap(wanted, { x: 0, y: 0, widthPx: planned.widthPx, heightPx: planned.heightPx })) {
    throw new ExportError(
      'CellNotFound',
      `Expected cell ${label} in FOV ${fov}, which is ${planned.widthPx} × ${planned.heightPx} pixels, but its picture would lie wholly outside, at x ${wanted.x}, y ${wanted.y}.`,
    );
  }
  const region = atEdge(wanted, planned, selection.edge);
  const item = planRegion(recipe, dataset, planned, identity, region ?? wanted);
  const fitNotes = mask?.note === undefined ? [] : [mask.note];
  const notes = [...cropNotes, ...fitNotes, ...borderNotes(wanted, region, planned)];
  const maskName = dataset.cellTable?.maskName;
  const isOneMore = selection.isolate && !recipe.masks.some(({ name }) => name === maskName);
  return {
    ...item,
    ...(isOneMore && { decodedBytes: planned.decodedBytes + planned.widthPx * planned.heightPx * labelBytes }),
    ...(keepClear && { keepClear }),
    ...(mask &&
      maskName !== undefined && { cellMask: toPlannedSource(requireSource(planned.fov, 'mask', maskName), dataset) }),
    ...(notes.length > 0 && { note: notes.join('; ') }),
    ...(!region && !item.error && { skip: skippedAtBorder }),
  };
}
