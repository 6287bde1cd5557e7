import type { ImageHeader, Region } from '../model/image';
import type { Recipe } from '../model/recipe';
import { gridSize } from '../render/outputGrid';
import { outlineWidthPx } from '../render/prepareLayers';
import { doOverlap, intersection } from '../select/cropRegion';

/** How far outlines look beside a picture of a region, in output pixels. */
export function contextPx(recipe: Recipe, { widthPx }: Region): number {
  const pictureWidthPx = gridSize(widthPx, recipe.downsample);
  const outlines = recipe.masks.filter(({ mode }) => mode === 'outline');
  return Math.max(0, ...outlines.map((layer) => outlineWidthPx(recipe, layer, pictureWidthPx)));
}

/** A region and all that decides where outlines run in a picture of it, in full-resolution pixels. */
export function withContext(recipe: Recipe, { x, y, widthPx, heightPx }: Region): Region {
  // The last block of a picture may be partial: those beside it begin within it.
  const byPx = (contextPx(recipe, { x, y, widthPx, heightPx }) + 1) * recipe.downsample;
  return { x: x - byPx, y: y - byPx, widthPx: widthPx + 2 * byPx, heightPx: heightPx + 2 * byPx };
}

type Size = Pick<ImageHeader, 'widthPx' | 'heightPx'>;

/** Images of up to so many pixels, a common size of FOVs, are read whole: their many crops are views then, and no copies. */
const wholePx = 2048 ** 2;

/** The part of an image that is read for a picture of a region. */
export function shownPart(recipe: Recipe, region: Region, { widthPx, heightPx }: Size): Region {
  if (widthPx * heightPx <= wholePx) return { x: 0, y: 0, widthPx, heightPx };
  return partWithin(withContext(recipe, region), { widthPx, heightPx });
}

/** The part of a region that lies in an image; a pixel of the image's corner if none does. */
export function partWithin(region: Region, { widthPx, heightPx }: Size): Region {
  const image = { x: 0, y: 0, widthPx, heightPx };
  return doOverlap(region, image) ? intersection(region, image) : { x: 0, y: 0, widthPx: 1, heightPx: 1 };
}
