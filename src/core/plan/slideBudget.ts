import { ExportError } from '../model/exportError';
import type { PictureSize, Region } from '../model/image';
import type { Recipe } from '../model/recipe';
import type { Slide } from '../model/slide';
import { bandsOf, imagePartOf, type OutputGrid, outputGrid } from '../render/outputGrid';
import { doOverlap, intersection } from '../select/cropRegion';

/** Up to here a picture may be gaps as much as it likes. */
const plentyPx = 2 ** 26;

/**
 * `TooLarge` for a large picture of a slide that is gaps for the most part: FOVs that lie far apart would make gigabytes
 * of black.
 * @param shown.picture what the recipe makes of the region; unrendered channels are as large as the region
 * @param tiles those that the dataset has
 */
export function requireMostlyTiles(
  { downsample, formats }: Recipe,
  { id }: Slide,
  { region, picture }: { readonly region: Region; readonly picture: PictureSize },
  tiles: readonly Region[],
): void {
  const inRegion = tiles.filter((tile) => doOverlap(tile, region));
  const tilesPx = inRegion.reduce((sum, tile) => sum + areaOf(intersection(tile, region)), 0);
  const sizes = [
    ...(formats.some((format) => format !== 'ome-tiff') ? [{ ...picture, step: downsample }] : []),
    ...(formats.includes('ome-tiff') ? [{ ...region, step: 1 }] : []),
  ];
  for (const { widthPx, heightPx, step } of sizes) {
    const px = widthPx * heightPx;
    const tilesOfIt = Math.round(tilesPx / step ** 2);
    if (px <= plentyPx || px <= 4 * tilesOfIt) continue;
    throw new ExportError(
      'TooLarge',
      `Expected at most ${plentyPx} pixels, or a tile for every fourth of them, for ${describeRegion(region)} of map ${id}, but found ${widthPx} × ${heightPx}, of which ${tilesOfIt} have a tile; choose a greater downsample (of unrendered channels there is none), or smaller regions.`,
    );
  }
}

/**
 * What an item of a slide takes beside one tile, about, in bytes: of a band, channels and labels as they are read and on
 * the output grid, some of them twice; or unrendered channels.
 */
export function stitchedBytes(recipe: Recipe, grid: OutputGrid): number {
  const { channels, masksOnly, annotation, formats } = recipe;
  const masks = recipe.masks.length + (recipe.cells?.isolate ? 1 : 0);
  const drawn = masksOnly ? 0 : channels.length;
  const [band] = bandsOf(grid);
  const gridPx = (band.widthPx + 2 * grid.contextPx) * (band.heightPx + 2 * grid.contextPx);
  const readPx = areaOf(imagePartOf(grid, band));
  const ofPicture = gridPx * (20 * drawn + 24 * masks + (annotation ? 12 : 0)) + 4 * readPx * (drawn + masks);
  const unrendered = outputGrid(grid.region, 1, 0);
  const ofUnrendered = formats.includes('ome-tiff') ? areaOf(bandsOf(unrendered)[0]) * 12 * drawn : 0;
  return Math.max(ofPicture, ofUnrendered);
}

/** A region in words, for messages. */
export function describeRegion({ x, y, widthPx, heightPx }: Region): string {
  return `${widthPx} × ${heightPx} pixels at ${x}, ${y}`;
}

function areaOf({ widthPx, heightPx }: PictureSize): number {
  return widthPx * heightPx;
}
