import type { Region } from '../model/image';
import type { Point, RoiPolygon, RoiShape } from '../model/roi';

type Ring = readonly Point[];

/**
 * Which pixels of a region lie in a polygon: 1 where the centre of the pixel is inside by the even-odd rule, else 0, row by
 * row from the top left. A centre on a left or top edge is inside, one on a right or bottom edge is not, so that of two
 * polygons with a common edge each pixel is in one. What a line encloses nobody can say, so a line has no such mask.
 *
 * Time follows the edges that each row of pixels crosses, memory the number of edges and of pixels.
 */
export function shapeMask({ rings }: RoiPolygon, region: Region): Uint8Array {
  const mask = new Uint8Array(region.widthPx * region.heightPx);
  fill(mask, rings, region);
  return mask;
}

/**
 * Which pixels of a region the line of a shape covers, `widthPx` thick: those whose centre, by the rule of `shapeMask`, is
 * in the rectangle of that width about one of its segments, which ends half a width beyond the segment's ends.
 */
export function strokeMask(shape: RoiShape, widthPx: number, region: Region): Uint8Array {
  const mask = new Uint8Array(region.widthPx * region.heightPx);
  for (const [from, to] of segmentsOf(shape)) fill(mask, [rectangleAbout(from, to, widthPx / 2)], region);
  return mask;
}

/** A shape in the pixels of the picture of a region, from whose corner both are anchored. */
export function toGridShape(shape: RoiShape, { x, y }: Region, downsample: number): RoiShape {
  const place = (points: Ring): Ring =>
    points.map(([pointX, pointY]): Point => [(pointX - x) / downsample, (pointY - y) / downsample]);
  return shape.kind === 'polyline'
    ? { kind: 'polyline', points: place(shape.points) }
    : { kind: 'polygon', rings: shape.rings.map(place) };
}

function segmentsOf(shape: RoiShape): [from: Point, to: Point][] {
  if (shape.kind === 'polygon') {
    return shape.rings.flatMap((ring) => ring.map((to, i): [Point, Point] => [ring.at(i - 1)!, to]));
  }
  const { points } = shape;
  return points.length === 1 ? [[points[0], points[0]]] : points.slice(1).map((to, i) => [points[i], to]);
}

/** A point has no direction; its square stands upright. */
function rectangleAbout([x0, y0]: Point, [x1, y1]: Point, half: number): Ring {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [alongX, alongY] = length === 0 ? [half, 0] : [((x1 - x0) / length) * half, ((y1 - y0) / length) * half];
  const [startX, startY, endX, endY] = [x0 - alongX, y0 - alongY, x1 + alongX, y1 + alongY];
  return [
    [startX - alongY, startY + alongX],
    [endX - alongY, endY + alongX],
    [endX + alongY, endY - alongX],
    [startX + alongY, startY - alongX],
  ];
}

/** Sets the pixels of a region that lie within closed lines. */
function fill(mask: Uint8Array, rings: readonly Ring[], region: Region): void {
  const { x, y, widthPx, heightPx } = region;
  const edges = edgesOf(rings, y, heightPx);
  const active: Edge[] = [];
  let next = 0;
  for (let row = edges[0]?.firstRow ?? heightPx; row < heightPx; row++) {
    while (next < edges.length && edges[next].firstRow <= row) active.push(edges[next++]);
    keep(active, (edge) => edge.endRow > row);
    if (active.length === 0) {
      if (next === edges.length) return;
      continue;
    }
    const center = y + row + 0.5;
    const crossings = Float64Array.from(active, ({ x0, y0, slope }) => x0 + (center - y0) * slope).sort();
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const start = Math.max(0, firstCenterFrom(crossings[i]) - x);
      const end = Math.min(widthPx, firstCenterFrom(crossings[i + 1]) - x);
      if (start < end) mask.fill(1, row * widthPx + start, row * widthPx + end);
    }
  }
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
function edgesOf(rings: readonly Ring[], top: number, heightPx: number): readonly Edge[] {
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
