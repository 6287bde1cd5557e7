import type sharpModule from 'sharp';
import { ExportError } from '../model/exportError';
import type { Picture } from '../model/image';
import { embedInJpeg } from './embedInJpeg';
import { embedInWebp } from './embedInWebp';
import { encodePng } from './png/encodePng';
import { encodeTiff } from './encodeTiff';
import { xmpPacket } from './xmpPacket';

export type PictureFormat = 'png' | 'jpeg' | 'tiff' | 'webp';

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

/**
 * Encodes a picture with 8 bits per colour. Equal pixels give equal bytes. PNG, TIFF and WebP keep every pixel; JPEG is of
 * quality 95 with colours at full resolution.
 * Fails with `TooLarge` when the format cannot hold the picture, and `NativeModuleMissing`.
 * @param dpi pixels per inch on paper, changes no pixel. PNG has whole pixels per metre, JPEG whole ones per inch, WebP no
 *   field for it.
 * @param embedded a text to be kept in the metadata, where other programs leave it alone
 */
export async function encodePicture(
  picture: Picture,
  format: PictureFormat,
  dpi?: number,
  embedded?: string,
): Promise<Buffer> {
  if (dpi !== undefined && !(dpi > 0 && dpi <= maxDpi)) {
    throw new RangeError(`expected pixels per inch above 0 and up to ${maxDpi}, found ${dpi}`);
  }
  const { widthPx, heightPx, rgb } = picture;
  requireEncodable(format, picture);
  if (format === 'png') return encodePng(picture, dpi, embedded);
  if (format === 'tiff') return encodeRgbTiff(picture, dpi, embedded);
  const sharp = await loadSharp();
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
  const image = sharp(rgb, { raw, limitInputPixels: false });
  // The resolution is put in by us: sharp's own way adds an EXIF block, and leaves JPEG without JFIF's field.
  switch (format) {
    case 'jpeg':
      return embedInJpeg(
        withJfif(await image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), dpi),
        embedded,
      );
    case 'webp':
      // Quality is effort here. 1024² pixels of dense and sparse tissue: 34 % and 11 % of their size in 0.30 and 0.16 s;
      // the defaults (4, 80) give the same in 0.65 and 0.41 s, the least effort 46 % and 15 %.
      return embedInWebp(await image.webp({ lossless: true, effort: 2, quality: 25 }).toBuffer(), picture, embedded);
  }
}

/** A picture is computed with three floats a pixel, and an array holds 2³² of them. */
const maxPixels = Math.floor(2 ** 32 / 3);

/** `TooLarge` for a picture that the format, or this program, cannot hold. */
export function requireEncodable(
  format: PictureFormat,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): void {
  const limit = sizeLimits[format];
  if (limit && Math.max(widthPx, heightPx) > limit.sidePx) {
    throw new ExportError(
      'TooLarge',
      `Expected a picture of at most ${limit.sidePx} × ${limit.sidePx} pixels for ${limit.title}, but it is ${widthPx} × ${heightPx}; choose PNG or TIFF, or make it smaller.`,
    );
  }
  if (widthPx * heightPx > maxPixels) {
    throw new ExportError(
      'TooLarge',
      `Expected a picture of at most ${maxPixels} pixels, but it is ${widthPx} × ${heightPx}; make it smaller.`,
    );
  }
}

async function encodeRgbTiff(
  { widthPx, heightPx, rgb }: Picture,
  dpi: number | undefined,
  embedded: string | undefined,
): Promise<Buffer> {
  const image = { widthPx, heightPx, samplesPerPixel: 3, sampleType: 'uint8', samples: rgb } as const;
  const resolution = dpi === undefined ? undefined : ({ pixels: dpi, per: 'inch' } as const);
  const xmp = embedded === undefined ? undefined : xmpPacket(embedded);
  return Buffer.concat(
    await encodeTiff([{ ...image, ...(resolution && { resolution }), ...(xmp !== undefined && { xmp }) }]),
  );
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
