import type { CellColumn } from '../model/cellColumn';
import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import type { ChosenItem, ItemPage } from '../model/itemPage';
import { listNames } from '../model/listNames';
import type { Recipe } from '../model/recipe';
import type { Roi } from '../model/roi';
import { slideName } from '../model/slide';
import { CellTable } from '../read/table/cellTable';
import { parseFilter } from '../select/parseFilter';
import { roiRegion } from '../select/roiRegion';
import { selectFovs } from '../select/selectFovs';
import { chooseCells, choiceWarnings, requireCellTable } from './table/chooseCells';
import { chooseRois } from './planRois';

/** Where a page of a list is. */
export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
}

/** From which item how many items on. */
export interface Step {
  readonly from: string;
  readonly by: number;
}

/** How cells are chosen. */
interface Choosing {
  /** Where columns of the cell table that were read before are kept. */
  readonly table?: CellTable | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Counts the cells that a recipe means and lists some of those that its filter lets through, with what the columns say
 * that filter and sample ask for. Fails as `chooseCells` does.
 */
export async function listCells(
  recipe: Recipe,
  dataset: Dataset,
  { offset, limit }: PageRequest,
  { table, signal }: Choosing & { readonly table: CellTable },
): Promise<ItemPage> {
  const { sample, ...unsampled } = recipe.cells!;
  const { where } = unsampled;
  const chosen = await chooseCells(recipe, dataset, table, signal);
  const open = { ...unsampled, labels: [] };
  const { cells } = await chooseCells({ ...recipe, cells: open }, dataset, table, signal);
  const { roles } = requireCellTable(dataset);
  const asked = [
    ...(where === undefined ? [] : parseFilter(where).columns),
    ...(sample?.per ?? []),
    ...(sample?.range === undefined ? [] : [sample.range]),
    ...[roles.x, roles.y].filter((name) => name !== undefined),
  ];
  const names = [...new Set(asked)];
  const { columns } = await table.read(names, [], signal);
  return {
    count: chosen.cells.length,
    matching: cells.length,
    columns: ['cell', ...names],
    items: cells.slice(offset, offset + limit).map(({ fov, label, row }) => ({
      id: `${fov}:${label}`,
      fov,
      values: [`${fov}:${label}`, ...names.map((name) => valueAt(columns.get(name)!, row))],
    })),
    warnings: choiceWarnings(chosen, dataset).map(({ message }) => message),
  };
}

/**
 * The chosen item that comes so many after another one, in the order in which they are exported, and goes round at the
 * ends; the first if the other is not chosen. Fails as choosing does.
 */
export async function stepItem(
  recipe: Recipe,
  dataset: Dataset,
  { from, by }: Step,
  choosing: Choosing,
): Promise<ChosenItem> {
  const items = await chosenItems(recipe, dataset, choosing);
  const at = items.findIndex(({ id }) => id === from);
  const next = at < 0 ? 0 : (((at + by) % items.length) + items.length) % items.length;
  return { ...items[next], position: next + 1, count: items.length };
}

async function chosenItems(
  recipe: Recipe,
  dataset: Dataset,
  { table, signal }: Choosing,
): Promise<Pick<ChosenItem, 'id' | 'name' | 'fov'>[]> {
  if (recipe.mode === 'fovs') {
    return selectFovs(recipe.fovs, dataset).map(({ name }) => ({ id: name, name, fov: name }));
  }
  if (recipe.mode === 'cells') {
    const { cells } = await chooseCells(
      recipe,
      dataset,
      table ?? new CellTable(requireCellTable(dataset).file),
      signal,
    );
    if (cells.length === 0)
      throw new ExportError('SelectionEmpty', 'Expected cells that fit the selection, but found none.');
    const place = new Map(dataset.fovs.map(({ name }, i) => [name, i]));
    return [...cells]
      .sort((a, b) => place.get(a.fov)! - place.get(b.fov)!)
      .map(({ fov, label }) => ({ id: `${fov}:${label}`, name: `${fov}:${label}`, fov }));
  }
  const { slides } = recipe.rois!;
  if (slides.length > 0) return slides.map((id) => ({ id: slideName({ id }), name: slideName({ id }), fov: '' }));
  return chooseRois(recipe, dataset).map(({ id, name, fov = '' }) => ({ id, name: name || id, fov }));
}

/** A value as a person reads it: numbers of four digits. */
function valueAt(column: CellColumn, row: number): string {
  if (column.kind === 'text') return column.codes[row] < 0 ? '' : column.texts[column.codes[row]];
  const value = column.values[row];
  if (Number.isNaN(value)) return '';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}

/** Counts the ROIs that a recipe means and lists some of those whose tags fit. Fails as `chooseRois` does. */
export function listRois(recipe: Recipe, dataset: Dataset, { offset, limit }: PageRequest): ItemPage {
  const { slides, ...open } = recipe.rois!;
  // A dataset may have slides and no ROIs.
  const hasNone = slides.length > 0 && !dataset.rois;
  const matching = hasNone ? [] : chooseRois({ ...recipe, rois: { ...open, rois: [], slides: [] } }, dataset);
  const chosen = open.rois.length === 0 ? matching : chooseRois(recipe, dataset);
  return {
    count: slides.length > 0 ? slides.length : chosen.length,
    matching: matching.length,
    columns: ['name', 'FOV', 'box', 'shape', 'tags', 'own settings'],
    items: matching.slice(offset, offset + limit).map((roi) => ({
      id: roi.id,
      fov: roi.fov ?? '',
      values: [
        roi.name || roi.id,
        roi.fov ?? (roi.mapId === undefined ? '' : `map ${roi.mapId}`),
        describeBox(roi),
        roi.shape?.kind ?? '',
        listNames(roi.tags),
        ownParts(roi).join(', '),
      ],
    })),
    warnings: [],
  };
}

function describeBox(roi: Roi): string {
  const { x, y, widthPx, heightPx } = roiRegion(roi);
  return `${widthPx} × ${heightPx} at ${x}, ${y}`;
}

/** What a ROI says of its own picture. */
function ownParts({ markerSet, maskVisibility, maskColorSet, annotationPalette, scaleBar }: Roi): string[] {
  const set = markerSet && ('name' in markerSet ? markerSet.name : markerSet.channels.join(' + '));
  return [
    set ?? '',
    maskVisibility ? 'masks' : '',
    maskColorSet ?? '',
    annotationPalette ?? '',
    scaleBar ? 'scale bar' : '',
  ].filter(Boolean);
}
