import type { Region } from '../model/image';
import type { ChooseRegions, LabelWindow, ScanLabels } from '../model/labelScan';
import { type LabelPart, LabelParts } from './labelParts';
import { LabelsNear } from './labelsNear';

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
 * @param alongside looks at each window of the mask, too, once
 */
export async function measureCells(
  scan: ScanLabels,
  wanted: ReadonlySet<number>,
  alongside?: (window: LabelWindow) => void,
): Promise<Map<number, MeasuredCell>> {
  const sums = new Map<number, Sum>();
  const parts = new LabelParts(wanted, (part) => {
    const sum = sums.get(part.label);
    if (sum) addPart(sum, part);
    else sums.set(part.label, toSum(part));
  });
  await scan((window) => {
    parts.look(window);
    alongside?.(window);
  });
  parts.end();
  const scattered = await findScattered(scan, sums);
  return new Map(
    Array.from(sums, ([label, sum]) => {
      const { areaPx, left, top, right, bottom } = sum;
      const box = { x: left, y: top, widthPx: right - left, heightPx: bottom - top };
      const [x, y] = centerOf(sum);
      const found = scattered.get(label);
      return [label, { areaPx, x, y, box, ...(found && { scattered: found }) }];
    }),
  );
}

function centerOf({ areaPx, sumX, sumY }: Sum): readonly [x: number, y: number] {
  return [sumX / areaPx, sumY / areaPx];
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
 * The cells that are scattered: of which a part is far from the largest. Which part that is, and where the middle of them all is,
 * is known only once all have been seen; to keep none of them, the rows of cells whose box has room for a far one are gone
 * through once more.
 */
async function findScattered(
  scan: ScanLabels,
  sums: ReadonlyMap<number, Sum>,
): Promise<ReadonlyMap<number, ScatteredCell>> {
  const spread = [...sums].filter(([, sum]) => hasRoomBeside(sum));
  const found = new Map<number, ScatteredCell>();
  if (spread.length === 0) return found;
  const labels = spread.map(([label]) => label);
  const far = new Set<number>();
  const parts = new LabelParts(new Set(labels), ({ label, box }) => {
    const { largest } = sums.get(label)!;
    if (gapBetween(box, largest.box) > Math.max(largest.box.widthPx, largest.box.heightPx)) far.add(label);
  });
  const middles = new LabelsNear(
    labels,
    spread.map(([, sum]) => centerOf(sum)),
  );
  const look = (window: LabelWindow): void => {
    parts.look(window);
    middles.look(window);
  };
  await scan(look, rowsOf(spread.map(([, sum]) => sum)));
  parts.end();
  for (const [i, [label, { largest }]] of spread.entries()) {
    if (!far.has(label)) continue;
    found.set(label, { largest: toMeasured(largest), isCenterInside: middles.there[i] === label });
  }
  return found;
}

/** Whether a part of a cell may be far from its largest one. */
function hasRoomBeside({ left, top, right, bottom, largest }: Sum): boolean {
  const { x, y, widthPx, heightPx } = largest.box;
  const beyondX = Math.max(x - left, right - (x + widthPx));
  const beyondY = Math.max(y - top, bottom - (y + heightPx));
  return Math.hypot(beyondX, beyondY) > Math.max(widthPx, heightPx);
}

/** The rows of the blocks that hold cells, each once. */
function rowsOf(cells: readonly Pick<Sum, 'top' | 'bottom'>[]): ChooseRegions {
  return ({ widthPx, heightPx, block }) => {
    const step = block?.heightPx ?? heightPx;
    const rows: { y: number; bottom: number }[] = [];
    for (const { top, bottom } of [...cells].sort((a, b) => a.top - b.top)) {
      const y = top - (top % step);
      const end = Math.min(Math.ceil(bottom / step) * step, heightPx);
      const last = rows.at(-1);
      if (last && y <= last.bottom) last.bottom = Math.max(last.bottom, end);
      else rows.push({ y, bottom: end });
    }
    return rows.map(({ y, bottom }) => ({ x: 0, y, widthPx, heightPx: bottom - y }));
  };
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
