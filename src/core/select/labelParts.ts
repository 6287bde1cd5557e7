import type { Region } from '../model/image';
import type { LabelWindow } from '../model/labelScan';

/** A part of a label: pixels that touch each other, be it by their corners. */
export interface LabelPart {
  readonly label: number;
  readonly areaPx: number;
  /** Sums of its pixels' indices. */
  readonly sumX: number;
  readonly sumY: number;
  /** The smallest box of whole pixels around it. */
  readonly box: Region;
}

/** Neighbours of one label in a row, from the left: where they begin and end, and the numbers of their parts. */
interface Runs {
  count: number;
  readonly starts: Int32Array;
  /** Of their last pixels. */
  readonly ends: Int32Array;
  readonly parts: Int32Array;
}

/**
 * Finds the 8-connected parts of some labels of a mask that comes in bands of whole rows, from top to bottom; rows that are left out
 * are taken for background. Time follows the number of pixels, memory the width of the mask.
 */
export class LabelParts {
  private open = new OpenParts(0);
  private above = noRuns(0);
  private runs = noRuns(0);
  /** The row that is expected next. */
  private nextY = 0;

  /** @param take gets each part once, as soon as no further row can touch it */
  constructor(
    private readonly wanted: ReadonlySet<number>,
    private readonly take: (part: LabelPart) => void,
  ) {}

  look({ y, widthPx, heightPx, labels }: LabelWindow): void {
    if (this.open.most < 2 * widthPx) {
      this.open = new OpenParts(widthPx);
      [this.above, this.runs] = [noRuns(widthPx), noRuns(widthPx)];
    }
    if (y > this.nextY) this.end();
    for (let row = 0; row < heightPx; row++) this.lookAtRow(labels, row * widthPx, widthPx, y + row);
    this.nextY = y + heightPx;
  }

  /** Hands over what no further row will touch: there is none. */
  end(): void {
    this.open.closeThoseNotAt(this.nextY, this.above, this.take);
    this.above.count = 0;
  }

  private lookAtRow(labels: Uint32Array, first: number, widthPx: number, y: number): void {
    const { open, wanted, above, runs } = this;
    runs.count = 0;
    // The first run above that may touch the one in hand; those before it cannot.
    let near = 0;
    for (let x = 0; x < widthPx;) {
      const label = labels[first + x];
      const start = x++;
      while (x < widthPx && labels[first + x] === label) x++;
      if (label === 0 || !wanted.has(label)) continue;
      const end = x - 1;
      while (near < above.count && above.ends[near] < start - 1) near++;
      let part = -1;
      for (let i = near; i < above.count && above.starts[i] <= end + 1; i++) {
        if (open.labels[above.parts[i]] === label) part = open.join(part, above.parts[i]);
      }
      if (part < 0) part = open.begin(label, start, y);
      open.add(part, start, end, y);
      runs.starts[runs.count] = start;
      runs.ends[runs.count] = end;
      runs.parts[runs.count++] = part;
    }
    for (let i = 0; i < runs.count; i++) runs.parts[i] = open.find(runs.parts[i]);
    open.closeThoseNotAt(y, above, this.take);
    [this.above, this.runs] = [runs, above];
  }
}

function noRuns(widthPx: number): Runs {
  const [starts, ends, parts] = [new Int32Array(widthPx), new Int32Array(widthPx), new Int32Array(widthPx)];
  return { count: 0, starts, ends, parts };
}

/**
 * The parts that a row and the one above it have, as far as they are known, by numbers that are used again. Parts that a row
 * joins are one from then on, and until its end the others lead to it.
 */
class OpenParts {
  readonly labels: Uint32Array;
  /** So many there may be at once. */
  readonly most: number;
  private readonly areas: Float64Array;
  private readonly sumsX: Float64Array;
  private readonly sumsY: Float64Array;
  private readonly left: Int32Array;
  private readonly top: Int32Array;
  private readonly right: Int32Array;
  /** The last row in which a part has pixels; −1 for numbers that are free. */
  private readonly bottom: Int32Array;
  /** The number that a part was joined into; its own until then. */
  private readonly into: Int32Array;
  private readonly free: number[] = [];

  constructor(widthPx: number) {
    // Each run of two rows has a part at most.
    const most = (this.most = 2 * widthPx);
    this.labels = new Uint32Array(most);
    [this.areas, this.sumsX, this.sumsY] = [new Float64Array(most), new Float64Array(most), new Float64Array(most)];
    [this.left, this.top, this.right] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
    this.bottom = new Int32Array(most).fill(-1);
    this.into = new Int32Array(most);
    for (let part = most - 1; part >= 0; part--) this.free.push(part);
  }

  /** A new part, without pixels yet. */
  begin(label: number, x: number, y: number): number {
    const part = this.free.pop()!;
    this.labels[part] = label;
    this.areas[part] = this.sumsX[part] = this.sumsY[part] = 0;
    this.left[part] = this.right[part] = x;
    this.top[part] = y;
    this.into[part] = part;
    return part;
  }

  /** What a part was joined into, by however many steps. */
  find(part: number): number {
    let found = part;
    while (this.into[found] !== found) found = this.into[found] = this.into[this.into[found]];
    return found;
  }

  /** Two parts as one; the first is one that `find` gives, or −1 for none. */
  join(into: number, other: number): number {
    const part = this.find(other);
    if (into < 0 || into === part) return part;
    this.areas[into] += this.areas[part];
    this.sumsX[into] += this.sumsX[part];
    this.sumsY[into] += this.sumsY[part];
    this.left[into] = Math.min(this.left[into], this.left[part]);
    this.top[into] = Math.min(this.top[into], this.top[part]);
    this.right[into] = Math.max(this.right[into], this.right[part]);
    this.into[part] = into;
    return into;
  }

  /** Adds the pixels of a row from `start` to `end`, this one included. */
  add(part: number, start: number, end: number, y: number): void {
    const length = end - start + 1;
    this.areas[part] += length;
    this.sumsX[part] += ((start + end) * length) / 2;
    this.sumsY[part] += y * length;
    if (start < this.left[part]) this.left[part] = start;
    if (end > this.right[part]) this.right[part] = end;
    this.bottom[part] = y;
  }

  /** Hands over the parts of a row that the row at `y` does not go on, and frees what is not needed any more. */
  closeThoseNotAt(y: number, { count, parts }: Runs, take: (part: LabelPart) => void): void {
    for (let i = 0; i < count; i++) {
      const part = parts[i];
      // Several runs may be of one part.
      if (this.bottom[part] < 0) continue;
      if (this.into[part] === part) {
        if (this.bottom[part] === y) continue;
        take(this.describe(part));
      }
      this.bottom[part] = -1;
      this.free.push(part);
    }
  }

  private describe(part: number): LabelPart {
    const [x, y] = [this.left[part], this.top[part]];
    return {
      label: this.labels[part],
      areaPx: this.areas[part],
      sumX: this.sumsX[part],
      sumY: this.sumsY[part],
      box: { x, y, widthPx: this.right[part] - x + 1, heightPx: this.bottom[part] - y + 1 },
    };
  }
}
