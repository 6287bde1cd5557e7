import type sharpModule from 'sharp';
import type { Sharp } from 'sharp';
import { ExportError } from '../model/exportError';
import type { Picture, PictureSize } from '../model/image';
import { embedInJpeg } from './embedInJpeg';
import { embedInWebp } from './embedInWebp';
import type { FileSink } from './fileSink';
import { PngEncoder } from './png/pngEncoder';
import { TiffEncoder } from './tiffEncoder';
import { xmpPacket } from './xmpPacket';

export type PictureFormat = 'png' | 'jpeg' | 'tiff' | 'webp';

/** Takes a picture from the top down, as its rows come. */
export interface PictureEncoder {
  /** @param rgb the next rows, whole ones; not looked at any more when it is done */
  add(rgb: Uint8Array): Promise<void>;
  /** When all rows were added. */
  end(): Promise<void>;
}

/** What a file says of its picture besides. */
export interface PictureText {
  /**
   * Pixels per inch on paper, changes no pixel. PNG has whole pixels per metre, JPEG whole ones per inch, WebP no field for
   * it.
   */
  readonly dpi?: number | undefined;
  /** A text to be kept in the metadata, where other programs leave it alone. */
  readonly embedded?: string | undefined;
}

/** WebP's own limit is 14 bits; JPEG's is 16, but libjpeg, which nearly all programs use, stops a little below. */
const sizeLimits: Readonly<Partial<Record<PictureFormat, { readonly sidePx: number; readonly title: string }>>> = {
  jpeg: { sidePx: 65500, title: 'JPEG' },
  webp: { sidePx: 16383, title: 'WebP' },
};

const maxDpi = 65535; // JFIF keeps it in 16 bits.

let loading: Promise<typeof sharpModule> | undefined;

/** Loaded when first needed, so that listing a dataset works also where the native library is missing. */
async function loadSharp(): Promise<typeof sharpModule> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      sharp.cache(false); // Each picture is encoded once; a cache would only hold memory and file handles.
      return sharp;
    },
    (error: unknown) => {
      throw new ExportError(
        'NativeModuleMissing',
        `Expected the image library sharp for ${process.platform}-${process.arch}, but it cannot be loaded; install the build of this extension for your platform.`,
        undefined,
        error,
      );
    },
  );
  return loading;
}

/** Formats whose encoders take a picture whole; the others keep a part of it at a time. */
export function takesWhole(format: PictureFormat): boolean {
  return format === 'jpeg' || format === 'webp';
}

/**
 * Encodes a picture with 8 bits per colour. Equal pixels give equal bytes, however the rows are handed over. PNG, TIFF and
 * WebP keep every pixel; JPEG is of quality 95 with colours at full resolution.
 * Fails with `TooLarge` when the format cannot hold the picture, and, at its end, with `NativeModuleMissing`.
 */
export function pictureEncoder(
  format: PictureFormat,
  size: PictureSize,
  sink: FileSink,
  text: PictureText = {},
): PictureEncoder {
  const { dpi, embedded } = text;
  if (dpi !== undefined && !(dpi > 0 && dpi <= maxDpi)) {
    throw new RangeError(`expected pixels per inch above 0 and up to ${maxDpi}, found ${dpi}`);
  }
  requireEncodable(format, size);
  if (format === 'png') return encoderOfPng(new PngEncoder(size, dpi, embedded), sink);
  if (format === 'tiff') return encoderOfTiff(size, sink, text);
  return new WholePicture(size, async (picture) => {
    sink.write(await (format === 'jpeg' ? encodeJpeg : encodeWebp)(picture, text));
  });
}

/** An array holds 2³² bytes, of which a pixel takes three. */
const maxPixels = Math.floor(2 ** 32 / 3);

