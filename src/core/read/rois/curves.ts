import type { Point } from '../../model/roi';

/** How far straight lines may be from the curve that they stand for: a twentieth of a pixel. */
const tolerancePx = 0.05;

/** A full ellipse as a polygon with its corners on it, extreme points included, so that its box is exact. */
export function ellipsePoints(x: number, y: number, radiusX: number, radiusY: number): Point[] {
  const count = 4 * stepsPerQuarter(Math.max(radiusX, radiusY));
  return Array.from({ length: count }, (_, i) => {
    const turn = (2 * Math.PI * i) / count;
    return [x + radiusX * Math.cos(turn), y + radiusY * Math.sin(turn)] as const;
  });
}

/** A rectangle whose corners are quarters of an ellipse, clockwise on the screen. */
export function roundedRectPoints(
  [left, top, right, bottom]: readonly [number, number, number, number],
  radiusX: number,
  radiusY: number,
): Point[] {
  const steps = stepsPerQuarter(Math.max(radiusX, radiusY));
  const corners = [
    [right - radiusX, bottom - radiusY],
    [left + radiusX, bottom - radiusY],
    [left + radiusX, top + radiusY],
    [right - radiusX, top + radiusY],
  ] as const;
  return corners.flatMap(([x, y], corner) =>
    Array.from({ length: steps + 1 }, (_, i): Point => {
      const turn = (Math.PI / 2) * (corner + i / steps);
      return [x + radiusX * Math.cos(turn), y + radiusY * Math.sin(turn)];
    }),
  );
}

/** Up to a radius of ten million pixels the polygon is within a quarter of a pixel; beyond, there are no images. */
function stepsPerQuarter(radiusPx: number): number {
  const turn = Math.acos(Math.max(0, 1 - tolerancePx / Math.max(radiusPx, tolerancePx)));
  return Math.min(4096, Math.max(4, Math.ceil(Math.PI / 4 / turn)));
}

/** A Bézier curve of two or three degrees as straight lines: the points after its first (Wang's bound). */
export function bezierPoints(controls: readonly Point[]): Point[] {
  const degree = controls.length - 1;
  let bend = 0;
  for (let i = 0; i + 2 < controls.length; i++) {
    const [a, b, c] = controls.slice(i, i + 3);
    bend = Math.max(bend, Math.hypot(a[0] - 2 * b[0] + c[0], a[1] - 2 * b[1] + c[1]));
  }
  const wanted = Math.ceil(Math.sqrt(((degree * (degree - 1)) / 8) * (bend / tolerancePx)));
  const count = Math.min(1024, Math.max(1, Number.isNaN(wanted) ? 1 : wanted));
  return Array.from({ length: count }, (_, i) => pointAt(controls, (i + 1) / count));
}

/** De Casteljau's: halves the way between neighbours until one point is left; exact at both ends. */
function pointAt(controls: readonly Point[], part: number): Point {
  let points = controls;
  while (points.length > 1) {
    const between = (from: number, to: number): number => from * (1 - part) + to * part;
    points = points.slice(1).map(([x, y], i) => [between(points[i][0], x), between(points[i][1], y)] as const);
  }
  return points[0];
}
