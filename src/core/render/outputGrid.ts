import type { LabelImage, PictureSize, Region, SampleArray } from '../model/image';
import type { Extent } from './enlargement';

/**
 * The pixels of a picture, each of a block of `downsample` × `downsample` pixels of its image, anchored at the region's
 * corner; and those beside the picture, which decide where outlines run. Tiles of an image lie on it, or beside it; a FOV
 * is an image of one tile. What is read and drawn is a window of it at a time, so that memory follows the window.
 */
export interface OutputGrid {
  /** In full-resolution pixels of the image; may reach beyond it, where all is black. */
  readonly region: Region;
  readonly downsample: number;
  /** Of the picture. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Output pixels beside the picture, on every side. */
  readonly contextPx: number;
  /** Pixels of the image that a band of the picture is made of, about. */
  readonly bandPixels: number;
  /** Of each column of the grid, beginning with those beside the picture, the image's column that nearest pixels are of. */
  readonly columns: readonly number[];
  readonly rows: readonly number[];
}

/** One channel on a window of the grid. NaN means "no finite pixel here", which is drawn as nothing. */
export interface GridPlane {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly samples: SampleArray;
  /** Of the first pixel, where the window is a part of a larger plane that need not be copied. */
  readonly firstSample?: number;
  /** Samples from one row to the next; absent: as many as a row has. */
  readonly rowSamples?: number;
}

/** Labels on a window of the grid, or on a part of it; `xPx`, `yPx` is their top left in the window, maybe negative. */
export interface GridLabels extends LabelImage {
  readonly xPx: number;
  readonly yPx: number;
}

/** The size of an output grid: a last, partial block still makes a pixel. */
export function gridSize(sizePx: number, downsample: number): number {
  return Math.ceil(sizePx / downsample);
}

/** Lays a grid over a region; `contextPx` in output pixels. */
export function outputGrid(region: Region, downsample: number, contextPx: number): OutputGrid {
  const widthPx = gridSize(region.widthPx, downsample);
  const heightPx = gridSize(region.heightPx, downsample);
  return {
    ...{ region, downsample, widthPx, heightPx, contextPx },
    bandPixels: usualBandPixels(region),
    columns: nearestPixels(region.x, region.widthPx, downsample, contextPx),
    rows: nearestPixels(region.y, region.heightPx, downsample, contextPx),
  };
}

/**
 * The image's pixel that each position of the grid along one axis shows: at offset ⌊(d − 1)/2⌋ in its block, clamped to the
 * region, whose last block alone may be partial. Ascending.
 */
function nearestPixels(start: number, lengthPx: number, d: number, contextPx: number): number[] {
  const size = gridSize(lengthPx, d);
  const offset = Math.floor((d - 1) / 2);
  return Array.from({ length: size + 2 * contextPx }, (_, i) => {
    const position = i - contextPx;
    const pixel = start + position * d + offset;
    return position === size - 1 ? Math.min(pixel, start + lengthPx - 1) : pixel;
  });
}

/** All of a grid's picture, as a window of it. */
export function wholeWindow({ widthPx, heightPx }: OutputGrid): Region {
  return { x: 0, y: 0, widthPx, heightPx };
}

/** The part of the image whose blocks a window is made of, in full-resolution pixels. */
export function imagePartOf({ region, downsample: d }: OutputGrid, { x, y, widthPx, heightPx }: Region): Region {
  return {
    x: region.x + x * d,
    y: region.y + y * d,
    widthPx: Math.min(widthPx * d, region.widthPx - x * d),
    heightPx: Math.min(heightPx * d, region.heightPx - y * d),
  };
}

/** The part of the image that a window looks at, with what decides where outlines run in it, in full-resolution pixels. */
export function seenBy(grid: OutputGrid, window: Region): Region {
  const blocks = imagePartOf(grid, window);
  if (grid.contextPx === 0) return blocks;
  const along = (pixels: readonly number[], from: number, length: number): [first: number, last: number] => [
    pixels[from],
    pixels[from + length + 2 * grid.contextPx - 1],
  ];
  const [left, right] = along(grid.columns, window.x, window.widthPx);
  const [top, bottom] = along(grid.rows, window.y, window.heightPx);
  const [x, y] = [Math.min(left, blocks.x), Math.min(top, blocks.y)];
  return {
    ...{ x, y },
    widthPx: Math.max(right + 1, blocks.x + blocks.widthPx) - x,
    heightPx: Math.max(bottom + 1, blocks.y + blocks.heightPx) - y,
  };
}

