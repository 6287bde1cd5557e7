import type { CellSample } from '../model/cellSample';
import type { ImageSource } from '../model/dataset';
import type { LabelImage } from '../model/image';
import { readLabelParts, readLabels } from '../read/readLabels';
import { limitSample, type SampledParts, sampleInBlocks } from '../select/sampleCells';
import { fitOfAreas, fitOfCenters, fitOfLabels, isFine, labelAreas, type TableFit } from '../select/tableFit';

/**
 * How the table's cells of a FOV agree with a mask that was decoded for other reasons.
 * @param all the table's cells of the FOV, of which some are looked at
 * @param areas of the mask's labels, for who has counted them already
 */
export function fitOfMask(
  named: Pick<TableFit, 'fov' | 'mask'>,
  all: CellSample,
  mask: LabelImage,
  areas = (): ReadonlyMap<number, number> => labelAreas(mask),
): TableFit {
  const sample = limitSample(all);
  const whole = { ...mask, x: 0, y: 0 };
  const found = sample.centers && fitOfCenters(sample, () => whole);
  if (found && isFine(found.centers) && !isBeyond(sample, mask)) return { ...named, ...found };
  return { ...named, ...found, ...fitOfWhole(sample, mask, areas()) };
}

/**
 * The same of a mask on disk, of which as little is read as it takes: a few strips or tiles, unless cells do not fit, or
 * the table has no centroids. Fails like `readLabels`.
 */
export async function fitOfMaskFile(
  fov: string,
  source: ImageSource,
  all: CellSample,
  signal?: AbortSignal,
): Promise<TableFit> {
  const named = { fov, mask: source.name };
  const readWhole = (): Promise<LabelImage> => readLabels(source, { ...(signal && { signal }) });
  if (!all.centers) return fitOfMask(named, all, await readWhole());
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
  const isOdd = !isFine(found.centers) || parts.some((part) => isBeyond(sample, part));
  if (!isOdd) return { ...named, ...found };
  const mask = await readWhole();
  return { ...named, ...found, ...fitOfWhole(sample, mask, labelAreas(mask)) };
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
