import type { Region } from '../model/image';

/** The piece of a row of pixels that shows one tile, or a gap. */
export interface Part {
  /** Position among the tiles; `gap` where there is none. */
  readonly tile: number;
  readonly x: number;
  readonly widthPx: number;
}

/** Rows of a window that all show the same tiles. */
export interface Band {
  readonly y: number;
  readonly heightPx: number;
  /** From left to right, without holes: together as wide as the window. Neighbours show different tiles. */
  readonly parts: readonly Part[];
}

/** The `tile` of a part where no tile is. */
export const gap = -1;

/**
 * Which tile is seen where in a window of a slide: of those that overlap, the last. Everything that is known of a slide
 * before its pixels: where tiles meet, and where there is none.
 * @param window in pixels of the slide; may reach beyond all tiles
 * @returns bands from top to bottom, without holes: together as high as the window
 */
export function visibleParts(window: Region, tiles: readonly Region[]): Band[] {
  const rows = cuts(window.y, window.heightPx, tiles, 'y', 'heightPx');
  return rows.slice(0, -1).map((y, i) => {
    const within = (tile: Region): boolean => tile.y <= y && y < tile.y + tile.heightPx;
    return { y, heightPx: rows[i + 1] - y, parts: partsOfRow(window, tiles, within) };
  });
}

function partsOfRow(window: Region, tiles: readonly Region[], within: (tile: Region) => boolean): Part[] {
  const columns = cuts(window.x, window.widthPx, tiles.filter(within), 'x', 'widthPx');
  const position = new Map(columns.map((x, i) => [x, i]));
  const tops = new Array<number>(columns.length - 1).fill(gap);
  const [left, right] = [window.x, window.x + window.widthPx];
  for (const [number, tile] of tiles.entries()) {
    if (!within(tile)) continue;
    const from = position.get(Math.min(Math.max(tile.x, left), right));
    const to = position.get(Math.min(Math.max(tile.x + tile.widthPx, left), right));
    tops.fill(number, from, to);
  }
  const starts = tops.flatMap((tile, i) => (i === 0 || tile !== tops[i - 1] ? [i] : []));
  return starts.map((start, i) => ({
    tile: tops[start],
    x: columns[start],
    widthPx: columns[starts[i + 1] ?? tops.length] - columns[start],
  }));
}

/** Where a tile, or the window, begins or ends along one axis: ascending, from the window's start to its end. */
function cuts(
  start: number,
  lengthPx: number,
  tiles: readonly Region[],
  side: 'x' | 'y',
  extent: 'widthPx' | 'heightPx',
): number[] {
  const end = start + lengthPx;
  const inside = tiles
    .flatMap((tile) => [tile[side], tile[side] + tile[extent]])
    .filter((at) => at > start && at < end);
  return [...new Set([start, ...inside, end])].sort((a, b) => a - b);
}
