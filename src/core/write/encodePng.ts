import type sharpModule from 'sharp';
import { ExportError } from '../model/exportError';
import type { Picture } from '../model/image';

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

/** Encodes a picture as an 8-bit RGB PNG, lossless; equal pixels give equal bytes. */
export async function encodePng(picture: Picture): Promise<Buffer> {
  const sharp = await loadSharp();
  const raw = { width: picture.widthPx, height: picture.heightPx, channels: 3 } as const;
  return sharp(picture.rgb, { raw, limitInputPixels: false })
    .png({ compressionLevel: 6, adaptiveFiltering: false, palette: false })
    .toBuffer();
}
