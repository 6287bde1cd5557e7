import type { Region } from '../model/image';
import type { Roi, RoiShape } from '../model/roi';

/** A shape that encloses something. What a line encloses nobody can say, so a line has no mask. */
export type RoiPolygon = Extract<RoiShape, { readonly kind: 'polygon' }>;

/**
 * The whole pixels that a ROI's box touches: from the floor of its minima to the ceiling of its maxima, at least one pixel
 * wide and high. In full-resolution pixels; it may reach beyond the image.
 */
export function roiRegion({ box }: Pick<Roi, 'box'>): Region {
  const [x, y] = [Math.floor(box.xMin), Math.floor(box.yMin)];
  return {
    // Adding 0 makes a plain zero of a negative one.
    x: x + 0,
    y: y + 0,
    widthPx: Math.max(1, Math.ceil(box.xMax) - x),
    heightPx: Math.max(1, Math.ceil(box.yMax) - y),
  };
}

/**
 * Which pixels of a region lie in a polygon: 1 where the centre of the pixel is inside by the even-odd rule, else 0, row by
 * row from the top left. A centre on a left or top edge is inside, one on a right or bottom edge is not, so that of two
 * polygons with a common edge each pixel is in one.
 *
 * Time follows the edges that each row of pixels crosses, memory the number of edges and of pixels.
 */
export function shapeMask(shape: RoiPolygon, region: Region): Uint8Array {
  const { x, y, widthPx, heightPx } = region;
  const mask = new Uint8Array(widthPx * heightPx);
  const edges = edgesOf(shape, y, heightPx);
  const active: Edge[] = [];
  let next = 0;
  for (let row = 0; row < heightPx; row++) {
    while (next < edges.length && edges[next].firstRow <= row) active.push(edges[next++]);
    keep(active, (edge) => edge.endRow > row);
    const center = y + row + 0.5;
    const crossings = Float64Array.from(active, ({ x0, y0, slope }) => x0 + (center - y0) * slope).sort();
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const start = Math.max(0, firstCenterFrom(crossings[i]) - x);
      const end = Math.min(widthPx, firstCenterFrom(crossings[i + 1]) - x);
      if (start < end) mask.fill(1, row * widthPx + start, row * widthPx + end);
    }
  }
  return mask;
}

/** A side of a polygon that crosses the centres of the rows from `firstRow` to before `endRow`. */
interface Edge {
  readonly firstRow: number;
  readonly endRow: number;
  readonly x0: number;
  readonly y0: number;
  /** How far it goes to the right on its way down by one pixel. */
  readonly slope: number;
}

/** The edges that cross the centre of a row of the region, those that begin first in front. */
function edgesOf({ rings }: RoiPolygon, top: number, heightPx: number): readonly Edge[] {
  const edges: Edge[] = [];
  for (const ring of rings) {
    for (const [i, to] of ring.entries()) {
      const from = ring[(i + ring.length - 1) % ring.length];
      const [[x0, y0], [x1, y1]] = from[1] < to[1] ? [from, to] : [to, from];
      const firstRow = Math.max(0, firstCenterFrom(y0) - top);
      const endRow = Math.min(heightPx, firstCenterFrom(y1) - top);
      if (firstRow < endRow) edges.push({ firstRow, endRow, x0, y0, slope: (x1 - x0) / (y1 - y0) });
    }
  }
  return edges.sort((a, b) => a.firstRow - b.firstRow);
}

/** The first pixel whose centre is at or beyond a coordinate. */
function firstCenterFrom(coordinate: number): number {
  return Math.ceil(coordinate - 0.5);
}

/** Takes out in place what is not wanted any more. */
function keep<T>(items: T[], isWanted: (item: T) => boolean): void {
  let kept = 0;
  for (const item of items) if (isWanted(item)) items[kept++] = item;
  items.length = kept;
}
