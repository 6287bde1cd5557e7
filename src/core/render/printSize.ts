import { defaultPrintDpi } from '../model/marks';
import type { Recipe } from '../model/recipe';

const mmPerInch = 25.4;
const pointsPerInch = 72;

/** The dots per inch of a picture: those that make it as wide as its print width, else those that were asked for. */
export function dotsPerInch({ print, dpi }: Recipe, pictureWidthPx: number): number | undefined {
  return print ? (pictureWidthPx * mmPerInch) / print.widthMm : dpi;
}

/**
 * The strongest downsample at which an item still has the dots per inch that were asked for (300 if nothing was), so
 * that print size comes first and pixels follow; 1 if it has too few, because nothing is ever upsampled.
 */
export function printDownsample({ print, dpi = defaultPrintDpi }: Recipe, regionWidthPx: number): number {
  if (!print) throw new RangeError('expected a print width');
  // The tolerance is for binary fractions: 38.1 mm are one and a half inches.
  const spare = (regionWidthPx * mmPerInch) / (print.widthMm * dpi);
  return Math.min(Math.max(1, Math.floor(spare + 1e-9)), 1024);
}

/** Points on paper in pixels of a picture; `undefined` without a print width. */
export function pointsToPx(points: number, recipe: Recipe, pictureWidthPx: number): number | undefined {
  return recipe.print && (points * dotsPerInch(recipe, pictureWidthPx)!) / pointsPerInch;
}

/** The points on paper of a pixel in a document, which has a size in any case: without another wish, at 300 dpi. */
export function pointsPerPx(recipe: Recipe, pictureWidthPx: number): number {
  return pointsPerInch / (dotsPerInch(recipe, pictureWidthPx) ?? defaultPrintDpi);
}

/** The font's em in pixels of a picture, if a print width says so. */
export function fontPxOf(recipe: Recipe, pictureWidthPx: number): number | undefined {
  return recipe.print && pointsToPx(recipe.print.fontPt, recipe, pictureWidthPx);
}
