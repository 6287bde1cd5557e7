import type { Region, SampleArray } from '../model/image';
import { gridSize, pickedPixels } from './outputGrid';
import type { PlacedLabels } from './seamContacts';
import type { PlacedPlane } from './stitchPlane';

/**
 * The output grid of a region of a slide, with pixels beside it that decide where outlines run. Tiles are put on it one by
 * one, so that memory follows the picture, and not the slide, which may be mostly gaps.
 */
export interface SlideGrid {
  /** In pixels of the slide. */
  readonly region: Region;
  readonly downsample: number;
  /** Output pixels beside the picture, on every side. */
  readonly contextPx: number;
  /** Of each column of the grid, beginning with those beside the picture, the column of the slide that labels are taken of. */
  readonly columns: readonly number[];
  readonly rows: readonly number[];
  /** All of the grid in its own pixels. */
  readonly window: Region;
  /** The part of it that is the picture. */
  readonly picture: Region;
}

/** Lays a grid over a region; `contextPx` in output pixels. */
export function slideGrid(region: Region, downsample: number, contextPx: number): SlideGrid {
  const widthPx = gridSize(region.widthPx, downsample);
  const heightPx = gridSize(region.heightPx, downsample);
  return {
    ...{ region, downsample, contextPx },
    columns: pickedPixels(region.x, region.widthPx, downsample, -contextPx, widthPx + contextPx),
    rows: pickedPixels(region.y, region.heightPx, downsample, -contextPx, heightPx + contextPx),
    window: { x: 0, y: 0, widthPx: widthPx + 2 * contextPx, heightPx: heightPx + 2 * contextPx },
    picture: { x: contextPx, y: contextPx, widthPx, heightPx },
  };
}

/** The pixels of the grid that show a tile; no wide or no high where it lies beside the grid, or between its pixels. */
export function placeOnGrid({ columns, rows }: SlideGrid, { x, y, widthPx, heightPx }: Region): Region {
  const [left, top] = [firstFrom(columns, x), firstFrom(rows, y)];
  return {
    ...{ x: left, y: top },
    widthPx: firstFrom(columns, x + widthPx) - left,
    heightPx: firstFrom(rows, y + heightPx) - top,
  };
}

/** The pixels of a tile's plane that the grid shows, in their own type, with their place on the grid. */
export function pickPlane(grid: SlideGrid, { x, y, plane }: PlacedPlane): PlacedPlane {
  const { x: left, y: top, ...size } = placeOnGrid(grid, { ...plane, x, y });
  return { x: left, y: top, plane: { ...size, samples: pick(grid, { x, y, ...plane }, plane.samples) } };
}

/** The pixels of a tile's labels that the grid shows, with their place on the grid. */
export function pickLabels(grid: SlideGrid, { x, y, labels: image }: PlacedLabels): PlacedLabels {
  const { x: left, y: top, ...size } = placeOnGrid(grid, { ...image, x, y });
  return { x: left, y: top, labels: { ...size, labels: pick(grid, { x, y, ...image }, image.labels) } };
}

function pick<T extends SampleArray>(grid: SlideGrid, tile: Region, samples: T): T {
  const { x, y, widthPx, heightPx } = placeOnGrid(grid, tile);
  const picked = new (samples.constructor as new (length: number) => T)(widthPx * heightPx);
  const columns = grid.columns.slice(x, x + widthPx).map((column) => column - tile.x);
  for (let row = 0, o = 0; row < heightPx; row++) {
    const at = (grid.rows[y + row] - tile.y) * tile.widthPx;
    for (const column of columns) picked[o++] = samples[at + column];
  }
  return picked;
}

/** The position of the first number, of ascending ones, that is not below a limit. */
function firstFrom(ascending: readonly number[], limit: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle] < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
