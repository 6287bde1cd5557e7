import type { OmeImage, OmeTiffData } from '../omeXml';

/** Where OME-XML says that the first z plane and time point of a channel lie. */
export interface OmePlane {
  /** As the XML names it; absent: the file that the XML was read from. */
  readonly tiffData?: OmeTiffData;
  readonly ifd: number;
}

/**
 * For each `Channel` element of an image, the plane of z = 0, t = 0; `undefined` where the XML says nothing of it.
 * Source: the OME-TIFF specification, "The TiffData element".
 * @param firstIfd where the image's planes begin in a file without `TiffData`
 */
export function mapOmePlanes(image: OmeImage, firstIfd: number): (OmePlane | undefined)[] {
  const samples = image.channels[0]?.samplesPerPixel ?? 1;
  const channels = Math.max(image.channels.length, image.size.c / samples);
  const sizes = { c: channels, z: image.size.z, t: image.size.t };
  const order = image.order.length === 3 ? image.order : (['c', 'z', 't'] as const);
  const count = sizes.c * sizes.z * sizes.t;
  /** The position of a plane in the image's order, and back. */
  const strides = { c: 1, z: 1, t: 1 };
  let stride = 1;
  for (const axis of order) {
    strides[axis] = stride;
    stride *= sizes[axis];
  }
  const planes: (OmePlane | undefined)[] = Array.from({ length: channels });
  const place = (position: number, plane: OmePlane): void => {
    const at = (axis: 'c' | 'z' | 't'): number => Math.floor(position / strides[axis]) % sizes[axis];
    if (position < count && at('z') === 0 && at('t') === 0) planes[at('c')] = plane;
  };
  if (image.tiffData.length === 0) {
    for (let position = 0; position < count; position++) place(position, { ifd: firstIfd + position });
  }
  for (const tiffData of image.tiffData) {
    const { c, z, t } = tiffData.first;
    const start = (c / samples) * strides.c + z * strides.z + t * strides.t;
    const length = Math.min(tiffData.planeCount ?? count - start, count - start);
    for (let n = 0; n < length; n++) place(start + n, { tiffData, ifd: tiffData.ifd + n });
  }
  return planes;
}
