import type { Region } from './image';

/**
 * The least and the greatest of some numbers; of none, ∞ and −∞. Not `Math.min(...values)`: there may be more values than
 * a call takes arguments.
 */
export function bounds(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}

/** The least region that has all of them in it; of none, one without pixels. */
export function boxAround(regions: readonly Region[]): Region {
  if (regions.length === 0) return { x: 0, y: 0, widthPx: 0, heightPx: 0 };
  const [left] = bounds(regions.map(({ x }) => x));
  const [top] = bounds(regions.map(({ y }) => y));
  const [, right] = bounds(regions.map(({ x, widthPx }) => x + widthPx));
  const [, bottom] = bounds(regions.map(({ y, heightPx }) => y + heightPx));
  return { x: left, y: top, widthPx: right - left, heightPx: bottom - top };
}