/** `TooLarge` for a picture that the format, or an encoder that takes it whole, cannot hold. */
export function requireEncodable(format: PictureFormat, size: PictureSize): void {
  const { widthPx, heightPx } = size;
  const limit = sizeLimits[format];
  if (limit && Math.max(widthPx, heightPx) > limit.sidePx) {
    throw new ExportError(
      'TooLarge',
      `Expected a picture of at most ${limit.sidePx} × ${limit.sidePx} pixels for ${limit.title}, but it is ${widthPx} × ${heightPx}; choose PNG or TIFF, or make it smaller.`,
    );
  }
  if (takesWhole(format)) requireInMemory(size);
}

/** `TooLarge` for a picture that is too large to be in memory as a whole, as it is in PDF, SVG and galleries. */
export function requireInMemory({ widthPx, heightPx }: PictureSize): void {
  if (widthPx * heightPx > maxPixels) {
    throw new ExportError(
      'TooLarge',
      `Expected a picture of at most ${maxPixels} pixels, but it is ${widthPx} × ${heightPx}; choose PNG or TIFF without a gallery, or make it smaller.`,
    );
  }
}

function encoderOfPng(encoder: PngEncoder, sink: FileSink): PictureEncoder {
  return {
    add(rgb) {
      for (const piece of encoder.add(rgb)) sink.write(piece);
      return Promise.resolve();
    },
    end() {
      sink.write(encoder.end());
      return Promise.resolve();
    },
  };
}

function encoderOfTiff(size: PictureSize, sink: FileSink, { dpi, embedded }: PictureText): PictureEncoder {
  const image = {
    ...size,
    ...({ samplesPerPixel: 3, sampleType: 'uint8' } as const),
    ...(dpi !== undefined && { resolution: { pixels: dpi, per: 'inch' } as const }),
    ...(embedded !== undefined && { xmp: xmpPacket(embedded) }),
  };
  const encoder = new TiffEncoder([image], sink);
  return { add: (rgb) => encoder.add(rgb.length / (3 * size.widthPx), [rgb]), end: () => encoder.end() };
}

/** Gathers a picture for a library that takes it whole. */
class WholePicture implements PictureEncoder {
  private rgb: Uint8Array | undefined;
  private bytes = 0;

  constructor(
    private readonly size: PictureSize,
    private readonly encode: (picture: Picture) => Promise<void>,
  ) {}

  add(rgb: Uint8Array): Promise<void> {
    this.rgb ??= new Uint8Array(this.size.widthPx * this.size.heightPx * 3);
    this.rgb.set(rgb, this.bytes);
    this.bytes += rgb.length;
    return Promise.resolve();
  }

  end(): Promise<void> {
    if (this.bytes !== this.rgb?.length) throw new RangeError('expected all rows of the picture');
    return this.encode({ ...this.size, rgb: this.rgb });
  }
}

// The resolution is put in by us: sharp's own way adds an EXIF block, and leaves JPEG without JFIF's field.
async function encodeJpeg(picture: Picture, { dpi, embedded }: PictureText): Promise<Buffer> {
  const image = await toSharp(picture);
  return embedInJpeg(withJfif(await image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), dpi), embedded);
}

async function encodeWebp(picture: Picture, { embedded }: PictureText): Promise<Buffer> {
  const image = await toSharp(picture);
  // Quality is effort here. 1024² pixels of dense and sparse tissue: 34 % and 11 % of their size in 0.30 and 0.16 s;
  // the defaults (4, 80) give the same in 0.65 and 0.41 s, the least effort 46 % and 15 %.
  return embedInWebp(await image.webp({ lossless: true, effort: 2, quality: 25 }).toBuffer(), picture, embedded);
}

async function toSharp({ widthPx, heightPx, rgb }: Picture): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 }, limitInputPixels: false });
}

/** Puts the segment that makes a JPEG a JFIF file (ITU-T T.871) after its start; sharp writes none. */
function withJfif(jpeg: Buffer, dpi: number | undefined): Buffer {
  const segment = Buffer.from([0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0]);
  if (dpi !== undefined) {
    segment.writeUInt8(1, 11); // Pixels per inch; 0 is no unit.
    const whole = Math.max(1, Math.round(dpi));
    segment.writeUInt16BE(whole, 12);
    segment.writeUInt16BE(whole, 14);
  }
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
