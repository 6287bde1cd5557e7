import { inflateSync } from 'node:zlib';
import { addDecoder, BaseDecoder, GeoTIFF, type GeoTIFFImage, type ImageFileDirectory } from 'geotiff';
import { ExportError, isExportError, messageOf, systemCodeOf } from '../model/exportError';
import type { ImageHeader, Plane, SampleArray, SampleType } from '../model/image';
import { readPixelSize } from './readPixelSize';
import { TiffSource } from './tiffSource';

/** Node's zlib instead of the library's own inflate: faster, and it refuses a stream that was cut off. */
class DeflateDecoder extends BaseDecoder {
  override decodeBlock(block: ArrayBuffer): ArrayBuffer {
    const bytes = inflateSync(new Uint8Array(block));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }
}
addDecoder([8, 32946], () => Promise.resolve(DeflateDecoder));

/** TIFF 6.0 §8 and later registrations; what is not listed here is refused by name, never guessed. */
const supportedCompressions = new Set([1, 5, 8, 32773, 32946, 50000]);
const compressionNames: Readonly<Record<number, string>> = {
  2: 'CCITT RLE',
  3: 'CCITT G3',
  4: 'CCITT G4',
  6: 'old-style JPEG',
  7: 'JPEG',
  34887: 'LERC',
  34925: 'LZMA',
  50001: 'WebP',
};

/** `SampleFormat` and `BitsPerSample` together. */
const sampleTypes: Readonly<Record<string, SampleType>> = {
  '1:8': 'uint8',
  '1:16': 'uint16',
  '1:32': 'uint32',
  '2:8': 'int8',
  '2:16': 'int16',
  '2:32': 'int32',
  '3:16': 'float16',
  '3:32': 'float32',
  '3:64': 'float64',
};

/** A file that claims more is refused before any memory is asked for. */
const maxPlaneBytes = 2 ** 32;

interface OpenImage {
  readonly image: GeoTIFFImage;
  readonly header: ImageHeader;
}

/** Reads what a single-channel TIFF says about its image. Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`. */
export function readImageHeader(file: string): Promise<ImageHeader> {
  return withImage(file, ({ header }) => Promise.resolve(header));
}

/** Reads all samples of a single-channel TIFF, values as on disk. Fails like `readImageHeader`. */
export function readPlane(file: string): Promise<Plane> {
  return withImage(file, async ({ image, header }) => {
    const rasters = await image.readRasters({ interleave: false });
    const samples = rasters[0] as SampleArray | undefined;
    const expected = header.widthPx * header.heightPx;
    if (samples?.length !== expected) {
      throw new ExportError(
        'ImageUnreadable',
        `Expected ${expected} samples in ${file}, but its blocks decode to ${samples?.length ?? 0}; the file is damaged.`,
      );
    }
    return { widthPx: header.widthPx, heightPx: header.heightPx, samples };
  });
}

async function withImage<T>(file: string, use: (open: OpenImage) => Promise<T>): Promise<T> {
  let source: TiffSource | undefined;
  try {
    source = await TiffSource.open(file);
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- any object of this shape will do
    const tiff = await GeoTIFF.fromSource(source);
    // Tags are read at once: the library's late reading of long tags takes every file for little-endian (3.0.5).
    tiff.parser.eager = true;
    const image = await tiff.getImage(0);
    await requireSingleImage(tiff, file);
    const header = await checkImage(image, file);
    requireBlocksInside(image, source.fileSize, file);
    return await use({ image, header });
  } catch (error) {
    if (isExportError(error)) throw error;
    throw new ExportError(
      'ImageUnreadable',
      `Expected a TIFF image in ${file}, but ${reason(error)}.`,
      { file },
      error,
    );
  } finally {
    await source?.close();
  }
}

function reason(error: unknown): string {
  switch (systemCodeOf(error)) {
    case 'ENOENT':
      return 'the file does not exist (any more)';
    case 'EACCES':
    case 'EPERM':
      return 'reading it is not permitted';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return `it cannot be read: ${messageOf(error)}`;
  }
}

/** A second full-size image in the file would be a channel, a slice or a time point that we do not know the meaning of. */
async function requireSingleImage(tiff: GeoTIFF, file: string): Promise<void> {
  const maxReducedPages = 64;
  let directory = await tiff.requestIFD(0);
  for (let page = 1; page <= maxReducedPages && directory.nextIFDByteOffset !== 0; page++) {
    directory = await tiff.requestIFD(page);
    const isReducedCopy = ((directory.getValue('NewSubfileType') ?? 0) & 1) === 1;
    if (!isReducedCopy) {
      throw new ExportError(
        'ImageUnsupported',
        `Expected one image in ${file}, one TIFF per channel, but found several pages.`,
        { file },
      );
    }
  }
}

