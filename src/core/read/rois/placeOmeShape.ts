import type { Point, Roi, RoiPart } from '../../model/roi';
import { ellipsePoints } from './curves';
import { BadRoi, openRing, quoted } from './roiCollector';

/** One shape of a ROI, before it is known whether it is of use. */
export interface OmeShape {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** x' = a x + c y + e, y' = b x + d y + f. */
  transform?: readonly [a: number, b: number, c: number, d: number, e: number, f: number];
}

/** Where a shape is, in full-resolution pixels, integers being pixel corners. */
export type OmePlace = { readonly box: Roi['box'] } | { readonly shape: RoiPart };

/**
 * Box or shape, after its transform; a rectangle that was not turned is a box.
 * @throws BadRoi for what is no region (points, labels, masks) or makes no sense
 */
export function placeOmeShape({ name, attributes, transform }: OmeShape): OmePlace {
  const number = (...keys: readonly string[]): number => {
    const key = keys.find((each) => attributes.has(each)) ?? keys[0];
    const value = numberOf(attributes.get(key));
    if (!Number.isFinite(value)) throw new BadRoi(`a number "${key}"`, foundFor(attributes.get(key)));
    return value;
  };
  const matrix = transform ?? readMatrix(attributes.get('transform'));
  const place = (points: readonly Point[]): Point[] =>
    matrix ? points.map((point) => transformed(point, matrix)) : [...points];
  const polygon = (points: readonly Point[]): OmePlace => ({
    shape: { kind: 'polygon', rings: [place(points)] },
  });
  const polyline = (points: readonly Point[]): OmePlace => ({
    shape: { kind: 'polyline', points: place(points) },
  });
  if (matrix?.some((value) => !Number.isFinite(value))) throw new BadRoi('a transform of six numbers', 'found others');
  switch (name) {
    case 'Rectangle': {
      const [x, y, width, height] = [number('x'), number('y'), number('width'), number('height')];
      if (!(width >= 0 && height >= 0)) throw new BadRoi('a size that is not negative', `found ${width} × ${height}`);
      const corners: Point[] = [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ];
      if (matrix && (matrix[1] !== 0 || matrix[2] !== 0)) return polygon(corners);
      const [first, , third] = place(corners);
      const [xs, ys] = [
        [first[0], third[0]],
        [first[1], third[1]],
      ];
      return { box: { xMin: Math.min(...xs), yMin: Math.min(...ys), xMax: Math.max(...xs), yMax: Math.max(...ys) } };
    }
    case 'Ellipse':
    case 'Circle': {
      const radius = ['radiusx', 'rx', 'radius', 'r'];
      const [radiusX, radiusY] = [number(...radius), name === 'Circle' ? number(...radius) : number('radiusy', 'ry')];
      if (!(radiusX >= 0 && radiusY >= 0))
        throw new BadRoi('radii that are not negative', `found ${radiusX} and ${radiusY}`);
      return ellipse([number('x', 'cx'), number('y', 'cy')], radiusX, radiusY, matrix);
    }
    case 'Line':
      return polyline([
        [number('x1'), number('y1')],
        [number('x2'), number('y2')],
      ]);
    case 'Polygon':
    case 'Polyline': {
      const points = readPoints(attributes.get('points'));
      const isClosed = name === 'Polygon' || attributes.get('closed') === 'true';
      const ring = isClosed ? openRing(points) : points;
      const least = isClosed ? 3 : 2;
      if (ring.length < least) throw new BadRoi(`at least ${least} points`, `found ${ring.length}`);
      return isClosed ? polygon(ring) : polyline(ring);
    }
    case 'Point':
      throw new BadRoi('a region', 'found a point, which has no area');
    case 'Label':
      throw new BadRoi('a region', 'found a label, which has no area');
    case 'Mask':
      throw new BadRoi('an outline', 'found a mask, which is not supported');
    default:
      throw new BadRoi('a known shape', `found ${quoted(name)}`);
  }
}

/** Made round where it ends up, so that an enlarged one is no coarser. */
function ellipse([x, y]: Point, radiusX: number, radiusY: number, matrix: OmeShape['transform']): OmePlace {
  const [a, b, c, d] = matrix ?? [1, 0, 0, 1];
  const scale = Math.max(1, Math.hypot(a, b), Math.hypot(c, d));
  const points = ellipsePoints(0, 0, radiusX * scale, radiusY * scale).map(([dx, dy]): Point => {
    const point = [x + dx / scale, y + dy / scale] as const;
    return matrix ? transformed(point, matrix) : point;
  });
  return { shape: { kind: 'polygon', rings: [points] } };
}

function transformed([x, y]: Point, [a, b, c, d, e, f]: NonNullable<OmeShape['transform']>): Point {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** Until 2011 a transform was a text, as in SVG: `matrix(a b c d e f)`. */
function readMatrix(text: string | undefined): OmeShape['transform'] {
  const plain = text?.trim() ?? '';
  if (plain === '' || plain.toLowerCase() === 'none') return undefined;
  const parts =
    /^(?:matrix\s*)?[[(]([^\])]*)[\])]$/
      .exec(plain)?.[1]
      .trim()
      .split(/[\s,]+/) ?? [];
  if (parts.length !== 6) throw new BadRoi('a transform of six numbers', `found ${quoted(plain)}`);
  const [a, b, c, d, e, f] = parts.map(numberOf);
  return [a, b, c, d, e, f];
}

/** `1,2 3,4`, also with commas between the points, and as `points[1,2, 3,4] …`, which OMERO wrote. */
function readPoints(text: string | undefined): Point[] {
  const list = /^\s*points\[([^\]]*)\]/.exec(text ?? '')?.[1] ?? text ?? '';
  const numbers = list
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(numberOf);
  if (numbers.length % 2 !== 0 || numbers.some((value) => !Number.isFinite(value)))
    throw new BadRoi('points "x,y x,y"', foundFor(text));
  return Array.from({ length: numbers.length / 2 }, (_, i): Point => [numbers[2 * i], numbers[2 * i + 1]]);
}

/** NaN for what is no number, or nothing. */
export function numberOf(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

function foundFor(text: string | undefined): string {
  return text === undefined ? 'it is missing' : `found ${quoted(text)}`;
}
