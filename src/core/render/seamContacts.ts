import { boxAround } from '../model/bounds';
import type { LabelImage, Region } from '../model/image';
import type { LabelWindow } from '../model/labelScan';
import { mapEntry } from '../model/mapEntry';
import type { Enlargement } from './enlargement';
import { type Band, gap, visibleParts } from './visibleParts';

/** The label mask of a tile, or of a part of it; `x`, `y` is its top left in pixels of the slide. */
export interface PlacedLabels {
  readonly x: number;
  readonly y: number;
  readonly labels: LabelImage;
  /** Of a draft: the labels are of a level of their pyramid. */
  readonly enlarged?: Enlargement;
}

/** A cell of a tile. */
export interface TileCell {
  /** Position among the tiles. */
  readonly tile: number;
  /** Its label there; above 0. */
  readonly label: number;
}

/** Two cells that touch across the seam of two tiles; `a` is the one of the earlier tile. */
export interface Contact {
  readonly a: TileCell;
  readonly b: TileCell;
  /** How many pairs of pixels touch, by the 4-neighbourhood. */
  readonly lengthPx: number;
}

/** Where the tiles are in the slide. */
export function regionsOf(tiles: readonly PlacedLabels[]): Region[] {
  return tiles.map(({ x, y, labels: { widthPx, heightPx } }) => ({ x, y, widthPx, heightPx }));
}

/** A straight piece of a seam: where two tiles that are seen meet. */
interface Seam {
  readonly isVertical: boolean;
  /** The first pixel on the right of it, or below it, in pixels of the slide. */
  readonly x: number;
  readonly y: number;
  readonly lengthPx: number;
  /** The tiles to the left and right of it, or above and below it; and, once they are known, their labels along it. */
  readonly before: number;
  readonly after: number;
  labelsBefore?: Uint32Array;
  labelsAfter?: Uint32Array;
}

/**
 * Which cells touch across the seams of tiles, whatever part of them a picture shows. The tiles' masks are given one by
 * one; what is kept of each is the labels along its seams.
 */
export class SeamContacts {
  private readonly seams: readonly Seam[];

  /** @param tiles in pixels of the slide */
  constructor(private readonly tiles: readonly Region[]) {
    this.seams = seamsOf(tiles);
  }

  /** The positions of the tiles that meet another one. */
  meeting(): ReadonlySet<number> {
    return new Set(this.seams.flatMap(({ before, after }) => [before, after]));
  }

  /** Takes the labels of a tile, given by its position, along its seams, as far as a window of its mask has them. */
  add(tile: number, window: LabelWindow): void {
    const { x: left, y: top } = this.tiles[tile];
    const take = ({ isVertical, x, y, lengthPx }: Seam, backPx: number, taken: Uint32Array): Uint32Array => {
      const [column, row] = [
        x - left - window.x - (isVertical ? backPx : 0),
        y - top - window.y - (isVertical ? 0 : backPx),
      ];
      const across = isVertical ? column : row;
      if (across < 0 || across >= (isVertical ? window.widthPx : window.heightPx)) return taken;
      const [from, end] = isVertical ? [row, window.heightPx] : [column, window.widthPx];
      for (let i = Math.max(0, -from); i < Math.min(lengthPx, end - from); i++) {
        const at = isVertical ? (row + i) * window.widthPx + column : row * window.widthPx + column + i;
        taken[i] = window.labels[at];
      }
      return taken;
    };
    for (const seam of this.seams) {
      const fresh = (): Uint32Array => new Uint32Array(seam.lengthPx);
      if (seam.before === tile) seam.labelsBefore = take(seam, 1, seam.labelsBefore ?? fresh());
      if (seam.after === tile) seam.labelsAfter = take(seam, 0, seam.labelsAfter ?? fresh());
    }
  }

  /** Lets go of what was taken of a tile, whose mask turned out to be damaged. */
  forget(tile: number): void {
    for (const seam of this.seams) {
      if (seam.before === tile) delete seam.labelsBefore;
      if (seam.after === tile) delete seam.labelsAfter;
    }
  }

  /** All contacts of the tiles that were given. */
  contacts(): Contact[] {
    const lengths = new Map<number, Map<number, Map<number, number>>>();
    for (const { before, after, labelsBefore, labelsAfter } of this.seams) {
      if (!labelsBefore || !labelsAfter) continue;
      const isInOrder = before < after;
      const pair = isInOrder ? before * this.tiles.length + after : after * this.tiles.length + before;
      const ofPair = mapEntry(lengths, pair, () => new Map<number, Map<number, number>>());
      for (let i = 0; i < labelsBefore.length; i++) {
        if (labelsBefore[i] === 0 || labelsAfter[i] === 0) continue;
        const [a, b] = isInOrder ? [labelsBefore[i], labelsAfter[i]] : [labelsAfter[i], labelsBefore[i]];
        const ofLabel = mapEntry(ofPair, a, () => new Map<number, number>());
        ofLabel.set(b, (ofLabel.get(b) ?? 0) + 1);
      }
    }
    return [...lengths].flatMap(([pair, ofPair]) => {
      const [tileA, tileB] = [Math.floor(pair / this.tiles.length), pair % this.tiles.length];
      return [...ofPair].flatMap(([labelA, ofLabel]) =>
        Array.from(ofLabel, ([labelB, lengthPx]) => ({
          a: { tile: tileA, label: labelA },
          b: { tile: tileB, label: labelB },
          lengthPx,
        })),
      );
    });
  }
}

/** A seam is where two tiles that are seen meet; it is followed to its ends. */
function seamsOf(tiles: readonly Region[]): Seam[] {
  const seams: Seam[] = [];
  const bands = visibleParts(boxAround(tiles), tiles);
  for (const [i, band] of bands.entries()) {
    for (const [j, { tile, x }] of band.parts.entries()) {
      const before = j > 0 ? band.parts[j - 1].tile : gap;
      if (tile === gap || before === gap) continue;
      seams.push({ isVertical: true, x, y: band.y, lengthPx: band.heightPx, before, after: tile });
    }
    for (const { above, below, from, to } of i > 0 ? meetings(bands[i - 1], band) : []) {
      seams.push({ isVertical: false, x: from, y: band.y, lengthPx: to - from, before: above, after: below });
    }
  }
  return seams;
}

/** Where parts of two bands, one on the other, show two different tiles. */
function meetings(upper: Band, lower: Band): { above: number; below: number; from: number; to: number }[] {
  const found: { above: number; below: number; from: number; to: number }[] = [];
  for (let i = 0, j = 0; i < upper.parts.length && j < lower.parts.length;) {
    const [above, below] = [upper.parts[i], lower.parts[j]];
    const [endAbove, endBelow] = [above.x + above.widthPx, below.x + below.widthPx];
    if (above.tile !== below.tile && above.tile !== gap && below.tile !== gap) {
      const [from, to] = [Math.max(above.x, below.x), Math.min(endAbove, endBelow)];
      found.push({ above: above.tile, below: below.tile, from, to });
    }
    if (endAbove <= endBelow) i++;
    if (endBelow <= endAbove) j++;
  }
  return found;
}
