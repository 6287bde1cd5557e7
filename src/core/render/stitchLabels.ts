import type { LabelImage, Region } from '../model/image';
import { mapEntry } from '../model/mapEntry';
import { type PlacedLabels, regionsOf, type TileCell } from './seamContacts';
import { type Band, gap, visibleParts } from './visibleParts';

export type { PlacedLabels } from './seamContacts';

/** The label of pixels without a tile in what outlines are found in: no cell, and no boundary of one. */
export const gapLabel = 2 ** 32 - 1;

/** Cells by their numbers: of each, its tile's position among the tiles and its label there. At 0, which is no cell, both are 0. */
export interface CellOrigins {
  readonly tile: Uint32Array;
  readonly label: Uint32Array;
}

/** The masks of a window of a slide. */
export interface StitchedLabels {
  /** Every cell of every tile under a number of its own, from 1; 0 where there is none. What colours are looked up by. */
  readonly cells: LabelImage;
  /** The cells that the window shows. */
  readonly origin: CellOrigins;
  /**
   * The same cells with the parts of one on both sides of a seam under one number, and `gapLabel` where there is no tile. What
   * outlines are found in. May be `cells` itself.
   */
  readonly joined: LabelImage;
  /** Pixels of the window without any tile. */
  readonly gapPx: number;
}

/**
 * The label masks of a window of a slide, put together from its tiles; where they overlap, the last is seen. Which cells
 * are joined across seams is decided over all tiles of the slide (see `joinCells`), so that a crop has the outlines of
 * the slide.
 *
 * Takes time and memory in proportion to the window, and to the number of joins.
 * @param window in the tiles' pixels, those of the slide or of an output grid; may reach beyond all tiles
 * @param joins the cells of each joined one, by positions in `tiles`
 */
export function stitchLabels(
  window: Region,
  tiles: readonly PlacedLabels[],
  joins: readonly (readonly TileCell[])[],
): StitchedLabels {
  const bands = visibleParts(window, regionsOf(tiles));
  const { cells, origin, numbers } = numberCells(window, tiles, bands);
  const target = Uint32Array.from(origin.tile.keys());
  let isJoined = false;
  for (const group of joins) {
    const shown = group.flatMap(({ tile, label }) => numbers[tile]?.get(label) ?? []);
    const first = Math.min(...shown);
    for (const number of shown) target[number] = first;
    isJoined ||= shown.length > 1;
  }
  const gapPx = sum(bands, ({ parts, heightPx }) =>
    sum(parts, ({ tile, widthPx }) => (tile === gap ? widthPx * heightPx : 0)),
  );
  const joined = isJoined || gapPx > 0 ? joinNumbers(window, cells, target, bands) : cells;
  return { cells, origin, joined, gapPx };
}

interface NumberedCells {
  readonly cells: LabelImage;
  readonly origin: CellOrigins;
  /** Of each tile that is seen, the numbers of its labels. */
  readonly numbers: readonly (ReadonlyMap<number, number> | undefined)[];
}

function numberCells(window: Region, tiles: readonly PlacedLabels[], bands: readonly Band[]): NumberedCells {
  const { widthPx, heightPx } = window;
  const cells = new Uint32Array(widthPx * heightPx);
  const origin = { tile: [0], label: [0] };
  const numbers: Map<number, number>[] = [];
  for (const band of bands) {
    for (const { tile, ...part } of band.parts) {
      if (tile === gap) continue;
      const { x, y, labels: image } = tiles[tile];
      const { labels } = image;
      const ofTile = (numbers[tile] ??= new Map<number, number>());
      const numberOf = (label: number): number =>
        mapEntry(ofTile, label, () => {
          origin.tile.push(tile);
          return origin.label.push(label) - 1;
        });
      for (let row = 0; row < band.heightPx; row++) {
        let i = (band.y + row - y) * image.widthPx + part.x - x;
        let o = (band.y + row - window.y) * widthPx + part.x - window.x;
        let last = 0;
        let number = 0;
        for (const end = o + part.widthPx; o < end; o++, i++) {
          const label = labels[i];
          if (label !== last) {
            last = label;
            // A look at the row above spares most look-ups: only the upper edge of a cell needs one.
            if (label === 0) number = 0;
            else number = row > 0 && labels[i - image.widthPx] === label ? cells[o - widthPx] : numberOf(label);
          }
          cells[o] = number;
        }
      }
    }
  }
  return {
    cells: { widthPx, heightPx, labels: cells },
    origin: { tile: Uint32Array.from(origin.tile), label: Uint32Array.from(origin.label) },
    numbers,
  };
}

/** @param target of each number, the one that stands in its place */
function joinNumbers(window: Region, cells: LabelImage, target: Uint32Array, bands: readonly Band[]): LabelImage {
  const labels = new Uint32Array(cells.labels.length);
  for (let i = 0; i < labels.length; i++) labels[i] = target[cells.labels[i]];
  for (const band of bands) {
    for (const { tile, x, widthPx } of band.parts) {
      if (tile !== gap) continue;
      for (let y = band.y; y < band.y + band.heightPx; y++) {
        const at = (y - window.y) * window.widthPx + x - window.x;
        labels.fill(gapLabel, at, at + widthPx);
      }
    }
  }
  return { ...cells, labels };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
