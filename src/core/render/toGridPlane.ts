import type { Region } from '../model/image';
import { BlockMeans } from './blockMeans';
import { extentOf } from './enlargement';
import { imagePartOf, type GridPlane, type OutputGrid, pickNearest, placeOnGrid } from './outputGrid';
import { type PlacedPlane, stitchPlane } from './stitchPlane';

/**
 * Puts a channel on a window of the grid; beyond the tiles there is nothing. At `downsample` 1 a window of one tile is a view
 * of its plane, not a copy.
 * @param tiles all tiles that the window shows, or the parts of them that it shows, in full-resolution pixels of the image;
 *   a later one covers an earlier one. Levels of pyramids stand for their images at a `downsample` above 1
 * @param resample `mean`: over the finite pixels of a block that lie in the region and are seen; `nearest`: the block's
 *   nearest pixel (see `OutputGrid`)
 */
export function toGridPlane(
  grid: OutputGrid,
  window: Region,
  tiles: readonly PlacedPlane[],
  resample: 'mean' | 'nearest',
): GridPlane {
  const { downsample } = grid;
  if (downsample > 1 && resample === 'mean') return new BlockMeans(grid, window).add(tiles).means();
  if (downsample > 1) {
    const picked = tiles.map((placed): PlacedPlane => {
      const tile = extentOf(placed, placed.plane);
      const place = placeOnGrid(grid, window, tile);
      const { widthPx, heightPx } = place;
      return { ...place, plane: { widthPx, heightPx, samples: pickNearest(grid, tile, placed.plane.samples, place) } };
    });
    return stitchPlane(window, picked);
  }
  const part = imagePartOf(grid, window);
  if (tiles.length !== 1 || !isWithin(part, tiles[0])) return stitchPlane(part, tiles);
  const [{ x, y, plane }] = tiles;
  const { samples, widthPx: rowSamples } = plane;
  const { widthPx, heightPx } = part;
  return { widthPx, heightPx, samples, firstSample: (part.y - y) * rowSamples + part.x - x, rowSamples };
}

function isWithin(part: Region, { x, y, plane }: PlacedPlane): boolean {
  return (
    part.x >= x &&
    part.y >= y &&
    part.x + part.widthPx <= x + plane.widthPx &&
    part.y + part.heightPx <= y + plane.heightPx
  );
}