async function checkImage(image: GeoTIFFImage, file: string): Promise<ImageHeader> {
  const directory = image.fileDirectory;
  const unsupported = (expected: string, found: string): ExportError =>
    new ExportError('ImageUnsupported', `Expected ${expected} in ${file}, but found ${found}.`, { file });

  const widthPx = image.getWidth();
  const heightPx = image.getHeight();
  if (!(widthPx >= 1 && heightPx >= 1)) {
    throw new ExportError('ImageUnreadable', `Expected an image in ${file}, but its size is ${widthPx} × ${heightPx}.`);
  }
  const samplesPerPixel = image.getSamplesPerPixel();
  if (samplesPerPixel !== 1)
    throw unsupported('one sample per pixel', `${samplesPerPixel} (a colour or stacked image)`);

  const bits = image.getBitsPerSample(0);
  const format = directory.getValue('SampleFormat')?.[0] ?? 1;
  // Format 4 means "undefined"; libtiff and tifffile read it as unsigned.
  const sampleType = sampleTypes[`${format === 4 ? 1 : format}:${bits}`];
  if (!sampleType)
    throw unsupported('8, 16 or 32-bit integers or 16, 32 or 64-bit floats', describeSamples(format, bits));

  const compression = directory.getValue('Compression') ?? 1;
  if (!supportedCompressions.has(compression)) {
    throw unsupported('a lossless compression', compressionNames[compression] ?? `compression ${compression}`);
  }
  const predictor = (await directory.loadValue('Predictor')) ?? 1;
  if (![1, 2, 3].includes(predictor)) throw unsupported('predictor 1, 2 or 3', `predictor ${predictor}`);

  const bytes = widthPx * heightPx * (bits / 8);
  if (bytes > maxPlaneBytes) {
    throw new ExportError(
      'TooLarge',
      `Expected a plane of at most 4 GiB in ${file}, but it says ${widthPx} × ${heightPx} ${sampleType}.`,
      { file, bytes },
    );
  }
  const pixelSize = await readPixelSize(directory, widthPx);
  return { widthPx, heightPx, sampleType, ...(pixelSize && { pixelSize }) };
}

function describeSamples(format: number, bits: number): string {
  const kinds: Readonly<Record<number, string>> = {
    1: 'unsigned integers',
    2: 'integers',
    3: 'floats',
    5: 'complex integers',
    6: 'complex floats',
  };
  return `${bits}-bit ${kinds[format] ?? `samples of format ${format}`}`;
}

/** The library reads zeros beyond the end of a file, which would be a silently black part of the picture. */
function requireBlocksInside(image: GeoTIFFImage, fileBytes: number, file: string): void {
  const directory: ImageFileDirectory = image.fileDirectory;
  const tiled = directory.hasTag('TileOffsets');
  const offsets = blockTag(directory, tiled ? 'TileOffsets' : 'StripOffsets');
  const counts = blockTag(directory, tiled ? 'TileByteCounts' : 'StripByteCounts');
  const bytesPerRow = image.getWidth() * image.getBytesPerPixel();
  const blocksNeeded = tiled
    ? Math.ceil(image.getWidth() / image.getTileWidth()) * Math.ceil(image.getHeight() / image.getTileHeight())
    : Math.ceil(image.getHeight() / image.getTileHeight());
  if (!offsets || offsets.length < blocksNeeded) {
    throw new ExportError(
      'ImageUnreadable',
      `Expected ${blocksNeeded} blocks of pixels in ${file}, but found ${offsets?.length ?? 0}; the file is damaged.`,
      { file },
    );
  }
  for (let block = 0; block < offsets.length; block++) {
    const offset = offsets[block];
    // Very old writers leave the byte counts out of an uncompressed file with one strip.
    const count = counts?.[block] ?? bytesPerRow * image.getHeight();
    if (offset + count > fileBytes) {
      throw new ExportError(
        'ImageUnreadable',
        `Expected ${offset + count} bytes in ${file}, but it ends after ${fileBytes}; the file was cut off.`,
        { file },
      );
    }
  }
}

/** All tags were read eagerly, so that the library's table of which ones are does not matter here. */
function blockTag(
  directory: ImageFileDirectory,
  tag: 'TileOffsets' | 'StripOffsets' | 'TileByteCounts' | 'StripByteCounts',
): ArrayLike<number> | undefined {
  return directory.hasTag(tag) ? directory.getValue(tag as never) : undefined;
}
