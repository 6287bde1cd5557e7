import type { LabelImage, Region } from '../model/image';

/** What a mask says of one of its cells. */
export interface MeasuredCell {
  readonly areaPx: number;
  /** The mean of its pixels' indices. */
  readonly x: number;
  readonly y: number;
  /** The smallest box of whole pixels around it. */
  readonly box: Region;
}

/** Measures cells of a mask, each over all its pixels, also where it is in several parts; those not there are left out. */
export function measureCells(
  { widthPx, heightPx, labels }: LabelImage,
  wanted: ReadonlySet<number>,
): Map<number, MeasuredCell> {
  const sums = new Map<number, { area: number; x: number; y: number; box: [number, number, number, number] }>();
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, i++) {
      const label = labels[i];
      if (label === 0 || !wanted.has(label)) continue;
      const sum = sums.get(label);
      if (!sum) {
        sums.set(label, { area: 1, x, y, box: [x, y, x, y] });
        continue;
      }
      sum.area++;
      sum.x += x;
      sum.y += y;
      const { box } = sum;
      if (x < box[0]) box[0] = x;
      if (x > box[2]) box[2] = x;
      box[3] = y; // Rows come from top to bottom.
    }
  }
  return new Map(
    [...sums].map(
      ([
        label,
        {
          area,
          x,
          y,
          box: [left, top, right, bottom],
        },
      ]) => [
        label,
        {
          areaPx: area,
          x: x / area,
          y: y / area,
          box: { x: left, y: top, widthPx: right - left + 1, heightPx: bottom - top + 1 },
        },
      ],
    ),
  );
}
