import { ExportError } from '../model/exportError';
import type { PictureSize, SampleType } from '../model/image';
import type { FileSink } from './fileSink';
import { omeXml } from './omeXml';
import { TiffEncoder, type TiffSampleType } from './tiffEncoder';

/** One FOV as an OME-TIFF: channels as they were measured, no colours, no limits. */
export interface OmeTiffInput extends PictureSize {
  /** The FOV; `Image/@Name`. */
  readonly name: string;
  /** One page each, in this order; all of one sample type. */
  readonly channels: readonly { readonly name: string; readonly sampleType: SampleType }[];
  /** µm per pixel; absent when unknown, and then the file says nothing about it. */
  readonly pixelSizeUm?: number;
  /** A text to be kept as an annotation of the image. */
  readonly embedded?: string;
}

const umPerCm = 10_000;

/**
 * A single-file OME-TIFF, values and sample type as read; takes the rows of all channels together. Equal input gives equal
 * bytes under one version of Node.
 * Fails with `MixedSampleTypes`, or `ImageUnsupported` for half floats and integers of 64 bits.
 * @param classicBytes a BigTIFF is written if the pixels are more than this; by default when the file could exceed 4 GB
 */
export function omeTiffEncoder(input: OmeTiffInput, sink: FileSink, classicBytes?: number): TiffEncoder {
  const { name, channels, widthPx, heightPx, pixelSizeUm, embedded } = input;
  if (channels.length === 0) throw new RangeError('expected at least one channel');
  if (pixelSizeUm !== undefined && !(pixelSizeUm > 0 && Number.isFinite(pixelSizeUm))) {
    throw new RangeError(`expected a pixel size above 0 µm, found ${pixelSizeUm}`);
  }
  const sampleType = requireOneSampleType(name, channels);
  const description = omeXml({
    ...{ name, widthPx, heightPx, sampleType },
    channelNames: channels.map((channel) => channel.name),
    ...(pixelSizeUm !== undefined && { pixelSizeUm }),
    ...(embedded !== undefined && { embedded }),
  });
  const pages = channels.map((channel, i) => ({
    ...{ widthPx, heightPx, sampleType },
    samplesPerPixel: 1 as const,
    pageName: channel.name, // For programs that know TIFF but not OME.
    ...(i === 0 && { description }),
    ...(pixelSizeUm !== undefined && { resolution: { pixels: umPerCm / pixelSizeUm, per: 'cm' as const } }),
  }));
  return new TiffEncoder(pages, sink, classicBytes);
}

/**
 * The sample type that channels share. `MixedSampleTypes` if they do not; `ImageUnsupported` for half floats and
 * integers of 64 bits.
 * @param name the FOV, for the message
 */
export function requireOneSampleType(
  name: string,
  channels: readonly { readonly name: string; readonly sampleType: SampleType }[],
): TiffSampleType {
  const [first] = channels;
  const { sampleType } = first;
  const other = channels.find((channel) => channel.sampleType !== sampleType);
  if (other) {
    throw new ExportError(
      'MixedSampleTypes',
      `Expected channels of one sample type for the OME-TIFF of ${name}, but ${first.name} is ${sampleType} and ${other.name} is ${other.sampleType}; export the channels of each type on their own.`,
      { fov: name, channels: [first.name, other.name] },
    );
  }
  if (sampleType === 'float16' || sampleType === 'int64' || sampleType === 'uint64') {
    throw new ExportError(
      'ImageUnsupported',
      `Expected integers of 8, 16 or 32 bits or floats of 32 or 64 for the OME-TIFF of ${name}, but ${first.name} is ${sampleType}, which OME has no type for.`,
      { fov: name, channels: [first.name] },
    );
  }
  return sampleType;
}
