import type { Plane, Region } from '../model/image';

/**
 * Counts the finite pixels of a part of a plane, and those of them that are brighter than a limit: they all look the same.
 * @param high in the plane's own units
 * @param region in pixels of the plane; absent: all of it. What is beyond the plane is not counted.
 */
export function countClipped(
  { widthPx, heightPx, samples }: Plane,
  high: number,
  region: Region = { x: 0, y: 0, widthPx, heightPx },
): { readonly bright: number; readonly pixels: number } {
  let bright = 0;
  let pixels = 0;
  const right = Math.min(widthPx, region.x + region.widthPx);
  const bottom = Math.min(heightPx, region.y + region.heightPx);
  for (let y = Math.max(0, region.y); y < bottom; y++) {
    for (let i = y * widthPx + Math.max(0, region.x); i < y * widthPx + right; i++) {
      const value = samples[i];
      if (!Number.isFinite(value)) continue;
      pixels++;
      if (value > high) bright++;
    }
  }
  return { bright, pixels };
}
