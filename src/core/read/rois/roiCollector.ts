import { setImmediate } from 'node:timers/promises';
import type { Problem } from '../../model/dataset';
import { ExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { linesOf, type Point, type Roi, type RoiAnchor, type RoiShape } from '../../model/roi';
import { uniqueNames } from '../../model/uniqueNames';
import { type RoiBounds, roiBounds } from './roiBounds';

/** How a file of ROIs is read. */
export interface RoiOptions {
  /** What `x` and `y` are in tables that do not say it. */
  readonly anchor?: RoiAnchor;
  /** The file lies where UELer saves its table, and is UELer's, whatever columns it has. */
  readonly isUelers?: boolean;
  /** Absent: `roiBounds`. */
  readonly bounds?: RoiBounds;
}

/** A ROI as its file has it; without a box, that of its shape. */
export interface RoiDraft extends Omit<Roi, 'box' | 'tags'> {
  readonly box?: Roi['box'];
  readonly tags?: readonly string[];
}

/** Why one ROI cannot be used, while its file can. */
export class BadRoi extends Error {
  /**
   * @param expected what should be there, as in `Expected … in row 3`
   * @param found what is there, as in `but …`
   * @param damaged its bytes make no sense, as opposed to a ROI that is whole and of no use here, such as a point
   */
  constructor(
    readonly expected: string,
    readonly found: string,
    readonly damaged = false,
  ) {
    super(`Expected ${expected}, but ${found}`);
  }
}

/** Of one kind of warning, so many are told one by one; the others are counted. */
const maxTold = 50;
/** No image is so big; up to here sums of coordinates are exact. */
const furthestPx = 2 ** 31;

/** Takes the ROIs of a file one by one, checks what all formats share, and counts what it cannot take. */
export class RoiCollector {
  /** What the user says of tables; a reader that goes by it says so. */
  readonly anchor: RoiAnchor | undefined;
  isAnchorUsed = false;
  readonly isUelers: boolean;
  readonly bounds: RoiBounds;
  private readonly rois: Roi[] = [];
  private points = 0;
  private leftOut = 0;
  private remarks = 0;
  private steps = 0;

  constructor(
    readonly file: string,
    private readonly warnings: Problem[],
    private readonly signal?: AbortSignal,
    options: RoiOptions = {},
  ) {
    this.anchor = options.anchor;
    this.isUelers = options.isUelers ?? false;
    this.bounds = options.bounds ?? roiBounds;
  }

  /**
   * Takes the ROI that `read` makes. If it fails with a BadRoi, that is a warning that names the ROI.
   * @param what where it stands in the file and what it is called, as in `in row 3 ("front")`
   */
  take(what: string, read: () => RoiDraft): void {
    try {
      this.add(read());
    } catch (error) {
      if (!(error instanceof BadRoi)) throw error;
      this.leaveOut(what, error);
    }
  }

  /** Warns about a ROI that cannot be used. */
  leaveOut(what: string, why: BadRoi): void {
    this.leftOut++;
    if (this.leftOut <= maxTold) this.warn(this.whyLeftOut(what, why));
  }

  /** Warns about a part of a ROI that cannot be used, while its other parts are. */
  leaveOutPart(what: string, why: BadRoi): void {
    this.remarks++;
    if (this.remarks <= maxTold) this.warn(this.whyLeftOut(what, why));
  }

  private whyLeftOut(what: string, { expected, found }: BadRoi): string {
    return `Expected ${expected} in ${what} of ${this.file}, but ${found}; it is left out.`;
  }

  /** Warns about a part of a ROI that is not used, while the ROI is. */
  remark(what: string, sentence: string): void {
    this.remarks++;
    if (this.remarks <= maxTold) this.warn(`In ${what} of ${this.file}, ${sentence}.`);
  }

  /** Warns about the file as a whole. */
  warn(message: string): void {
    this.warnings.push({ code: 'RoiInvalid', message });
  }

  /** The error of a file that cannot be used at all. */
  unreadable(expected: string, found: string, cause?: unknown): ExportError {
    return unreadable(this.file, expected, found, cause);
  }

  /** Once in a while lets others run, so that the reading can be stopped. To be called for each ROI. */
  async pause(): Promise<void> {
    if (++this.steps % 512 !== 0) return;
    await setImmediate();
    this.signal?.throwIfAborted();
  }

  /** The ROIs in their order, each with an id of its own. */
  finish(): Roi[] {
    const summarize = (count: number, rest: string): void => {
      if (count > maxTold) this.warn(`${this.file} has ${count - maxTold} more ROIs ${rest}.`);
    };
    const all = this.rois.length + this.leftOut;
    summarize(this.leftOut, `that are left out: of ${all} in all, ${this.rois.length} were read`);
    summarize(this.remarks, 'with a part that is not used');
    const ids = uniqueNames(this.rois.map(({ id }) => id));
    const renamed = this.rois.filter(({ id }, i) => id !== ids[i]);
    if (renamed.length > 0) {
      const names = listNames([...new Set(renamed.map(({ id }) => quoted(id)))]);
      const count = `${renamed.length} ${renamed.length === 1 ? 'that repeats' : 'that repeat'} one before (${names})`;
      this.warn(
        `Expected every ROI of ${this.file} to have an id of its own, but found ${count}; a number is appended to them.`,
      );
    }
    return this.rois.map((roi, i) => (roi.id === ids[i] ? roi : { ...roi, id: ids[i] }));
  }

  private add({ box: given, tags = [], ...rest }: RoiDraft): void {
    const box = given ?? (rest.shape && boxOf(rest.shape));
    if (!box) throw new BadRoi('a box or a shape', 'found neither');
    const sides = [box.xMin, box.yMin, box.xMax, box.yMax];
    const corners = rest.shape ? Object.values(boxOf(rest.shape)) : [];
    const odd = [...sides, ...corners].find((value) => !(Math.abs(value) <= furthestPx));
    if (odd !== undefined) throw new BadRoi('coordinates in pixels', `found ${odd}`);
    if (box.xMax < box.xMin || box.yMax < box.yMin)
      throw new BadRoi(
        'a box whose minima are not above its maxima',
        `found x from ${box.xMin} to ${box.xMax} and y from ${box.yMin} to ${box.yMax}`,
      );
    this.points += rest.shape ? countPoints(rest.shape) : 0;
    const { rois: maxRois, points: maxPoints } = this.bounds;
    if (this.rois.length >= maxRois || this.points > maxPoints)
      throw this.unreadable(`at most ${maxRois} ROIs and ${maxPoints} points`, 'found more; split the file');
    this.rois.push({ ...rest, box, tags: [...new Set(tags)] });
  }
}

/** The error of a file whose ROIs cannot be read at all. */
export function unreadable(file: string, expected: string, found: string, cause?: unknown): ExportError {
  return new ExportError('DatasetInvalid', `Expected ${expected} in ${file}, but ${found}.`, undefined, cause);
}

/** A text from a file, in quotes, on one line, and short enough for a message. */
export function quoted(text: string): string {
  const line = text.slice(0, 200).replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');
  const characters = Array.from(line);
  return `"${characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : line}"`;
}

/** A ring whose last point does not repeat the first. */
export function openRing(points: readonly Point[]): readonly Point[] {
  const [first, last] = [points[0], points.at(-1)];
  const repeats = points.length > 1 && last && first[0] === last[0] && first[1] === last[1];
  return repeats ? points.slice(0, -1) : points;
}

function countPoints(shape: RoiShape): number {
  return linesOf(shape).reduce((sum, points) => sum + points.length, 0);
}

/** NaN in any coordinate is NaN in the box. */
function boxOf(shape: RoiShape): Roi['box'] {
  let [xMin, yMin, xMax, yMax] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const points of linesOf(shape)) {
    for (const [x, y] of points) {
      xMin = Math.min(xMin, x);
      yMin = Math.min(yMin, y);
      xMax = Math.max(xMax, x);
      yMax = Math.max(yMax, y);
    }
  }
  return { xMin, yMin, xMax, yMax };
}
