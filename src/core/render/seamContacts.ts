import type { LabelImage, Region } from '../model/image';
import { mapEntry } from './mapEntry';
import { type Band, gap, visibleParts } from './visibleParts';

/** The label mask of a tile, whole; `x`, `y` is its top left in pixels of the slide. */
export interface PlacedLabels {
  readonly x: number;
  readonly y: number;
  readonly labels: LabelImage;
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

/**
 * Which cells touch across seams. A seam is where two tiles that are seen meet; it is followed to its ends, whatever
 * part of it a picture shows.
 */
export function seamContacts(tiles: readonly PlacedLabels[]): Contact[] {
  const seams = new Map<number, Map<number, Map<number, number>>>();
  const count = (tileA: number, labelA: number, tileB: number, labelB: number): void => {
    if (labelA === 0 || labelB === 0) return;
    if (tileA > tileB) {
      count(tileB, labelB, tileA, labelA);
      return;
    }
    const seam = mapEntry(seams, tileA * tiles.length + tileB, () => new Map<number, Map<number, number>>());
    const lengths = mapEntry(seam, labelA, () => new Map<number, number>());
    lengths.set(labelB, (lengths.get(labelB) ?? 0) + 1);
  };
  const labelAt = (tile: number, x: number, y: number): number => {
    const { labels: image, x: left, y: top } = tiles[tile];
    return image.labels[(y - top) * image.widthPx + x - left];
  };
  const bands = visibleParts(boundsOf(regionsOf(tiles)), regionsOf(tiles));
  for (const [i, band] of bands.entries()) {
    for (const [j, { tile, x }] of band.parts.entries()) {
      const left = j > 0 ? band.parts[j - 1].tile : gap;
      if (tile === gap || left === gap) continue;
      for (let y = band.y; y < band.y + band.heightPx; y++)
        count(left, labelAt(left, x - 1, y), tile, labelAt(tile, x, y));
    }
    for (const { above, below, from, to } of i > 0 ? meetings(bands[i - 1], band) : []) {
      for (let x = from; x < to; x++) count(above, labelAt(above, x, band.y - 1), below, labelAt(below, x, band.y));
    }
  }
  return [...seams].flatMap(([pair, seam]) => {
    const [tileA, tileB] = [Math.floor(pair / tiles.length), pair % tiles.length];
    return [...seam].flatMap(([labelA, lengths]) =>
      Array.from(lengths, ([labelB, lengthPx]) => ({
        a: { tile: tileA, label: labelA },
        b: { tile: tileB, label: labelB },
        lengthPx,
      })),
    );
  });
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

function boundsOf(regions: readonly Region[]): Region {
  const bounds = regions.reduce(
    ({ left, top, right, bottom }, { x, y, widthPx, heightPx }) => ({
      left: Math.min(left, x),
      top: Math.min(top, y),
      right: Math.max(right, x + widthPx),
      bottom: Math.max(bottom, y + heightPx),
    }),
    { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity },
  );
  if (regions.length === 0) return { x: 0, y: 0, widthPx: 0, heightPx: 0 };
  const { left, top, right, bottom } = bounds;
  return { x: left, y: top, widthPx: right - left, heightPx: bottom - top };
}
