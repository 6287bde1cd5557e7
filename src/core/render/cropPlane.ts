import type { Plane, Region, SampleArray } from '../model/image';

/** The samples of a region in their own type; 0 beyond the image. The whole plane is the plane itself, not a copy. */
export function cropPlane(plane: Plane, { x, y, widthPx, heightPx }: Region): Plane {
  if (x === 0 && y === 0 && widthPx === plane.widthPx && heightPx === plane.heightPx) return plane;
  const samples = new (plane.samples.constructor as new (length: number) => SampleArray)(widthPx * heightPx);
  const [left, right] = [Math.max(x, 0), Math.min(x + widthPx, plane.widthPx)];
  for (let row = Math.max(y, 0); row < Math.min(y + heightPx, plane.heightPx); row++) {
    const line = plane.samples.subarray(row * plane.widthPx + left, row * plane.widthPx + right);
    samples.set(line, (row - y) * widthPx + left - x);
  }
  return { widthPx, heightPx, samples };
}
