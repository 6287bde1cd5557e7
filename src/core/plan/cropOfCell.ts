import { type CellSelection, isFitted, type PixelsOrUm } from '../model/cellSelection';
import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { noPixelSize } from '../model/pixelSizeWarnings';
import type { Region } from '../model/image';
import { centroidToPixels } from '../select/centroidToPixels';
import { fitBox, squareAbout, toPixels } from '../select/cropRegion';
import type { MeasuredCell } from '../select/measureCells';
import type { ChosenCell } from '../select/selectCells';
import type { PlannedFov } from './planFov';
import { placeOfCell } from './scatteredCells';

/** The picture of one cell, and what is said of it. */
export interface CellCrop {
  readonly region: Region;
  /** Where the cell is, as far as its mask says it. */
  readonly keepClear?: Region;
  readonly notes: readonly string[];
}

/** A cell, and where it is. */
export interface PlacedCell {
  readonly cell: ChosenCell;
  /** What its mask says of it, in pixels of the image that it is cut out of. */
  readonly measured: MeasuredCell | undefined;
  /** Where the FOV lies in that image. */
  readonly at: Pick<Region, 'x' | 'y'>;
}

/** The box around a cell, in pixels of the image that it is cut out of, before the image's edge is looked at. */
export function cropOf(
  selection: CellSelection,
  dataset: Dataset,
  planned: PlannedFov,
  { cell, measured, at }: PlacedCell,
): CellCrop {
  const { crop, center } = selection;
  const { fov, pixelSize, pixelSizeError, printResolution } = planned;
  const lengths = isFitted(crop) ? [crop.padding, crop.min, crop.max] : [crop.size];
  if (!pixelSize && lengths.some((length) => length && 'um' in length)) {
    throw new ExportError(
      'PixelSizeMissing',
      `Expected a pixel size for crops in µm of FOV ${fov.name}, but ${noPixelSize(printResolution)}; give it, or ask for pixels.`,
    );
  }
  const place = measured && placeOfCell(selection, measured);
  const notes = place?.note === undefined ? [] : [place.note];
  const keepClear = place && { keepClear: place.box };
  if (isFitted(crop)) {
    const { region, isCut } = fitBox(place!.box, {
      paddingPx: Math.round(toPixels(crop.padding, pixelSize?.um)),
      minPx: crop.min ? toPixels(crop.min, pixelSize?.um) : 1,
      maxPx: crop.max ? requirePixel(crop.max, cell, pixelSize?.um) : Infinity,
    });
    if (isCut) notes.push('the cell is larger than the greatest size and is cut about its middle');
    return { region, ...keepClear, notes };
  }
  const centroid = toPixelCenter(cell, dataset, planned);
  const ofTable = centroid && { x: at.x + centroid.x, y: at.y + centroid.y };
  const middle = center === 'mask' ? place?.center : ofTable;
  if (!middle && center === 'table' && cell.center) {
    if (pixelSizeError) throw new ExportError(pixelSizeError.code, pixelSizeError.message);
    throw new ExportError(
      'PixelSizeMissing',
      `Expected a pixel size for the centroids of FOV ${fov.name}, which the cell table has in µm, but ${noPixelSize(printResolution)}; give it, or centre by the mask.`,
    );
  }
  if (!middle) {
    throw new ExportError(
      'CellNotFound',
      `Expected a centroid of cell ${cell.label} of FOV ${fov.name} in the cell table, but it has none; name its columns, or centre by the mask.`,
    );
  }
  return { region: squareAbout(middle, requirePixel(crop.size, cell, pixelSize?.um)), ...keepClear, notes };
}

/** A length in pixels, at least one; `CellNotFound` for what is less, of which no picture can be made. */
function requirePixel(length: PixelsOrUm, { fov, label }: ChosenCell, pixelSizeUm: number | undefined): number {
  const px = toPixels(length, pixelSizeUm);
  if (px >= 1) return px;
  throw new ExportError(
    'CellNotFound',
    `Expected a picture of cell ${label} of FOV ${fov} of at least a pixel, but the size asked for is less.`,
  );
}

/** The table's centroid of a cell in pixels; `undefined` if there is none, or no pixel size that it needs. */
export function toPixelCenter(
  { center }: ChosenCell,
  { cellTable }: Dataset,
  { pixelSize }: PlannedFov,
): ChosenCell['center'] {
  const scale = cellTable?.centroids;
  if (!center || !scale) return center;
  if (scale.unit === 'um' && !pixelSize) return undefined;
  return centroidToPixels(center, scale, pixelSize?.um ?? 1);
}
