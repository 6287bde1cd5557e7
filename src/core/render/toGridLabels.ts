import type { Region } from '../model/image';
import { extentOf } from './enlargement';
import { type GridLabels, type OutputGrid, pickNearest, placeOnGrid } from './outputGrid';
import type { PlacedLabels } from './seamContacts';

/**
 * Labels of a tile on a window of the grid, always the nearest pixel, with up to `contextPx` output pixels beside the window
 * where the tile goes on: what lies there decides where outlines run. Ends where the tile ends.
 * @param tile all of it, or the part that the window looks at, in full-resolution pixels of the image
 */
export function toGridLabels(grid: OutputGrid, window: Region, placed: PlacedLabels, contextPx: number): GridLabels {
  const { labels: image, enlarged } = placed;
  const tile = extentOf(placed, image);
  const place = placeOnGrid(grid, window, tile, contextPx);
  const { widthPx, heightPx } = place;
  const at = { xPx: place.x - window.x, yPx: place.y - window.y };
  // Whole rows at full resolution are a part of the tile's own memory.
  const isView = grid.downsample === 1 && !enlarged && widthPx === image.widthPx && heightPx > 0;
  const firstRow = isView ? grid.rows[place.y + grid.contextPx] - tile.y : 0;
  const labels = isView
    ? image.labels.subarray(firstRow * widthPx, (firstRow + heightPx) * widthPx)
    : pickNearest(grid, tile, image.labels, place);
  return { widthPx, heightPx, labels, ...at };
}
