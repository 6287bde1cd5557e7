import type { CellSample, PlacedCells } from '../../model/cellSample';
import type { ImageSource } from '../../model/dataset';
import { isExportError } from '../../model/exportError';
import type { LabelImage } from '../../model/image';
import { readLabelParts, readLabels } from '../../read/readLabels';
import { limitSample, type SampledParts, sampleInBlocks } from '../../select/sampleCells';
import { fitOfAreas, fitOfCenters, fitOfLabels, isFine, labelAreas, type TableFit } from '../../select/tableFit';

/**
 * How the table's cells of a FOV agree with a mask that was decoded for other reasons.
 * @param sample of the table's cells of the FOV
 * @param areas of the mask's labels, for who has counted them already
 */
export function fitOfMask(
  named: Pick<TableFit, 'fov' | 'mask'>,
  sample: CellSample,
  mask: LabelImage,
  areas = (): ReadonlyMap<number, number> => labelAreas(mask),
): TableFit {
  const whole = { ...mask, x: 0, y: 0 };
  const found = sample.centers && fitOfCenters(sample, () => whole);
  if (found && isFine(found.centers) && !isBeyond(sample, mask)) return { ...named, ...found };
  return { ...named, ...found, ...fitOfWhole(sample, mask, areas()) };
}

/**
 * The same of a mask on disk, of which as little is read as it takes: a few strips or tiles, unless cells do not fit, or
 * the table has no centroids. Fails like `readLabels`, unless a part of it is enough to see a misfit.
 * @param all the table's cells of the FOV, of which some are looked at
 */
export async function fitOfMaskFile(
  fov: string,
  source: ImageSource,
  all: PlacedCells,
  signal?: AbortSignal,
): Promise<TableFit> {
  const named = { fov, mask: source.name };
  const readWhole = (): Promise<LabelImage> => readLabels(source, { ...(signal && { signal }) });
  if (!all.centers) return fitOfMask(named, limitSample(all), await readWhole());
  let chosen: SampledParts | undefined;
  const parts = await readLabelParts(
    source,
    ({ widthPx, heightPx, block = { widthPx, heightPx } }) => {
      chosen = sampleInBlocks(all, { widthPx, heightPx }, block);
      return chosen.regions;
    },
    signal,
  );
  const { sample, regions, regionOf } = chosen!;
  const windows = parts.map((part, i) => ({ ...part, x: regions[i].x, y: regions[i].y }));
  const found = fitOfCenters(sample, (position) => windows[regionOf[position]]);
  const fit = { ...named, ...found };
  const hasAreas = sample.areasPx?.some((area) => area !== null) ?? false;
  const isBeyondType = parts.some((part) => isBeyond(sample, part));
  if (!isBeyondType && (isFine(found.centers) || !hasAreas)) return fit;
  try {
    const mask = await readWhole();
    return { ...fit, ...fitOfWhole(sample, mask, labelAreas(mask)) };
  } catch (error) {
    // What the parts have shown stands: the rest is too large, or damaged.
    if (isExportError(error)) return fit;
    throw error;
  }
}

/** Whether the table has labels that the mask's sample type cannot hold. */
function isBeyond({ greatestLabel }: CellSample, { typeLimit }: LabelImage): boolean {
  return typeLimit !== undefined && greatestLabel > typeLimit;
}

/** What takes all of a mask to be known. */
function fitOfWhole(
  sample: CellSample,
  mask: LabelImage,
  areas: ReadonlyMap<number, number>,
): Partial<Pick<TableFit, 'inMask' | 'inTable' | 'areas' | 'overflow'>> {
  const { greatestLabel, labels, centers } = sample;
  const alike = centers && fitOfAreas(sample, areas);
  const { typeLimit } = mask;
  return {
    ...(!centers && fitOfLabels(labels, areas)),
    ...(alike && { areas: alike }),
    ...(typeLimit !== undefined &&
      isBeyond(sample, mask) && { overflow: { typeLimit, greatestLabel, isReached: areas.has(typeLimit) } }),
  };
}
