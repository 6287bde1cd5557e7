import type { CellTableSummary, Dataset } from '../../model/dataset';
import { centroidUnitText } from '../../model/datasetParts';
import { isExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import type { ItemList } from '../../model/itemList';
import type { CellTable } from '../../read/table/cellTable';
import { findTellingColumns } from '../../read/table/findTellingColumns';
import { spread } from '../../select/sampleCells';
import { isFine, judgeFits, type TableFit } from '../../select/tableFit';
import { CellPlaces } from './cellPlaces';
import { fitOfMaskFile } from './fitOfMaskFile';

/** So many misfits are looked at again in the other unit. */
const mostMisfits = 3;

/**
 * Why a table and its masks may not fit, in whole sentences that say what to do: its centroids fit in the other unit, or,
 * where they clearly do not fit and no column says the FOV, its rows may be about another image. Nothing where all fit.
 * Reads masks and the table again, but only of what does not fit.
 * @param items those whose pixel sizes convert centroids
 */
export async function hintsOfMisfit(
  fits: readonly TableFit[],
  dataset: Dataset,
  items: ItemList,
  { table, signal }: { readonly table: CellTable; readonly signal?: AbortSignal | undefined },
): Promise<string[]> {
  const { cellTable } = dataset;
  const misfits = fits.filter((fit) => judgeFits([fit]) !== 'fits');
  if (!cellTable || misfits.length === 0) return [];
  const ofUnit = await hintOfUnit(spread(misfits, mostMisfits), dataset, items, { table, signal });
  if (ofUnit !== undefined) return [ofUnit];
  const isClear = misfits.some((fit) => judgeFits([fit]) === 'mismatch') || judgeFits(fits) === 'mismatch';
  return isClear ? hintOfImages(cellTable, signal) : [];
}

async function hintOfUnit(
  misfits: readonly TableFit[],
  { cellTable, fovs }: Dataset,
  items: ItemList,
  { table, signal }: { readonly table: CellTable; readonly signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  const { centroids, roles } = cellTable!;
  if (!centroids || misfits.some(({ centers }) => !centers)) return undefined;
  const unit = centroids.unit === 'px' ? 'um' : 'px';
  const places = await CellPlaces.read({ ...cellTable!, centroids: { ...centroids, unit } }, table, signal);
  let [fitting, looked] = [0, 0];
  for (const { fov, mask } of misfits) {
    const source = fovs.find(({ name }) => name === fov)?.masks.find(({ name }) => name === mask);
    const sized = items.find(
      (item) => item.pixelSize && (item.fov === fov || item.tiles?.some((tile) => tile.fov === fov)),
    );
    const all = sized && places?.cellsOf(fov, sized.pixelSize?.um);
    if (!source || !all) return undefined;
    try {
      const { centers } = await fitOfMaskFile(fov, source, all, signal);
      fitting += centers?.fitting ?? 0;
      looked += centers?.looked ?? 0;
    } catch (error) {
      if (isExportError(error)) return undefined;
      throw error;
    }
  }
  if (looked === 0 || !isFine({ fitting, looked })) return undefined;
  return `Columns ${roles.x} and ${roles.y} were read in ${centroidUnitText[centroids.unit]}; in ${centroidUnitText[unit]} ${fitting} of ${looked} centroids would lie in their own label: --columns unit=${unit} says that they are.`;
}

async function hintOfImages(cellTable: CellTableSummary, signal: AbortSignal | undefined): Promise<string[]> {
  if (cellTable.roles.fov !== undefined) return [];
  const known = Object.values(cellTable.roles).filter((name) => name !== undefined);
  const telling = await findTellingColumns(cellTable, [], known, signal);
  if (telling.length === 0) return [];
  return [
    `No column says the FOV of a row; these could tell images apart: ${listNames(telling)}. --columns fov=NAME names the one that has the FOV's name.`,
  ];
}
