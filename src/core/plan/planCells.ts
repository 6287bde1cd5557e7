import { type CellSelection, isFitted } from '../model/cellSelection';
import type { Dataset, Problem } from '../model/dataset';
import { ExportError, isExportError, toExportError } from '../model/exportError';
import type { Region } from '../model/image';
import { mapEntry } from '../model/mapEntry';
import { ItemList } from '../model/itemList';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { labelBytes } from '../read/scanLabels';
import { CellTable } from '../read/table/cellTable';
import { atEdge, doOverlap, squareAbout } from '../select/cropRegion';
import type { ImageScale } from '../select/judgeUnit';
import type { ChosenCell } from '../select/selectCells';
import type { TableFit } from '../select/tableFit';
import { borderNotes, skippedAtBorder } from './borderNotes';
import { CellCheck, type FovMask, needsMask } from './cellCheck';
import { type CellImage, fovAsImage, slideAsImage, type SlidePlanning } from './cellImage';
import { CellPlaces } from './table/cellPlaces';
import { checkUnit } from './table/checkUnit';
import { chooseCells, choiceWarnings, requireCellTable } from './table/chooseCells';
import { cropOf, toPixelCenter } from './cropOfCell';
import { type PlaceOnSlide, placesOnSlides } from './findSlides';
import { type ItemIdentity, type PlannedFov, planFailure, planFov } from './planFov';
import { KnownOfSlides, pixelSizeOfSlide } from './planSlide';
import { SeamCells } from './seamCells';
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
): Promise<{ items: ItemList; warnings: Problem[]; rows: readonly number[]; fits: TableFit[] }> {
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
  const places = placesOnSlides(recipe.cells!.slides ?? [], dataset);
  const looked = new KnownOfSlides(dataset);
  const planned: CellsOfFov[] = [];
  let before = 0;
  for (const fov of dataset.fovs) {
    const cells = byFov.get(fov.name);
    if (!cells) continue;
    signal?.throwIfAborted();
    const place = places.get(fov.name);
    const one = only === undefined ? -1 : cells.findIndex(({ label }) => idOfCell(fov.name, label) === only);
    const [wanted, firstIndex] =
      only === undefined ? [cells, before + 1] : [cells.slice(one, one + 1), before + one + 1];
    before += cells.length;
    if (only !== undefined && one < 0) continue;
    const plan = await mapEntry(looked.fovs, fov.name, () => planFov(recipe, dataset, fov)).catch(toExportError);
    planned.push({ fov: fov.name, cells: wanted, firstIndex, plan: withSlide(recipe, plan, place), place });
  }
  // Before masks are read, which takes long where there are many.
  const scales = planned.flatMap(({ plan }) => (isExportError(plan) ? [] : [scaleOf(plan)]));
  warnings.push(...checkUnit(cellTable, choice.table, new Map(scales), isPlacedByCentroid(recipe.cells!)));
  const seams = await findSeamCells(recipe, dataset, planned, { known: looked, signal });
  const check = new CellCheck(recipe, dataset, await CellPlaces.read(cellTable, known, signal));
  const note = choice.inPlaces?.note;
  const items = await ItemList.gather(async (add) => {
    for (const cells of planned) {
      signal?.throwIfAborted();
      const found = await planCellsOfFov(recipe, dataset, cells, { check, known: looked, seams, signal });
      for (const item of found) add(note === undefined ? item : withNote(item, note));
    }
  });
  const rows = planned.flatMap(({ cells }) => cells.map(({ row }) => row));
  return { items, warnings: [...warnings, ...check.warnings()], rows, fits: check.fits };
}

function idOfCell(fov: string, label: number): string {
  return `${fov}:${label}`;
}

/** The chosen cells of one FOV, and what is known of it, or why that cannot be made out. */
interface CellsOfFov {
  readonly fov: string;
  readonly cells: readonly ChosenCell[];
  /** The place of the first one among the items, from 1; the others follow. */
  readonly firstIndex: number;
  readonly plan: PlannedFov | ExportError;
  /** Where they are cut out of a slide. */
  readonly place: PlaceOnSlide | undefined;
}

/** On a slide, the pixels of all FOVs are as large as it says; see `planSlideRegion`. */
function withSlide(
  recipe: Recipe,
  plan: PlannedFov | ExportError,
  place: PlaceOnSlide | undefined,
): PlannedFov | ExportError {
  if (!place || isExportError(plan)) return plan;
  return { ...plan, pixelSize: pixelSizeOfSlide(recipe, place.slide) };
}