/**
 * The pixels of a window, and of as many beside it as are asked for, whose nearest pixel lies in a tile; in the picture's
 * pixels. No wide or no high where there is none.
 */
export function placeOnGrid(grid: OutputGrid, window: Region, tile: Region, contextPx = 0): Region {
  const along = (pixels: readonly number[], [from, length]: [number, number], start: number, end: number): number[] => {
    const [first, last] = [from - contextPx + grid.contextPx, from + length + contextPx + grid.contextPx];
    return [firstFrom(pixels, start, first, last), firstFrom(pixels, end, first, last)];
  };
  const [left, right] = along(grid.columns, [window.x, window.widthPx], tile.x, tile.x + tile.widthPx);
  const [top, bottom] = along(grid.rows, [window.y, window.heightPx], tile.y, tile.y + tile.heightPx);
  return { x: left - grid.contextPx, y: top - grid.contextPx, widthPx: right - left, heightPx: bottom - top };
}

/** The nearest pixels of a tile, given its samples, at a place on the grid that lies in it. */
export function pickNearest<T extends SampleArray>(
  grid: OutputGrid,
  tile: Extent,
  samples: T,
  { x, y, widthPx, heightPx }: Region,
): T {
  const picked = new (samples.constructor as new (length: number) => T)(widthPx * heightPx);
  const left = x + grid.contextPx;
  const { enlarged } = tile;
  const ownColumn = (column: number): number => (enlarged ? enlarged.columns[column - tile.x] : column - tile.x);
  const ownRow = (row: number): number => (enlarged ? enlarged.rows[row - tile.y] : row - tile.y);
  const rowSamples = enlarged?.widthPx ?? tile.widthPx;
  const columns = grid.columns.slice(left, left + widthPx).map(ownColumn);
  for (let row = 0, o = 0; row < heightPx; row++) {
    const at = ownRow(grid.rows[y + grid.contextPx + row]) * rowSamples;
    if (grid.downsample === 1 && !enlarged) {
      picked.set(samples.subarray(at + columns[0], at + columns[0] + widthPx), o);
      o += widthPx;
      continue;
    }
    for (const column of columns) picked[o++] = samples[at + column];
  }
  return picked;
}

/** The first position, of those between two, whose number is not below a limit; numbers ascend. */
function firstFrom(ascending: readonly number[], limit: number, first: number, last: number): number {
  let [from, to] = [first, last];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle] < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A common size of FOVs, at most. */
export const fovPixels = 2048 ** 2;

/** So many pixels of an image a band of its picture is made of, about, unless it is said. Pictures of FOVs are one band. */
export function usualBandPixels({ widthPx, heightPx }: PictureSize): number {
  return widthPx * heightPx <= fovPixels ? fovPixels : 2 ** 20;
}

/**
 * A band of a region's picture, in output pixels: as wide as the picture, and made of about so many pixels of the image.
 * @param pixels of the image in a band; the picture does not depend on it
 */
export function bandSize(region: Region, downsample: number, pixels: number): PictureSize {
  const rows = Math.floor(pixels / (region.widthPx * downsample));
  const heightPx = gridSize(region.heightPx, downsample);
  return { widthPx: gridSize(region.widthPx, downsample), heightPx: Math.min(Math.max(1, rows), heightPx) };
}

/** The bands of a picture, from top to bottom, as windows of it; see `bandSize`. */
export function bandsOf(grid: OutputGrid, pixels = grid.bandPixels): Region[] {
  const { region, downsample, widthPx, heightPx } = grid;
  const rows = bandSize(region, downsample, pixels).heightPx;
  const bands: Region[] = [];
  for (let y = 0; y < heightPx; y += rows) bands.push({ x: 0, y, widthPx, heightPx: Math.min(rows, heightPx - y) });
  return bands;
}
