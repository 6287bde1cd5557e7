import type { LabelImage, Region } from '../model/image';
import { mapEntry } from '../model/mapEntry';
import { type PlacedLabels, regionsOf, type TileCell } from './seamContacts';
import { type Band, gap, visibleParts } from './visibleParts';

export type { PlacedLabels } from './seamContacts';

/** The label of pixels without a tile in what outlines are found in: no cell, and no boundary of one. */
export const gapLabel = 2 ** 32 - 1;

/**
 * Gives every cell of every tile of a mask a number of its own, from 1, in the order in which they are come upon: labels of
 * different tiles say nothing of each other. The parts of a cell that goes on across seams have one number in common besides.
 */
export class CellNumbers {
  /** Of each number, the tile's position and the label there; at 0, which is no cell, both are 0. */
  readonly tile: number[] = [0];
  readonly label: number[] = [0];
  /** Of each number, the one that stands for the whole cell. */
  readonly whole: number[] = [0];
  private readonly numbers = new Map<number, Map<number, number>>();
  private readonly groups = new Map<number, Map<number, number>>();
  private readonly firstOfGroup = new Map<number, number>();

  /** @param joins the parts of each cell that goes on across seams (see `joinCells`) */
  constructor(joins: readonly (readonly TileCell[])[] = []) {
    for (const [group, cells] of joins.entries()) {
      for (const { tile, label } of cells) mapEntry(this.groups, tile, () => new Map()).set(label, group);
    }
  }

  /** The number of a cell, for one tile after the other. */
  ofTile(tile: number): (label: number) => number {
    const numbers = mapEntry(this.numbers, tile, () => new Map<number, number>());
    const groups = this.groups.get(tile);
    return (label) =>
      mapEntry(numbers, label, () => {
        const number = this.tile.push(tile) - 1;
        this.label.push(label);
        const group = groups?.get(label);
        this.whole.push(group === undefined ? number : mapEntry(this.firstOfGroup, group, () => number));
        return number;
      });
  }
}

/** Labels of a tile, and which of the item's tiles it is, by position. */
export interface TileLabels extends PlacedLabels {
  readonly tile: number;
}

/** The masks of a window of a slide. */
export interface StitchedLabels {
  /** Every cell by its number; 0 where there is none. What colours are looked up by. */
  readonly cells: LabelImage;
  /**
   * The same cells with the parts of one on both sides of a seam under one number, and `gapLabel` where there is no tile. What
   * outlines are found in. May be `cells` itself.
   */
  readonly joined: LabelImage;
}

/**
 * The label masks of a window of a slide, put together from its tiles; where they overlap, the last is seen. Which cells
 * are joined across seams is decided over all tiles of the slide (see `joinCells`), so that a crop has the outlines of
 * the slide.
 *
 * Takes time and memory in proportion to the window.
 * @param window in the tiles' pixels, those of the slide or of an output grid; may reach beyond all tiles
 * @param numbers of the mask's cells; those that are new here are added
 */
export function stitchLabels(window: Region, tiles: readonly TileLabels[], numbers: CellNumbers): StitchedLabels {
  const bands = visibleParts(window, regionsOf(tiles));
  const cells = numberCells(window, tiles, bands, numbers);
  const hasGap = bands.some(({ parts }) => parts.some(({ tile }) => tile === gap));
  const isJoined = numbers.whole.some((whole, number) => whole !== number);
  return { cells, joined: isJoined || hasGap ? joinNumbers(window, cells, numbers.whole, bands) : cells };
}

function numberCells(
  window: Region,
  tiles: readonly TileLabels[],
  bands: readonly Band[],
  numbers: CellNumbers,
): LabelImage {
  const { widthPx, heightPx } = window;
  const cells = new Uint32Array(widthPx * heightPx);
  for (const band of bands) {
    for (const { tile, ...part } of band.parts) {
      if (tile === gap) continue;
      const { x, y, labels: image, tile: position } = tiles[tile];
      const { labels } = image;
      const numberOf = numbers.ofTile(position);
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
  return { widthPx, heightPx, labels: cells };
}

/** @param target of each number, the one that stands in its place */
function joinNumbers(window: Region, cells: LabelImage, target: readonly number[], bands: readonly Band[]): LabelImage {
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
