import type { OmeAxis, OmeImage } from '../omeXml';

/** Planes of an image that lie one after the other in a file. */
export interface PlaneRun {
  readonly first: Readonly<Record<OmeAxis, number>>;
  readonly count: number;
  /** As many of them as the image has place for. */
  readonly atMost?: boolean;
  readonly file: string;
  readonly ifd: number;
}

/** Where a plane lies. */
export interface OmePlane {
  readonly file: string;
  readonly ifd: number;
}

/** A file cannot have more image directories. */
const maxChannels = 65_536;

/** How many planes an image has: one for each channel, whatever its samples per pixel, z and time. */
export function planesOf({ channels, size }: OmeImage): number {
  return (size.c / (channels[0]?.samplesPerPixel ?? 1)) * size.z * size.t;
}

/**
 * The plane of z = 0, t = 0 of each channel of an image; in its place, what in the XML makes that a guess.
 * Source: the OME-TIFF specification, "The TiffData element". `FirstC` counts channels, as Bio-Formats and tifffile take
 * it, where a channel has more than one sample per pixel.
 */
export function mapOmePlanes(image: OmeImage, runs: readonly PlaneRun[]): OmePlane[] | string {
  const { c, z, t } = image.size;
  const samples = image.channels[0]?.samplesPerPixel ?? 1;
  if (image.channels.some((channel) => channel.samplesPerPixel !== samples)) {
    return 'its XML gives its channels different numbers of samples per pixel';
  }
  const sizes = { c: c / samples, z, t };
  if (!Number.isInteger(sizes.c) || image.channels.length > sizes.c) {
    return `its XML says SizeC ${c}, and has ${image.channels.length} channels of ${samples} samples per pixel`;
  }
  const total = planesOf(image);
  if (sizes.c > maxChannels || !Number.isSafeInteger(total)) return `its XML says ${sizes.c} channels`;
  const manyAxes = [sizes.c, z, t].filter((size) => size > 1).length > 1;
  if (image.order.length === 0 && manyAxes && runs.some(({ count }) => count > 1)) {
    return 'its XML does not say in which order its planes are (DimensionOrder)';
  }
  /** How far apart planes are that differ by one along an axis. */
  const strides = { c: 1, z: 1, t: 1 };
  let stride = 1;
  for (const axis of image.order.length > 0 ? image.order : (['c', 'z', 't'] as const)) {
    strides[axis] = stride;
    stride *= sizes[axis];
  }
  const planes: OmePlane[] = [];
  for (const { first, count, atMost, file, ifd } of runs) {
    const start = first.c * strides.c + first.z * strides.z + first.t * strides.t;
    const outside = (['c', 'z', 't'] as const).find((axis) => first[axis] >= sizes[axis]);
    if (outside) {
      const letter = outside.toUpperCase();
      return `its XML places a plane at First${letter} ${first[outside]}, and has ${sizes[outside]} along ${letter}`;
    }
    if (start + count > total && !atMost) return `its XML places ${start + count} planes, and has ${total}`;
    for (let channel = Math.ceil(start / strides.c); channel < sizes.c; channel++) {
      const offset = channel * strides.c - start;
      if (offset >= count) break;
      if (planes[channel]) return `its XML says twice where channel ${channel} is`;
      planes[channel] = { file, ifd: ifd + offset };
    }
  }
  for (let channel = 0; channel < sizes.c; channel++) {
    if (!planes[channel]) return `its XML does not say where channel ${channel} is`;
  }
  if (new Set(planes.map(({ file, ifd }) => `${ifd} ${file}`)).size < planes.length) {
    return 'its XML says of two channels that they are on the same page';
  }
  return planes;
}
