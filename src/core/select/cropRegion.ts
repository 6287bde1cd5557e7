import type { CellSelection, PixelsOrUm } from '../model/cellSelection';
import type { Region } from '../model/image';

/** Lengths in µm as whole pixels of full resolution: `⌊µm / pixelSizeUm + 0.5⌋`. */
export function toPixels(length: PixelsOrUm, pixelSizeUm: number | undefined): number {
  if ('px' in length) return length.px;
  if (pixelSizeUm === undefined) throw new RangeError('expected a pixel size');
  return Math.floor(length.um / pixelSizeUm + 0.5);
}

/**
 * A square of `sizePx` about a cell's centroid, whose whole numbers are pixel centres:
 * `x0 = ⌊cx + 0.5⌋ − ⌊size / 2⌋`.
 */
export function squareAbout(center: { readonly x: number; readonly y: number }, sizePx: number): Region {
  const start = (c: number): number => Math.floor(c + 0.5) - Math.floor(sizePx / 2);
  return { x: start(center.x), y: start(center.y), widthPx: sizePx, heightPx: sizePx };
}

/** A box of whole pixels about the middle of another one: starts at `⌊middle − size / 2 + 0.5⌋`. */
export function resized(box: Region, widthPx: number, heightPx: number): Region {
  const start = (from: number, length: number, size: number): number => Math.floor(from + (length - size) / 2 + 0.5);
  return { x: start(box.x, box.widthPx, widthPx), y: start(box.y, box.heightPx, heightPx), widthPx, heightPx };
}

/** What the crop of one cell is, and whether its cell had to be cut. */
export interface FittedCrop {
  readonly region: Region;
  readonly isCut: boolean;
}

/**
 * A cell's own box with padding all around, each side at least `minPx` and at most `maxPx`; a larger one is cut about
 * its middle.
 */
export function fitBox(
  box: Region,
  { paddingPx, minPx, maxPx }: { readonly paddingPx: number; readonly minPx: number; readonly maxPx: number },
): FittedCrop {
  const side = (length: number): number => Math.min(Math.max(length + 2 * paddingPx, minPx, 1), maxPx);
  const region = resized(box, side(box.widthPx), side(box.heightPx));
  return { region, isCut: region.widthPx < box.widthPx || region.heightPx < box.heightPx };
}

/** What an edge policy makes of a crop; `undefined` for one that is to be skipped. */
export function atEdge(
  region: Region,
  image: { readonly widthPx: number; readonly heightPx: number },
  edge: CellSelection['edge'],
): Region | undefined {
  if (edge === 'pad' || isInImage(region, image)) return region;
  if (edge === 'skip') return undefined;
  // A crop larger than the image stays about the image's middle.
  const shift = (start: number, size: number, length: number): number =>
    size > length ? Math.floor((length - size) / 2) : Math.min(Math.max(start, 0), length - size);
  return {
    ...region,
    x: shift(region.x, region.widthPx, image.widthPx),
    y: shift(region.y, region.heightPx, image.heightPx),
  };
}

/** Whether a box has no pixel beyond the image. */
export function isInImage(
  { x, y, widthPx, heightPx }: Region,
  image: { readonly widthPx: number; readonly heightPx: number },
): boolean {
  return x >= 0 && y >= 0 && x + widthPx <= image.widthPx && y + heightPx <= image.heightPx;
}

/** What two boxes that overlap have in common. */
export function intersection(a: Region, b: Region): Region {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const [right, bottom] = [Math.min(a.x + a.widthPx, b.x + b.widthPx), Math.min(a.y + a.heightPx, b.y + b.heightPx)];
  return { x, y, widthPx: right - x, heightPx: bottom - y };
}

/** Whether two boxes share a pixel. */
export function doOverlap(a: Region, b: Region): boolean {
  return a.x < b.x + b.widthPx && b.x < a.x + a.widthPx && a.y < b.y + b.heightPx && b.y < a.y + a.heightPx;
}
