import path from 'node:path';
import type { CellSample, PlacedCells } from '../../model/cellSample';
import type { Dataset, ImageSource, Problem } from '../../model/dataset';
import { isExportError } from '../../model/exportError';
import type { ItemList } from '../../model/itemList';
import { mapEntry } from '../../model/mapEntry';
import { type PlannedSource, recipeOfItem } from '../../model/plan';
import { isPlainColor, type Recipe } from '../../model/recipe';
import { CellTable } from '../../read/table/cellTable';
import { doOverlap } from '../../select/cropRegion';
import { limitSample, spread } from '../../select/sampleCells';
import type { TableFit } from '../../select/tableFit';
import { CellPlaces } from './cellPlaces';
import { requireFits } from './describeFit';
import { fitOfMaskFile } from './fitOfMaskFile';
import { hintsOfMisfit } from './hintsOfMisfit';
import { requireMaskOfDoubted } from './requireMaskOfDoubted';

/** Before the start masks of so many FOVs are looked at; the others when their pictures are made. */
const mostFovs = 10;

/** What was found out about the cell table and the masks that it is used with. */
export interface CheckedTable {
  readonly problems: readonly Problem[];
  /** By FOV, of those whose masks the table colours: what each picture is checked by when it is made. */
  readonly samples: ReadonlyMap<string, CellSample>;
}

/**
 * Checks before the start that the cell table is about the masks which it colours, in a few FOVs from all over the batch,
 * each mask on its own: masks of one image may be numbered differently. What cannot be read is left to the items.
 * @param known what was found out while planning cells, of all FOVs
 * @throws ExportError `TableMismatch` if they clearly do not fit and the recipe does not go on; `ColumnNotFound` if a table
 * that seems to be about several images is not shown to be about one
 */
export async function checkTableFit(
  recipe: Recipe,
  dataset: Dataset,
  items: ItemList,
  { known = [], table, signal }: { known?: readonly TableFit[]; table?: CellTable | undefined; signal?: AbortSignal },
): Promise<CheckedTable> {
  const { cellTable } = dataset;
  if (!cellTable) return { problems: [], samples: new Map() };
  const uses = usesOf(recipe, items);
  const fits = [...known];
  const samples = new Map<string, CellSample>();
  const read = table ?? new CellTable(cellTable.file);
  const places = uses.size > 0 ? await CellPlaces.read(cellTable, read, signal) : undefined;
  // Of FOVs without rows there is nothing to be looked at.
  const withRows = [...uses.keys()].filter((fov) => places?.has(fov));
  const looked = new Set(spread(withRows, mostFovs));
  for (const [fov, { masks, pixelSizeUm }] of uses) {
    signal?.throwIfAborted();
    const all = places?.cellsOf(fov, pixelSizeUm);
    if (!all) continue;
    samples.set(fov, limitSample(all));
    if (!looked.has(fov)) continue;
    for (const source of masks.values()) {
      if (known.some((fit) => fit.fov === fov && fit.mask === source.name)) continue;
      const fit = await tryFit(fov, { ...source, file: path.resolve(dataset.folder, source.file) }, all, signal);
      if (fit) fits.push(fit);
    }
  }
  const isAllowed = recipe.allowMismatch ?? false;
  const isUsed = uses.size > 0 || recipe.mode === 'cells';
  const hints = await hintsOfMisfit(fits, dataset, items, { table: read, signal });
  const found = requireFits(fits, { table: path.basename(cellTable.file), isAllowed, hints });
  const doubts = isUsed ? requireMaskOfDoubted(cellTable, fits, isAllowed) : [];
  return { problems: [...doubts, ...found], samples };
}

/** A mask that cannot be read fails its own items, which say why. */
async function tryFit(
  fov: string,
  source: ImageSource,
  all: PlacedCells,
  signal: AbortSignal | undefined,
): Promise<TableFit | undefined> {
  try {
    return await fitOfMaskFile(fov, source, all, signal);
  } catch (error) {
    if (isExportError(error)) return undefined;
    throw error;
  }
}

/** The masks of a FOV that are coloured by the cell table. */
interface ColoredMasks {
  /** By name. */
  readonly masks: Map<string, PlannedSource>;
  readonly pixelSizeUm: number | undefined;
}

/** By FOV, in the order of the items. */
function usesOf(asked: Recipe, items: ItemList): Map<string, ColoredMasks> {
  const uses = new Map<string, ColoredMasks>();
  // Which tiles are drawn depends on the region, in which items of a kind differ.
  const kinds = items.kinds();
  for (const item of kinds.some(({ tiles }) => tiles) ? items : kinds) {
    if (item.error || item.skip !== undefined) continue;
    const layers = recipeOfItem(asked, item).masks;
    const { region } = item;
    const tiles = item.tiles?.filter((tile) => !region || doOverlap(tile, region)) ?? [item];
    for (const [i, { color }] of layers.entries()) {
      if (isPlainColor(color)) continue;
      for (const { fov, masks } of tiles) {
        const use = mapEntry(uses, fov, () => ({ masks: new Map(), pixelSizeUm: item.pixelSize?.um }));
        // Of unrendered channels a picture has no masks.
        if (masks[i]) use.masks.set(masks[i].name, masks[i]);
      }
    }
  }
  return uses;
}
