import type { Plane, Region } from '../model/image';
import { commonArrayType } from './commonArrayType';
import type { Enlargement } from './enlargement';
import { gap, visibleParts } from './visibleParts';

/** One channel of a tile, or of a part of it; `x`, `y` is the top left of the plane in pixels of the slide. */
export interface PlacedPlane {
  readonly x: number;
  readonly y: number;
  readonly plane: Plane;
  /** Of a draft: the plane is of a level of its pyramid. */
  readonly enlarged?: Enlargement;
}

/**
 * One channel of a window of a slide, put together from its tiles; where they overlap, the last is seen.
 *
 * The samples are exact: of the tiles' own type, or, where they differ or there is a gap, of the smallest type that
 * holds those that are seen (and NaN).
 * A tile that is the window itself is not copied.
 * @param window in pixels of the slide; may reach beyond all tiles
 * @param gapSample where there is no tile: a number that the tiles' own type holds, or NaN, "no pixel here", which is
 *   drawn as nothing whatever the limits
 */
export function stitchPlane(window: Region, tiles: readonly PlacedPlane[], gapSample: number = Number.NaN): Plane {
  const { widthPx, heightPx } = window;
  const regions = tiles.map(({ x, y, plane }) => ({ x, y, widthPx: plane.widthPx, heightPx: plane.heightPx }));
  const isWhole = ({ x, y, ...size }: Region): boolean =>
    x === window.x && y === window.y && size.widthPx === widthPx && size.heightPx === heightPx;
  if (regions.length === 1 && isWhole(regions[0])) return tiles[0].plane;
  const bands = visibleParts(window, regions);
  const seen = new Set(bands.flatMap(({ parts }) => parts.map(({ tile }) => tile)));
  const arrays = [...seen].filter((tile) => tile !== gap).map((tile) => tiles[tile].plane.samples);
  const samples = new (commonArrayType(arrays, seen.has(gap) && Number.isNaN(gapSample)))(widthPx * heightPx);
  for (const band of bands) {
    for (const part of band.parts) {
      for (let y = band.y; y < band.y + band.heightPx; y++) {
        const at = (y - window.y) * widthPx + part.x - window.x;
        if (part.tile === gap) {
          samples.fill(gapSample, at, at + part.widthPx);
          continue;
        }
        const { plane, ...corner } = tiles[part.tile];
        const from = (y - corner.y) * plane.widthPx + part.x - corner.x;
        samples.set(plane.samples.subarray(from, from + part.widthPx), at);
      }
    }
  }
  return { widthPx, heightPx, samples };
}
