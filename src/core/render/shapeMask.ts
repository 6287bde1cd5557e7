import type { Region } from '../model/image';
import { areasOf, partsOf, type Point, type RoiPart, type RoiPolygon, type RoiShape } from '../model/roi';

type Ring = readonly Point[];

/**
 * Which pixels of a region lie in a shape: 1 where the centre of the pixel is inside one of its polygons by the even-odd rule,
 * else 0, row by row from the top left. A centre on a left or top edge is inside, one on a right or bottom edge is not, so that of two
 * polygons with a common edge each pixel is in one. What a line encloses nobody can say, so a line has no such mask.
 *
 * Time follows the edges that each row of pixels crosses, memory the number of edges and of pixels.
 */
export function shapeMask(shape: RoiShape, region: Region): Uint8Array {
  const mask = new Uint8Array(region.widthPx * region.heightPx);
  for (const { rings } of areasOf(shape)) fill(mask, rings, region);
  return mask;
}

/**
 * Which pixels of a region the line of a shape covers, `widthPx` thick: those whose centre, by the rule of `shapeMask`, is
 * in the rectangle of that width about one of its segments, which ends half a width beyond the segment's ends. Of polygons
 * that overlap, what lies within another one is no line of the shape.
 */
export function strokeMask(shape: RoiShape, widthPx: number, region: Region): Uint8Array {
  const areas = areasOf(shape);
  const mask = new Uint8Array(region.widthPx * region.heightPx);
  for (const area of areas) for (const ring of strokesOf(area, widthPx)) fill(mask, ring, region);
  for (const area of areas.length > 1 ? areas : []) clearWithin(mask, area, widthPx, region);
  for (const part of partsOf(shape)) {
    if (part.kind !== 'polyline') continue;
    for (const ring of strokesOf(part, widthPx)) fill(mask, ring, region);
  }
  return mask;
}

/** Takes away what is inside of a polygon and not on its own line. */
function clearWithin(mask: Uint8Array, area: RoiPolygon, widthPx: number, region: Region): void {
  const box = boxWithin(area, region);
  const inner = shapeMask(area, box);
  for (const ring of strokesOf(area, widthPx)) fill(inner, ring, box, 0);
  for (let i = 0, row = 0; row < box.heightPx; row++) {
    const start = (box.y - region.y + row) * region.widthPx + box.x - region.x;
    for (let column = 0; column < box.widthPx; column++, i++) if (inner[i] === 1) mask[start + column] = 0;
  }
}

/** The pixels of a region about a polygon, maybe none. */
function boxWithin({ rings }: RoiPolygon, { x, y, widthPx, heightPx }: Region): Region {
  const along = (axis: 0 | 1, start: number, length: number): [start: number, length: number] => {
    let [min, max] = [Infinity, -Infinity];
    for (const ring of rings)
      for (const point of ring) [min, max] = [Math.min(min, point[axis]), Math.max(max, point[axis])];
    const from = Math.min(Math.max(Math.floor(min), start), start + length);
    return [from, Math.min(Math.max(Math.ceil(max), from), start + length) - from];
  };
  const [[left, wide], [top, high]] = [along(0, x, widthPx), along(1, y, heightPx)];
  return { x: left, y: top, widthPx: wide, heightPx: high };
}

/** The rectangles that the line of a part is made of, each a polygon of one ring. */
function strokesOf(part: RoiPart, widthPx: number): (readonly [Ring])[] {
  return segmentsOf(part).map(([from, to]) => [rectangleAbout(from, to, widthPx / 2)] as const);
}

/** A shape in the pixels of the picture of a region, from whose corner both are anchored. */
export function toGridShape(shape: RoiShape, { x, y }: Region, downsample: number): RoiShape {
  const place = (points: Ring): Ring =>
    points.map(([pointX, pointY]): Point => [(pointX - x) / downsample, (pointY - y) / downsample]);
  const placed = (part: RoiPart): RoiPart =>
    part.kind === 'polyline'
      ? { kind: 'polyline', points: place(part.points) }
      : { kind: 'polygon', rings: part.rings.map(place) };
  return shape.kind === 'union' ? { kind: 'union', parts: shape.parts.map(placed) } : placed(shape);
}

function segmentsOf(part: RoiPart): [from: Point, to: Point][] {
  if (part.kind === 'polygon') {
    return part.rings.flatMap((ring) => ring.map((to, i): [Point, Point] => [ring.at(i - 1)!, to]));
  }
  const { points } = part;
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
function fill(mask: Uint8Array, rings: readonly Ring[], region: Region, value: 0 | 1 = 1): void {
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
      if (start < end) mask.fill(value, row * widthPx + start, row * widthPx + end);
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
