import type { LabelWindow } from '../model/labelScan';

/** How far a pixel of its own may lie from a cell's centroid, centre to centre: rounding and half a pixel are no misfit. */
export const fitRadiusPx = 2;

/** What a mask has at and near centroids of cells, found window by window, in whatever order they come. */
export class LabelsNear {
  /** By the cells' positions, 1 where a pixel of its own label lies at most `fitRadiusPx` from a centroid. */
  readonly isNear: Uint8Array;
  /** By the cells' positions, the label of the pixel that its centroid lies in, 0 beyond the mask. */
  readonly there: Uint32Array;
  private readonly ys: Float64Array;

  /** @param centers in full-resolution pixels, whole numbers at pixel centres; they may be anywhere */
  constructor(
    private readonly labels: ArrayLike<number>,
    private readonly centers: readonly (readonly [x: number, y: number])[],
  ) {
    this.isNear = new Uint8Array(centers.length);
    this.there = new Uint32Array(centers.length);
    this.ys = Float64Array.from(centers, ([, y]) => y);
  }

  look(window: LabelWindow): void {
    const { ys, centers, labels, isNear, there } = this;
    const [top, bottom] = [window.y - fitRadiusPx - 1, window.y + window.heightPx + fitRadiusPx];
    for (let i = 0; i < ys.length; i++) {
      if (!(ys[i] >= top && ys[i] <= bottom)) continue;
      const [x, y] = centers[i];
      if (!isNear[i] && hasLabelNear(window, labels[i], x, y)) isNear[i] = 1;
      there[i] ||= labelAt(window, Math.floor(x + 0.5), Math.floor(y + 0.5));
    }
  }
}

function hasLabelNear(window: LabelWindow, label: number, x: number, y: number): boolean {
  // A centroid may be anywhere: beyond 2⁵³ columns could not be counted.
  const bottom = Math.min(Math.floor(y + fitRadiusPx), window.y + window.heightPx - 1);
  const right = Math.min(Math.floor(x + fitRadiusPx), window.x + window.widthPx - 1);
  for (let row = Math.max(Math.ceil(y - fitRadiusPx), window.y); row <= bottom; row++) {
    for (let column = Math.max(Math.ceil(x - fitRadiusPx), window.x); column <= right; column++) {
      const isNear = (column - x) ** 2 + (row - y) ** 2 <= fitRadiusPx ** 2;
      if (isNear && labelAt(window, column, row) === label) return true;
    }
  }
  return false;
}

/** The label at a pixel of the mask, 0 beyond the window. */
function labelAt({ x, y, widthPx, heightPx, labels }: LabelWindow, column: number, row: number): number {
  const [left, top] = [column - x, row - y];
  return left >= 0 && top >= 0 && left < widthPx && top < heightPx ? labels[top * widthPx + left] : 0;
}
