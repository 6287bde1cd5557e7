import type { Picture, Plane, SampleArray, SampleType } from '../../src/core/model/image';
import { MemorySink } from '../../src/core/write/fileSink';
import { type OmeTiffInput, omeTiffEncoder } from '../../src/core/write/omeTiffEncoder';
import { pictureEncoder, type PictureFormat } from '../../src/core/write/pictureEncoder';
import { type TiffImage, TiffEncoder } from '../../src/core/write/tiffEncoder';

/** A file of a picture that is whole in memory. */
export async function encodePicture(
  { widthPx, heightPx, rgb }: Picture,
  format: PictureFormat,
  dpi?: number,
  embedded?: string,
): Promise<Buffer> {
  const sink = new MemorySink();
  const encoder = pictureEncoder(format, { widthPx, heightPx }, sink, { dpi, embedded });
  await encoder.add(rgb);
  await encoder.end();
  return sink.content();
}

/** A TIFF of images that are whole in memory. */
export async function encodeTiff(
  images: readonly (TiffImage & { readonly samples: SampleArray })[],
  classicBytes?: number,
): Promise<Buffer> {
  const sink = new MemorySink();
  const encoder = new TiffEncoder(images, sink, classicBytes);
  await encoder.add(
    images[0].heightPx,
    images.map(({ samples }) => samples),
  );
  await encoder.end();
  return sink.content();
}

/** An OME-TIFF's input, with its planes in memory. */
export interface OmeTiffPlanes extends Omit<OmeTiffInput, 'channels' | 'widthPx' | 'heightPx'> {
  readonly channels: readonly { readonly name: string; readonly plane: Plane; readonly sampleType: SampleType }[];
}

/** An OME-TIFF of planes that are whole in memory. */
export async function encodeOmeTiff(input: OmeTiffPlanes, classicBytes?: number): Promise<Buffer> {
  const { widthPx, heightPx } = input.channels[0]?.plane ?? { widthPx: 1, heightPx: 1 };
  const sink = new MemorySink();
  const encoder = omeTiffEncoder({ ...input, widthPx, heightPx }, sink, classicBytes);
  await encoder.add(
    heightPx,
    input.channels.map(({ plane }) => plane.samples),
  );
  await encoder.end();
  return sink.content();
}
