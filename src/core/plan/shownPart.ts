import type { PictureSize, Region } from '../model/image';
import type { Recipe } from '../model/recipe';
import { contextPx } from '../render/outlineWidth';
import { bandsOf, fovPixels, type OutputGrid, outputGrid, seenBy, usualBandPixels } from '../render/outputGrid';
import { doOverlap, intersection, isInImage } from '../select/cropRegion';

/** The grid of an item's pictures. */
export function gridOf(recipe: Recipe, region: Region): OutputGrid {
  const grid = outputGrid(region, recipe.downsample, contextPx(recipe, region));
  return { ...grid, bandPixels: bandPixelsOf(recipe, region) };
}

/** Pixels of the image that a band of an item's pictures is made of: fewer of a FOV that is gone through once. */
export function bandPixelsOf(recipe: Recipe, region: Region): number {
  const usual = usualBandPixels(region);
  return usual === fovPixels && isMadeInOnePass(recipe) ? 2 ** 18 : usual;
}

/** Whether all files of an item come from going through its image once; see `drawPictures`. */
export function isMadeInOnePass({ formats, legend }: Recipe): boolean {
  if (formats.every((format) => format === 'ome-tiff')) return true;
  return !legend.classes && formats.every((format) => format === 'png' || format === 'tiff');
}

/**
 * The part of a tile that is read for a window of an item's picture, in the tile's pixels; `undefined` if the window looks at
 * nothing of it.
 * @param tile in full-resolution pixels of the image
 * @param isCropped whether the tile is all of its image, of which the item shows a part
 */
export function partOfTile(tile: Region, seen: Region, isCropped: boolean): Region | undefined {
  const { x, y, widthPx, heightPx } = tile;
  if (isReadWhole(tile, isCropped)) return { x: 0, y: 0, widthPx, heightPx };
  if (!doOverlap(tile, seen)) return undefined;
  const part = intersection(tile, seen);
  return { ...part, x: part.x - x, y: part.y - y };
}

/** All of an image of a common size is read for a crop: its many crops are views then, and no copies. */
function isReadWhole({ widthPx, heightPx }: PictureSize, isCropped: boolean): boolean {
  return isCropped && widthPx * heightPx <= fovPixels;
}

/** Whether a region leaves something of its image out. */
export function isCropOf(region: Region, image: Region): boolean {
  return !isInImage({ ...image, x: image.x - region.x, y: image.y - region.y }, region);
}

/** The largest part of an image that is in memory at once for pictures of a region of it. */
export function largestPart(recipe: Recipe, region: Region, image: Pick<Region, 'widthPx' | 'heightPx'>): Region {
  const tile = { x: 0, y: 0, widthPx: image.widthPx, heightPx: image.heightPx };
  const isCropped = isCropOf(region, tile);
  if (isReadWhole(tile, isCropped)) return tile;
  const grid = gridOf(recipe, region);
  const parts = bandsOf(grid).map(
    (band) => partOfTile(tile, seenBy(grid, band), isCropped) ?? { ...tile, heightPx: 1 },
  );
  return parts.reduce((most, part) => (part.heightPx * part.widthPx > most.heightPx * most.widthPx ? part : most));
}
