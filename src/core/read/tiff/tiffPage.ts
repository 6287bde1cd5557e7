import { ExportError } from '../../model/exportError';
import type { SampleType } from '../../model/image';
import { bytesPerSample } from './decodeSamples';
import { compressionNames, refusedCompressionNames } from './decompressBlock';
import type { TiffLayout } from './readDirectory';
import type { TiffFields } from './tiffFields';

/** One image of a TIFF: what its directory says, checked, and nothing that we cannot read exactly. */
export interface TiffPage {
  /** Which directory of the file's chain this is, from 0; pyramid levels in SubIFDs have that of their image. */
  readonly ifd: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly samplesPerPixel: number;
  /** Samples of one kind in blocks of their own, in place of all samples of a pixel together. */
  readonly planar: boolean;
  readonly sampleType: SampleType;
  readonly littleEndian: boolean;
  readonly compression: number;
  readonly predictor: number;
  /** Tiles, or strips as wide as the image. */
  readonly blockWidthPx: number;
  readonly blockHeightPx: number;
  readonly tiled: boolean;
  readonly offsets: ArrayLike<number>;
  readonly byteCounts: ArrayLike<number>;
  readonly description?: string | undefined;
  readonly pageName?: string | undefined;
  /** The program that wrote it. */
  readonly software?: string | undefined;
  /** Pixels per unit of the file's own resolution tags, along x and y. */
  readonly resolution?: readonly [number, number] | undefined;
  /** 2 inch, 3 centimetre; 1 is none. */
  readonly resolutionUnit?: number;
  /** Smaller copies of this image. */
  readonly levels: TiffPage[];
  /** Why this page cannot be read, when it cannot; known before its pixels are asked for. */
  readonly refusal?: ExportError | undefined;
}

/** By `SampleFormat` and `BitsPerSample` together. */
const sampleTypes: Readonly<Record<string, SampleType>> = {
  '1:8': 'uint8',
  '1:16': 'uint16',
  '1:32': 'uint32',
  '1:64': 'uint64',
  '2:8': 'int8',
  '2:16': 'int16',
  '2:32': 'int32',
  '2:64': 'int64',
  '3:16': 'float16',
  '3:32': 'float32',
  '3:64': 'float64',
};

/** A plane that claims more is refused before any memory is asked for. */
const maxPlaneBytes = 2 ** 32;

/** What a directory says. What cannot be read exactly makes a page with a `refusal`, so that other pages stay readable. */
export function parsePage(
  tags: TiffFields,
  { littleEndian }: TiffLayout,
  { ifd, file }: { readonly ifd: number; readonly file: string },
): TiffPage {
  const widthPx = tags.number('ImageWidth', 0);
  const heightPx = tags.number('ImageLength', 0);
  const samplesPerPixel = tags.number('SamplesPerPixel', 1);
  const sampleType = sampleTypes[formatOf(tags)] ?? 'uint8';
  const tiled = tags.has('TileOffsets');
  const resolution = [rational(tags.list('XResolution')), rational(tags.list('YResolution'))] as const;
  const page: TiffPage = {
    ifd,
    widthPx,
    heightPx,
    samplesPerPixel,
    planar: tags.number('PlanarConfiguration', 1) === 2 && samplesPerPixel > 1,
    sampleType,
    littleEndian,
    compression: tags.number('Compression', 1),
    predictor: tags.number('Predictor', 1),
    blockWidthPx: tiled ? tags.number('TileWidth', 0) : widthPx,
    blockHeightPx: tiled ? tags.number('TileLength', 0) : Math.min(tags.number('RowsPerStrip', heightPx), heightPx),
    tiled,
    offsets: tags.list(tiled ? 'TileOffsets' : 'StripOffsets') ?? [],
    // Very old writers leave the byte counts out of an uncompressed file with one strip.
    byteCounts: tags.list(tiled ? 'TileByteCounts' : 'StripByteCounts') ?? [
      widthPx * heightPx * samplesPerPixel * bytesPerSample(sampleType),
    ],
    levels: [],
    description: tags.text('ImageDescription'),
    pageName: tags.text('PageName'),
    software: tags.text('Software'),
    // Inches, where the file does not say.
    resolutionUnit: tags.number('ResolutionUnit', 2),
    resolution: resolution[0] > 0 && resolution[1] > 0 ? resolution : undefined,
  };
  const refusal = refusalOf(page, tags, file);
  return refusal ? { ...page, refusal } : page;
}

