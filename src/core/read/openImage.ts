import { type ExportError, toExportError } from '../model/exportError';
import type { ImageHeader, Plane, PlaneAddress } from '../model/image';
import type { ImageFile, ReadOptions } from './imageFile';
import { pngPattern } from './listFolder';
import { openPngImage } from './png/openPngImage';
import { openTiffImage } from './tiff/openTiffImage';

/** A plane on disk: a file and, where the file holds more than one, which. */
export interface PlaneSource {
  /** Absolute path. */
  readonly file: string;
  readonly plane?: PlaneAddress;
}

/** Opens the file of a source. Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`. */
export async function openImage({ file, plane }: PlaneSource): Promise<ImageFile> {
  if (pngPattern.test(file)) return openPngImage(file);
  if (!plane || !('zarrIndex' in plane)) return openTiffImage(file);
  // Loaded when first needed: most datasets are TIFF.
  return (await import('./zarr/openZarrImage')).openZarrImage(file);
}

/** Runs `use` on an opened file and closes it. */
export async function withImage<T>(source: PlaneSource, use: (image: ImageFile) => T | Promise<T>): Promise<T> {
  const image = await openImage(source);
  try {
    return await use(image);
  } finally {
    await image.close();
  }
}

/** What a source says about its plane. Fails like `openImage`. */
export function readImageHeader(source: PlaneSource): Promise<ImageHeader> {
  return withImage(source, (image) => image.describe(source.plane));
}

/** What sources say about their planes, each file opened once; in place of a header, why there is none. */
export async function readImageHeaders(sources: readonly PlaneSource[]): Promise<(ImageHeader | ExportError)[]> {
  const headers: (ImageHeader | ExportError)[] = [];
  for (const file of new Set(sources.map((source) => source.file))) {
    const here = sources.flatMap((source, i) => (source.file === file ? [i] : []));
    try {
      await withImage(sources[here[0]], (image) => {
        for (const i of here) headers[i] = describeSafely(image, sources[i]);
      });
    } catch (error) {
      for (const i of here) headers[i] ??= toExportError(error);
    }
  }
  return headers;
}

function describeSafely(image: ImageFile, { plane }: PlaneSource): ImageHeader | ExportError {
  try {
    return image.describe(plane);
  } catch (error) {
    return toExportError(error);
  }
}

/** All samples of a source, values as on disk. Fails like `openImage`. */
export function readPlane(source: PlaneSource, options?: Omit<ReadOptions, 'level'>): Promise<Plane> {
  return withImage(source, async (image) => {
    const { widthPx, heightPx } = image.describe(source.plane);
    const region = { x: 0, y: 0, widthPx, heightPx };
    const [plane] = await image.read([source.plane], region, options);
    return plane;
  });
}
