import type { CellSample } from '../model/cellSample';
import type { LabelImage } from '../model/image';
import type { LabelsNear } from './labelsNear';

/** Of so many cells on, a share says something of the others. */
export const enoughCells = 20;

/** From this share of cells that fit on, all is well: crescents and rings have their centroids beside them. */
const fineShare = 0.8;

/** Below it, table and mask are not about the same cells, or not by the same numbers. */
const clearShare = 0.5;

/** Such a share of equal areas tells that labels are right. */
const areaShare = 0.95;

/** How many of so many do as they should. */
export interface FitCount {
  readonly fitting: number;
  readonly looked: number;
}

/** How the table's cells of one FOV agree with a mask. */
export interface TableFit {
  readonly fov: string;
  readonly mask: string;
  /** Cells with a pixel of their own label near their centroids, as `LabelsNear` says; absent where the table says no centroids. */
  readonly centers?: FitCount;
  /** The same number for nearly all: what the label at a centroid is more than the cell's own. */
  readonly shift?: number;
  /** Without centroids: labels of the table that the mask has, and labels of the mask that the table has. */
  readonly inMask?: FitCount;
  readonly inTable?: FitCount;
  /** Cells with as many pixels as the table says, where that tells cells apart. */
  readonly areas?: FitCount;
  /** The mask's sample type cannot hold the greatest label of the table. */
  readonly overflow?: { readonly typeLimit: number; readonly greatestLabel: number; readonly isReached: boolean };
}

/**
 * - `fits`: at least four of five cells do; of fewer than 20 also all but one, for a single crescent is soon more than that
 * - `doubtful`: fewer, or the areas say that the labels are right, or the mask is wrapped
 * - `mismatch`: of at least 20 cells fewer than half
 */
export type FitVerdict = 'fits' | 'doubtful' | 'mismatch';

/** What is to be thought of what was found in one FOV, or in several together. */
export function judgeFits(fits: readonly TableFit[]): FitVerdict {
  const weighed = fits.filter((fit) => !areasAgree(fit));
  const [centers, inMask, inTable] = (['centers', 'inMask', 'inTable'] as const).map((kind) =>
    sumOf(weighed.map((fit) => fit[kind])),
  );
  // A table of a few cells need not be about all that a mask has.
  const verdicts = [centers, inMask, ...(inMask.looked < enoughCells ? [] : [inTable])].map(judge);
  if (verdicts.includes('mismatch')) return 'mismatch';
  const isOdd = fits.some((fit) => areasAgree(fit) || fit.overflow?.isReached);
  return isOdd || verdicts.includes('doubtful') ? 'doubtful' : 'fits';
}

function judge(count: FitCount): FitVerdict {
  const { fitting, looked } = count;
  if (isFine(count)) return 'fits';
  const isClear = fitting < clearShare * looked;
  if (looked < enoughCells) return isClear || looked - fitting > 1 ? 'doubtful' : 'fits';
  return isClear ? 'mismatch' : 'doubtful';
}

function sumOf(counts: readonly (FitCount | undefined)[]): FitCount {
  return {
    fitting: counts.reduce((sum, count) => sum + (count?.fitting ?? 0), 0),
    looked: counts.reduce((sum, count) => sum + (count?.looked ?? 0), 0),
  };
}

/** Whether the labels are right by the areas, whatever the centroids say: tables of crops may have those of the whole. */
export function areasAgree({ areas }: Pick<TableFit, 'areas'>): boolean {
  return areas !== undefined && areas.looked >= enoughCells && areas.fitting >= areaShare * areas.looked;
}

/** Whether enough of the cells fit for no more to be asked, however few they are. */
export function isFine({ fitting, looked }: FitCount): boolean {
  return fitting >= fineShare * looked;
}

/**
 * Counts the cells of a sample with a pixel of their own label at most `fitRadiusPx` from their centroid, and finds out
 * whether the labels there are all greater or less by one number. Cells whose centroid lies outside of the mask do not fit.
 * @param near what was found there, by the cells' positions in the sample
 */
export function fitOfCenters(
  { labels }: Pick<CellSample, 'labels'>,
  { isNear, there }: Pick<LabelsNear, 'isNear' | 'there'>,
): Required<Pick<TableFit, 'centers'>> & Pick<TableFit, 'shift'> {
  let fitting = 0;
  let exact = 0;
  const shifts = new Map<number, number>();
  for (const [i, found] of there.entries()) {
    const label = labels[i];
    if (isNear[i]) fitting++;
    if (found === label) exact++;
    if (found > 0) shifts.set(found - label, (shifts.get(found - label) ?? 0) + 1);
  }
  const looked = there.length;
  const [shift] = [...shifts].find(([by, cells]) => by !== 0 && cells >= fineShare * looked) ?? [];
  // Of cells as small as the radius neighbours are near, too: where all labels are off by one number, none of them counts.
  const counts = shift === undefined || looked < enoughCells ? fitting : exact;
  return { centers: { fitting: counts, looked }, ...(shift !== undefined && { shift }) };
}

/**
 * How many pixels each label of a mask has.
 * @param areas of what was seen of it before, to which these are added
 */
export function labelAreas(
  { labels }: Pick<LabelImage, 'labels'>,
  areas = new Map<number, number>(),
): Map<number, number> {
  for (let start = 0, end = 0; start < labels.length; start = end) {
    const label = labels[start];
    while (end < labels.length && labels[end] === label) end++;
    if (label !== 0) areas.set(label, (areas.get(label) ?? 0) + end - start);
  }
  return areas;
}

/** Which labels of table and mask the other one has, too. */
export function fitOfLabels(
  labels: Iterable<number>,
  areas: ReadonlyMap<number, number>,
): Required<Pick<TableFit, 'inMask' | 'inTable'>> {
  const known = new Set(labels);
  let both = 0;
  for (const label of known) if (areas.has(label)) both++;
  return { inMask: { fitting: both, looked: known.size }, inTable: { fitting: both, looked: areas.size } };
}

/** Above it, cells are so alike in area that a wrong label is soon as good as the right one. */
const mostAlike = 0.2;

/**
 * Compares the areas of a sample with the mask's. Says nothing (`undefined`) where areas tell no cell from another: too
 * many equal ones among all, or beside each other in number, where a shift would go unseen.
 * @param areas of the mask's labels
 */
export function fitOfAreas({ labels, areasPx }: CellSample, areas: ReadonlyMap<number, number>): FitCount | undefined {
  const stated = labels.flatMap((label, i) => {
    const area = areasPx?.[i];
    return typeof area === 'number' ? [{ label, area: Math.round(area) }] : [];
  });
  const looked = stated.length;
  if (looked < enoughCells) return undefined;
  const alike = new Map<number, number>();
  for (const { area } of stated) alike.set(area, (alike.get(area) ?? 0) + 1);
  const pairs = [...alike.values()].reduce((sum, count) => sum + count * (count - 1), 0);
  if (pairs > mostAlike * looked * (looked - 1)) return undefined;
  const fitting = stated.filter(({ label, area }) => areas.get(label) === area);
  const besides = fitting.filter(({ label, area }) => areas.get(label - 1) === area || areas.get(label + 1) === area);
  return besides.length > mostAlike * looked ? undefined : { fitting: fitting.length, looked };
}
