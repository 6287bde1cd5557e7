import type { AxisGrid, ImageHeader, LabelGrid, PictureSize, Plane, Region } from '../../model/image';
import { umPerNamedUnit } from '../lengthUnits';
import type { AxisPlace, ImagePlace } from './multiscale';

/** Metadata are decimals, which are seldom exact in binary: so much of a label's pixel decides no tie. */
const slackPx = 1e-6;

interface PlacedImage {
  readonly size: PictureSize;
  readonly place: ImagePlace | undefined;
}

/**
 * How labels lie on their image, where they are of another size. Absent where they are of one, pixel by pixel, whatever is
 * stated: programs write labels without the scale of their image. Absent also where one of them does not say where it lies.
 */
export function labelGridOf(image: PlacedImage, labels: PlacedImage): LabelGrid | undefined {
  const { widthPx, heightPx } = image.size;
  const isOfOneSize = labels.size.widthPx === widthPx && labels.size.heightPx === heightPx;
  if (isOfOneSize || !image.place || !labels.place) return undefined;
  const [x, y] = [axisGrid(image.place.x, labels.place.x), axisGrid(image.place.y, labels.place.y)];
  return x && y && { widthPx, heightPx, x, y };
}

/** In the image's unit; an axis without one is in the other's. Absent for units that cannot be compared. */
function axisGrid(image: AxisPlace, labels: AxisPlace): AxisGrid | undefined {
  let factor = 1;
  if (image.unit !== undefined && labels.unit !== undefined && image.unit !== labels.unit) {
    const [ofImage, ofLabels] = [umPerNamedUnit(image.unit), umPerNamedUnit(labels.unit)];
    if (ofImage === undefined || ofLabels === undefined) return undefined;
    factor = ofLabels / ofImage;
  }
  return {
    pixel: image.pixel,
    start: image.start,
    labelPixel: labels.pixel * factor,
    labelStart: labels.start * factor,
  };
}

/** The pixel of the labels in which the middle of an image's pixel lies: ⌊((i + 0.5)·s + t − t_l) / s_l⌋. */
export function labelIndex(i: number, { pixel, start, labelPixel, labelStart }: AxisGrid): number {
  return Math.floor(((i + 0.5) * pixel + start - labelStart) / labelPixel + slackPx);
}

/** Whether labels of a size lie on all of their image, but for the last, partial block of a pyramid. */
export function doCover({ widthPx, heightPx, x, y }: LabelGrid, labels: PictureSize): boolean {
  const along = (sidePx: number, labelSidePx: number, axis: AxisGrid): boolean => {
    const beyondPx = Math.max(1, axis.labelPixel / axis.pixel);
    return (
      labelIndex(Math.ceil(beyondPx), axis) >= 0 && labelIndex(sidePx - 1 - Math.ceil(beyondPx), axis) < labelSidePx
    );
  };
  return along(widthPx, labels.widthPx, x) && along(heightPx, labels.heightPx, y);
}

/** What labels say of themselves as a mask of their image: its size, in blocks that hold about one of theirs. */
export function onImage(header: ImageHeader, { widthPx, heightPx, x, y }: LabelGrid): ImageHeader {
  const size = { widthPx, heightPx };
  const { block } = header;
  const blockPx = block && {
    widthPx: Math.max(1, Math.floor((block.widthPx * x.labelPixel) / x.pixel)),
    heightPx: Math.max(1, Math.floor((block.heightPx * y.labelPixel) / y.pixel)),
  };
  return { ...size, sampleType: header.sampleType, levels: [size], ...(blockPx && { block: blockPx }) };
}

/**
 * The labels of a region of the image, each the one that its pixel's middle lies in; 0 beyond the labels.
 * @param size of the labels
 * @param read reads a region of the labels; not asked where the region lies beyond them
 */
export async function readOnImage(
  grid: LabelGrid,
  region: Region,
  size: PictureSize,
  read: (region: Region) => Promise<Plane>,
): Promise<Plane | undefined> {
  const columns = indices(region.x, region.widthPx, grid.x, size.widthPx);
  const rows = indices(region.y, region.heightPx, grid.y, size.heightPx);
  const [left, right] = ends(columns);
  const [top, bottom] = ends(rows);
  if (left > right || top > bottom) return undefined;
  const labels = await read({ x: left, y: top, widthPx: right - left + 1, heightPx: bottom - top + 1 });
  const Kind = labels.samples.constructor as new (length: number) => Plane['samples'];
  const samples = new Kind(region.widthPx * region.heightPx);
  let o = 0;
  for (const row of rows) {
    const at = (row - top) * labels.widthPx - left;
    for (const column of columns) {
      if (row >= 0 && column >= 0) samples[o] = labels.samples[at + column];
      o++;
    }
  }
  return { widthPx: region.widthPx, heightPx: region.heightPx, samples };
}

/** For each pixel along one axis of a region, the labels' one; −1 beyond them. */
function indices(from: number, lengthPx: number, axis: AxisGrid, sizePx: number): number[] {
  return Array.from({ length: lengthPx }, (_, i) => {
    const index = labelIndex(from + i, axis);
    return index >= 0 && index < sizePx ? index : -1;
  });
}

/** The first and the last of those that are there. */
function ends(found: readonly number[]): [first: number, last: number] {
  let [first, last] = [Infinity, -1];
  for (const index of found) {
    if (index < 0) continue;
    first = Math.min(first, index);
    last = Math.max(last, index);
  }
  return [first, last];
}
