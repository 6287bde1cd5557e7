import type { Region } from '../model/image';
import type { Recipe } from '../model/recipe';
import { contextPx } from '../render/outlineWidth';
import { bandsOf, type OutputGrid, outputGrid, seenBy } from '../render/outputGrid';
import { doOverlap, intersection } from '../select/cropRegion';

/** Images of up to so many pixels, a common size of FOVs, are read whole: their many crops are views then, and no copies. */
const wholePx = 2048 ** 2;

/** The grid of an item's pictures. */
export function gridOf(recipe: Recipe, region: Region): OutputGrid {
  return outputGrid(region, recipe.downsample, contextPx(recipe, region));
}

/**
 * The part of a tile that is read for a window of an item's picture, in the tile's pixels; `undefined` if the window looks at
 * nothing of it.
 * @param tile in full-resolution pixels of the image
 * @param isAlone whether the tile is all of its image
 */
export function partOfTile(tile: Region, seen: Region, isAlone: boolean): Region | undefined {
  const { x, y, widthPx, heightPx } = tile;
  if (isAlone && widthPx * heightPx <= wholePx) return { x: 0, y: 0, widthPx, heightPx };
  if (!doOverlap(tile, seen)) return undefined;
  const part = intersection(tile, seen);
  return { ...part, x: part.x - x, y: part.y - y };
}

/** The largest part of an image that is in memory at once for pictures of a region of it. */
export function largestPart(recipe: Recipe, region: Region, image: Pick<Region, 'widthPx' | 'heightPx'>): Region {
  const tile = { x: 0, y: 0, widthPx: image.widthPx, heightPx: image.heightPx };
  if (tile.widthPx * tile.heightPx <= wholePx) return tile;
  const grid = gridOf(recipe, region);
  const parts = bandsOf(grid).map((band) => partOfTile(tile, seenBy(grid, band), true) ?? { ...tile, heightPx: 1 });
  return parts.reduce((most, part) => (part.heightPx * part.widthPx > most.heightPx * most.widthPx ? part : most));
}
