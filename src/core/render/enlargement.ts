import type { PictureSize, Region } from '../model/image';

/** Pixels of a smaller picture of an image, which stand for those of the image. */
export interface Enlargement {
  /** Of the smaller picture, or of the part of it that is there. */
  readonly widthPx: number;
  /** For each of the image's columns, that of the smaller picture. Ascending. */
  readonly columns: Uint32Array;
  readonly rows: Uint32Array;
}

/** Where something lies in an image, in full-resolution pixels, and the smaller picture that stands there, if one does. */
export interface Extent extends Region {
  readonly enlarged?: Enlargement;
}

/** Where something lies that is as large as its own picture, or as what a smaller one stands for. */
export function extentOf({ x, y, enlarged }: Pick<Extent, 'x' | 'y' | 'enlarged'>, own: PictureSize): Extent {
  if (!enlarged) return { x, y, widthPx: own.widthPx, heightPx: own.heightPx };
  return { x, y, widthPx: enlarged.columns.length, heightPx: enlarged.rows.length, enlarged };
}

/** The part of a level of a pyramid that stands for a part of its image. */
export interface LevelPart {
  /** In the level's pixels. */
  readonly region: Region;
  /** From the part's pixels to those of the region. */
  readonly enlarged: Enlargement;
}

/**
 * The part of a level that stands for a part of its image. Each pixel of a level is a block of the image, as many pixels
 * wide as the sizes say: a whole number wherever the level's size is what whole blocks give, cut off or rounded up.
 * @param part inside the image, in its pixels
 */
export function partOfLevel(image: PictureSize, level: PictureSize, part: Region): LevelPart {
  const columns = pixelsOfLevel(image.widthPx, level.widthPx, part.x, part.widthPx);
  const rows = pixelsOfLevel(image.heightPx, level.heightPx, part.y, part.heightPx);
  const [x, y] = [columns[0], rows[0]];
  const region = { x, y, widthPx: columns.at(-1)! + 1 - x, heightPx: rows.at(-1)! + 1 - y };
  const fromRegion = (pixels: Uint32Array, start: number): Uint32Array => pixels.map((pixel) => pixel - start);
  return { region, enlarged: { widthPx: region.widthPx, columns: fromRegion(columns, x), rows: fromRegion(rows, y) } };
}

/** For each pixel from a start on along one axis of an image, the level's. */
function pixelsOfLevel(imagePx: number, levelPx: number, start: number, lengthPx: number): Uint32Array {
  const blockPx = Math.round(imagePx / levelPx);
  const isWhole = levelPx === Math.floor(imagePx / blockPx) || levelPx === Math.ceil(imagePx / blockPx);
  const pixelAt = isWhole
    ? (position: number): number => Math.floor(position / blockPx)
    : (position: number): number => Math.floor(((position + 0.5) * levelPx) / imagePx);
  // Where a level was cut off, its last pixel stands for what is beyond it, too.
  return Uint32Array.from({ length: lengthPx }, (_, i) => Math.min(pixelAt(start + i), levelPx - 1));
}
