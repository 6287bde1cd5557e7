import { ExportError } from '../model/exportError';
import type { ImageHeader, Plane } from '../model/image';
import { readPixelSize } from './readPixelSize';
import { openTiff, type OpenTiff } from './tiff/openTiff';
import { readTiffRegion } from './tiff/readTiffRegion';
import type { TiffPage } from './tiff/tiffPage';

/** Reads what a single-channel TIFF says about its image. Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`. */
export function readImageHeader(file: string): Promise<ImageHeader> {
  return withSingleImage(file, (_, page) => {
    const { widthPx, heightPx, sampleType } = page;
    return Promise.resolve({ widthPx, heightPx, sampleType, ...readPixelSize(page) });
  });
}

/** Reads all samples of a single-channel TIFF, values as on disk. Fails like `readImageHeader`. */
export function readPlane(file: string): Promise<Plane> {
  return withSingleImage(file, (tiff, page) => {
    return readTiffRegion(tiff, page, 0, { x: 0, y: 0, widthPx: page.widthPx, heightPx: page.heightPx });
  });
}

async function withSingleImage<T>(file: string, use: (tiff: OpenTiff, page: TiffPage) => Promise<T>): Promise<T> {
  const tiff = await openTiff(file);
  try {
    const page = tiff.pages[0];
    if (page.refusal) throw page.refusal;
    if (tiff.pages.length > 1 || page.samplesPerPixel > 1) {
      const found = tiff.pages.length > 1 ? `${tiff.pages.length} pages` : `${page.samplesPerPixel} samples per pixel`;
      throw new ExportError('ImageUnsupported', `Expected one image of one channel in ${file}, but found ${found}.`, {
        file,
      });
    }
    return await use(tiff, page);
  } finally {
    await tiff.close();
  }
}