/** What of the chosen cells lies beyond the seams of their FOVs, as far as a picture depends on masks. */
async function findSeamCells(
  recipe: Recipe,
  dataset: Dataset,
  planned: readonly CellsOfFov[],
  { known, signal }: { readonly known: KnownOfSlides; readonly signal: AbortSignal | undefined },
): Promise<SeamCells> {
  const mask = dataset.cellTable?.maskName;
  const onSlides = planned.flatMap(({ cells, place }) => (place ? [{ cells, place }] : []));
  if (mask === undefined || onSlides.length === 0 || !needsMask(recipe.cells!)) return new SeamCells();
  return SeamCells.find(onSlides, { known, mask, signal });
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
  ofFov: CellsOfFov,
  { check, ...planning }: Omit<SlidePlanning, 'cellMask'> & { readonly check: CellCheck },
): Promise<PlannedItem[]> {
  const { signal } = planning;
  const { cells, plan: planned, place } = ofFov;
  const identities = identitiesOf(ofFov);
  if (isExportError(planned)) return identities.map((identity) => planFailure(identity, planned, dataset));
  let mask: FovMask | undefined;
  try {
    mask = await check.readMask(planned, cells, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return identities.map((identity) => planFailure(identity, error, dataset));
  }
  const image = place
    ? slideAsImage(recipe, dataset, place, { ...planning, cellMask: mask?.source.name })
    : fovAsImage(recipe, dataset, planned);
  const items: PlannedItem[] = [];
  for (const [i, cell] of cells.entries()) {
    if (mask) check.look(cell, toPixelCenter(cell, dataset, planned), mask);
    try {
      items.push(await planCell(recipe, dataset, planned, { cell, identity: identities[i], mask, image }));
    } catch (error) {
      signal?.throwIfAborted();
      items.push(planFailure(identities[i], error, dataset));
    }
  }
  return items;
}

function identitiesOf({ fov, cells, firstIndex, place }: CellsOfFov): ItemIdentity[] {
  const ofSlide = place && { slide: place.slide.id };
  return cells.map(({ label }, i) => {
    return { id: idOfCell(fov, label), fov, ...ofSlide, label, files: [], index: firstIndex + i };
  });
}

/** A cell, the item that it becomes, and what its mask says of it. */
interface KnownCell {
  readonly cell: ChosenCell;
  readonly identity: ItemIdentity;
  readonly mask: FovMask | undefined;
  /** What it is cut out of. */
  readonly image: CellImage;
}

async function planCell(
  recipe: Recipe,
  dataset: Dataset,
  planned: PlannedFov,
  { cell, identity, mask, image }: KnownCell,
): Promise<PlannedItem> {
  const { fov, label } = cell;
  const selection = recipe.cells!;
  const inFov = mask?.cells.get(label);
  if (needsMask(selection) && !inFov) {
    throw new ExportError(
      'CellNotFound',
      `Expected label ${label} in the cell mask of FOV ${fov}, but it is not there.`,
    );
  }
  const measured = inFov && image.whole(cell, inFov);
  const crop = cropOf(selection, dataset, planned, { cell, measured, at: image.at });
  const { region: wanted, keepClear } = crop;
  const { widthPx, heightPx } = image;
  if (!doOverlap(wanted, { x: 0, y: 0, widthPx, heightPx })) {
    throw new ExportError(
      'CellNotFound',
      `Expected cell ${label} in ${image.what}, which is ${widthPx} × ${heightPx} pixels, but its picture would lie wholly outside, at x ${wanted.x}, y ${wanted.y}.`,
    );
  }
  const placeNotes = image.notesAt(cell, inFov?.box ?? pixelAbout(toPixelCenter(cell, dataset, planned)));
  const region = atEdge(wanted, image, selection.edge);
  const item = await image.plan({ identity, region: region ?? wanted });
  const fitNotes = mask?.note === undefined ? [] : [mask.note];
  const tileNotes = item.note === undefined ? [] : [item.note];
  const notes = [...placeNotes, ...tileNotes, ...crop.notes, ...fitNotes, ...borderNotes(wanted, region, image)];
  const maskName = dataset.cellTable?.maskName;
  // Of this mask nobody has looked at the blocks: it counts whole.
  const isOneMore = !item.tiles && selection.isolate && !recipe.masks.some(({ name }) => name === maskName);
  return {
    ...item,
    ...(isOneMore && withOneMore(item, planned)),
    ...(keepClear && { keepClear }),
    ...(mask && { cellMask: mask.source }),
    ...(notes.length > 0 && { note: notes.join('; ') }),
    ...(!region && !item.error && { skip: skippedAtBorder }),
  };
}

/** The pixel that a point is in; where there is none, one beyond all images. */
function pixelAbout(point: ChosenCell['center']): Region {
  return squareAbout(point ?? { x: -1, y: -1 }, 1);
}

/** What an item takes with one more mask. */
function withOneMore(
  { decodedBytes = 0, heldBytes }: PlannedItem,
  { widthPx, heightPx }: PlannedFov,
): Pick<PlannedItem, 'decodedBytes' | 'heldBytes'> {
  const bytes = widthPx * heightPx * labelBytes;
  return { decodedBytes: decodedBytes + bytes, ...(heldBytes !== undefined && { heldBytes: heldBytes + bytes }) };
}
