import type { Region } from '../model/image';
import type { Roi } from '../model/roi';
import type { RoiSelection } from '../model/roiSelection';
import { toPixels } from './cropRegion';

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
 * What is shown of a ROI: the pixels of its box, or, with a size, a box about the middle of its own: of that size, or with
 * its own sides, each brought within `length ± tolerance`. It starts at `⌊middle − side / 2 + 0.5⌋`.
 * @param pixelSizeUm needed for a size in µm
 */
export function sizedRegion(
  { box }: Pick<Roi, 'box'>,
  size: RoiSelection['size'],
  pixelSizeUm: number | undefined,
): Region {
  const own = roiRegion({ box });
  if (!size) return own;
  const length = toPixels(size.length, pixelSizeUm);
  const tolerance = size.tolerance ? toPixels(size.tolerance, pixelSizeUm) : 0;
  const side = (px: number): number => Math.max(1, Math.min(Math.max(px, length - tolerance), length + tolerance));
  const [widthPx, heightPx] = [side(own.widthPx), side(own.heightPx)];
  const start = (min: number, max: number, px: number): number => Math.floor((min + max) / 2 - px / 2 + 0.5) + 0;
  return { x: start(box.xMin, box.xMax, widthPx), y: start(box.yMin, box.yMax, heightPx), widthPx, heightPx };
}
