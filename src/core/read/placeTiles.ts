import type { Slide, Tile } from '../model/slide';
import type { MapFov } from './mapDescriptor';

/** No slide is so long; up to here every pixel has an exact place. */
const maxSidePx = 2 ** 24;
/** Pixel sizes that differ by less, as a share and in µm, are one size, written with few digits. */
const tolerance = 1e-6;

/** A slide, and the FOVs that have no place in it. */
export interface PlacedTiles {
  /** Absent if no FOV has a place. */
  readonly slide?: Slide;
  /** FOVs whose size in µm is not stated. */
  readonly unsized: readonly string[];
  /** FOVs whose pixels are larger or smaller than those of the slide. */
  readonly otherScale: readonly string[];
}

/**
 * Gives each FOV of a slide its place, in whole pixels: FOVs by their names in lower case, the first of which has the pixel
 * size of the slide; `x` right, `y` down, as the stage has them; the origin is at the leftmost and topmost FOV.
 * @throws Error with the end of a sentence if the slide would be longer than we can draw
 */
export function placeTiles(id: string, fovs: readonly MapFov[]): PlacedTiles {
  const unsized: string[] = [];
  const otherScale: string[] = [];
  const boxes: { fov: MapFov; leftUm: number; topUm: number }[] = [];
  let pixelSizeUm: number | undefined;
  for (const fov of [...fovs].sort(byName)) {
    if (fov.sizeUm === undefined) {
      unsized.push(fov.name);
      continue;
    }
    const ownUm = fov.sizeUm / fov.widthPx;
    pixelSizeUm ??= ownUm;
    if (Math.abs(ownUm - pixelSizeUm) > Math.max(tolerance * Math.max(ownUm, pixelSizeUm), tolerance)) {
      otherScale.push(fov.name);
      continue;
    }
    const { x, y } = fov.centerUm;
    boxes.push({ fov, leftUm: x - fov.sizeUm / 2, topUm: y - (ownUm * fov.heightPx) / 2 });
  }
  if (pixelSizeUm === undefined) return { unsized, otherScale };
  const um = pixelSizeUm;
  const originUm = {
    x: boxes.reduce((least, { leftUm }) => Math.min(least, leftUm), Infinity),
    y: boxes.reduce((least, { topUm }) => Math.min(least, topUm), Infinity),
  };
  const tiles = boxes.map(({ fov: { name, widthPx, heightPx }, leftUm, topUm }): Tile => {
    const x = Math.floor((leftUm - originUm.x) / um + 0.5);
    const y = Math.floor((topUm - originUm.y) / um + 0.5);
    return { fov: name, x, y, widthPx, heightPx };
  });
  const widthPx = tiles.reduce((right, tile) => Math.max(right, tile.x + tile.widthPx), 0);
  const heightPx = tiles.reduce((bottom, tile) => Math.max(bottom, tile.y + tile.heightPx), 0);
  if (!(widthPx <= maxSidePx && heightPx <= maxSidePx))
    throw new Error(`it is ${widthPx} × ${heightPx} pixels, and no side may have more than ${maxSidePx}`);
  const leftOut = [...unsized, ...otherScale];
  const slide: Slide = { id, pixelSizeUm, widthPx, heightPx, tiles, ...(leftOut.length > 0 && { leftOut }) };
  return { slide, unsized, otherScale };
}

function byName(one: MapFov, other: MapFov): number {
  const [a, b] = [one.name.toLowerCase(), other.name.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}
