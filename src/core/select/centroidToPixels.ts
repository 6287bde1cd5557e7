import type { CentroidScale } from '../model/dataset';

/** Where a cell is, `x` right, `y` down. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A centroid as a cell table writes it, in full-resolution pixels, whole numbers at pixel centres.
 * @param pixelSizeUm of the centroid's FOV, for centroids in µm
 */
export function centroidToPixels({ x, y }: Point, { unit, zero }: CentroidScale, pixelSizeUm: number): Point {
  const scale = unit === 'um' ? pixelSizeUm : 1;
  const shift = zero === 'imageCorner' ? 0.5 : 0;
  return { x: x / scale - shift, y: y / scale - shift };
}
