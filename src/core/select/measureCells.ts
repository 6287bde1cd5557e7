import type { LabelImage, Region } from '../model/image';
import { findLabelParts, type LabelPart } from './findLabelParts';

/** What a mask says of one of its cells. */
export interface MeasuredCell {
  readonly areaPx: number;
  /** The mean of its pixels' indices. */
  readonly x: number;
  readonly y: number;
  /** The smallest box of whole pixels around it. */
  readonly box: Region;
  /** Where the label is in places that are far apart, as where two cells have one number. */
  readonly scattered?: ScatteredCell;
}

/** Of a label in places that are far apart. */
export interface ScatteredCell {
  /** The part of most pixels; of equal ones the first from the top, then from the left. */
  readonly largest: Omit<MeasuredCell, 'scattered'>;
  /** Whether the pixel at the mean of all its pixels is one of them. */
  readonly isCenterInside: boolean;
}

/** A cell while its parts come in. */
interface Sum {
  areaPx: number;
  sumX: number;
  sumY: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  largest: LabelPart;
}

/**
 * Measures cells of a mask, each over all its pixels, also where it is in several parts; those not there are left out.
 *
 * A cell is *scattered* if a part of it is far from its largest part: if the gap between their boxes, the length in pixels of the
 * shortest line from one to the other, is longer than the longer side of the largest part's box. Parts are 8-connected.
 */
export function measureCells(mask: LabelImage, wanted: ReadonlySet<number>): Map<number, MeasuredCell> {
  const sums = new Map<number, Sum>();
  findLabelParts(mask, wanted, (part) => {
    const sum = sums.get(part.label);
    if (sum) addPart(sum, part);
    else sums.set(part.label, toSum(part));
  });
  const scattered = findScattered(mask, sums);
  return new Map(
    [...sums].map(([label, { areaPx, sumX, sumY, left, top, right, bottom, largest }]) => {
      const [x, y] = [sumX / areaPx, sumY / areaPx];
      const box = { x: left, y: top, widthPx: right - left, heightPx: bottom - top };
      if (!scattered.has(label)) return [label, { areaPx, x, y, box }];
      const isCenterInside = mask.labels[Math.floor(y + 0.5) * mask.widthPx + Math.floor(x + 0.5)] === label;
      return [label, { areaPx, x, y, box, scattered: { largest: toMeasured(largest), isCenterInside } }];
    }),
  );
}

function toSum(part: LabelPart): Sum {
  const { areaPx, sumX, sumY, box } = part;
  return {
    areaPx,
    sumX,
    sumY,
    left: box.x,
    top: box.y,
    right: box.x + box.widthPx,
    bottom: box.y + box.heightPx,
    largest: part,
  };
}

function addPart(sum: Sum, part: LabelPart): void {
  const { areaPx, sumX, sumY, box } = part;
  sum.areaPx += areaPx;
  sum.sumX += sumX;
  sum.sumY += sumY;
  sum.left = Math.min(sum.left, box.x);
  sum.top = Math.min(sum.top, box.y);
  sum.right = Math.max(sum.right, box.x + box.widthPx);
  sum.bottom = Math.max(sum.bottom, box.y + box.heightPx);
  if (isLarger(part, sum.largest)) sum.largest = part;
}

function isLarger(a: LabelPart, b: LabelPart): boolean {
  if (a.areaPx !== b.areaPx) return a.areaPx > b.areaPx;
  return a.box.y < b.box.y || (a.box.y === b.box.y && a.box.x < b.box.x);
}

/**
 * The labels of the cells that are scattered: of which a part is far from the largest. Which part that is is known only once all have been
 * seen; to keep none of them, those of cells whose box has room for a far one are found once more.
 */
function findScattered(mask: LabelImage, sums: ReadonlyMap<number, Sum>): ReadonlySet<number> {
  const spread = new Set<number>();
  for (const [label, { left, top, right, bottom, largest }] of sums) {
    const { x, y, widthPx, heightPx } = largest.box;
    const beyondX = Math.max(x - left, right - (x + widthPx));
    const beyondY = Math.max(y - top, bottom - (y + heightPx));
    if (Math.hypot(beyondX, beyondY) > Math.max(widthPx, heightPx)) spread.add(label);
  }
  const found = new Set<number>();
  if (spread.size === 0) return found;
  findLabelParts(mask, spread, ({ label, box }) => {
    const { largest } = sums.get(label)!;
    if (gapBetween(box, largest.box) > Math.max(largest.box.widthPx, largest.box.heightPx)) found.add(label);
  });
  return found;
}

/** The length of the shortest line between two boxes, in pixels; 0 where they touch. */
function gapBetween(a: Region, b: Region): number {
  const along = (aStart: number, aLength: number, bStart: number, bLength: number): number =>
    Math.max(0, bStart - (aStart + aLength), aStart - (bStart + bLength));
  return Math.hypot(along(a.x, a.widthPx, b.x, b.widthPx), along(a.y, a.heightPx, b.y, b.heightPx));
}

function toMeasured({ areaPx, sumX, sumY, box }: LabelPart): Omit<MeasuredCell, 'scattered'> {
  return { areaPx, x: sumX / areaPx, y: sumY / areaPx, box };
}