/** `SampleFormat` and `BitsPerSample` together. Format 4 means "undefined"; libtiff and tifffile read it as unsigned. */
function formatOf(tags: TiffFields): string {
  const format = tags.number('SampleFormat', 1);
  return `${format === 4 ? 1 : format}:${tags.number('BitsPerSample', 1)}`;
}

/** Why a page cannot be read exactly, if it cannot. */
function refusalOf(page: TiffPage, tags: TiffFields, file: string): ExportError | undefined {
  const { widthPx, heightPx, samplesPerPixel, sampleType, compression, predictor, blockWidthPx, blockHeightPx } = page;
  const fail = (code: 'ImageUnsupported' | 'ImageUnreadable' | 'TooLarge', message: string): ExportError =>
    new ExportError(code, `Expected ${message}.`, { file });
  const [format, bits] = formatOf(tags).split(':').map(Number);
  if (!tags.has('ImageWidth')) {
    return fail('ImageUnreadable', `an image in ${file}, but nothing says its size: the file may have been cut short`);
  }
  if (!(widthPx >= 1 && heightPx >= 1 && samplesPerPixel >= 1)) {
    return fail(
      'ImageUnreadable',
      `an image in ${file}, but its size is ${widthPx} × ${heightPx} × ${samplesPerPixel}`,
    );
  }
  const mixed = Array.from(tags.list('BitsPerSample') ?? []).some((other) => other !== bits);
  if (!sampleTypes[`${format}:${bits}`] || mixed) {
    const found = mixed ? 'samples of different sizes' : describeSamples(format, bits);
    return fail(
      'ImageUnsupported',
      `8, 16, 32 or 64-bit integers or 16, 32 or 64-bit floats in ${file}, but found ${found}`,
    );
  }
  if (!compressionNames[compression]) {
    const found = refusedCompressionNames[compression] ?? `compression ${compression}`;
    return fail('ImageUnsupported', `a compression that keeps every value in ${file}, but found ${found}`);
  }
  if (![1, 2, 3].includes(predictor) || (predictor === 3 && format !== 3)) {
    return fail('ImageUnsupported', `predictor 1 or 2, or 3 for floats, in ${file}, but found ${predictor}`);
  }
  if (tags.number('PhotometricInterpretation', 1) === 6) {
    return fail('ImageUnsupported', `intensities in ${file}, but found YCbCr colours`);
  }
  if (tags.number('FillOrder', 1) !== 1) {
    return fail('ImageUnsupported', `the usual order of bits in ${file}, but found the reverse (FillOrder 2)`);
  }
  const bytes = widthPx * heightPx * bytesPerSample(sampleType);
  if (bytes > maxPlaneBytes) {
    return fail('TooLarge', `a plane of at most 4 GiB in ${file}, but it says ${widthPx} × ${heightPx} ${sampleType}`);
  }
  if (!(blockWidthPx >= 1 && blockHeightPx >= 1)) {
    return fail('ImageUnreadable', `strips or tiles in ${file}, but their size is ${blockWidthPx} × ${blockHeightPx}`);
  }
  const blockBytes = blockWidthPx * blockHeightPx * bytesPerSample(sampleType) * (page.planar ? 1 : samplesPerPixel);
  if (blockBytes > maxPlaneBytes) {
    return fail(
      'TooLarge',
      `strips or tiles of at most 4 GiB in ${file}, but they are ${blockWidthPx} × ${blockHeightPx}`,
    );
  }
  const blocks =
    Math.ceil(widthPx / blockWidthPx) * Math.ceil(heightPx / blockHeightPx) * (page.planar ? samplesPerPixel : 1);
  if (page.offsets.length < blocks) {
    return fail(
      'ImageUnreadable',
      `${blocks} blocks of pixels in ${file}, but found ${page.offsets.length}; the file is damaged`,
    );
  }
  return undefined;
}

/** A TIFF rational: numerator and denominator. */
function rational(value: ArrayLike<number> | undefined): number {
  return value ? value[0] / value[1] : Number.NaN;
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
