import { type ExportError, toExportError } from '../model/exportError';
import type { ImageHeader, Plane, PlaneAddress, SampleArray } from '../model/image';
import { mapEntry } from '../model/mapEntry';
import type { ImageFile, ReadOptions } from './imageFile';
import { pngPattern } from './listFolder';
import { requireMemory } from './memoryLimit';
import { openPngImage } from './png/openPngImage';
import { bytesPerSample } from './tiff/decodeSamples';
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
  const byFile = new Map<string, number[]>();
  for (const [i, { file }] of sources.entries()) mapEntry(byFile, file, () => []).push(i);
  for (const here of byFile.values()) {
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

/**
 * All samples of a source, values as on disk. Fails like `openImage`.
 * @param bytesPerPx what is kept of a pixel, if that is something else than its sample
 */
export function readPlane(
  source: PlaneSource,
  options?: Omit<ReadOptions, 'level'>,
  bytesPerPx?: number,
): Promise<Plane> {
  return withImage(source, async (image) => {
    const { widthPx, heightPx, sampleType } = image.describe(source.plane);
    requireMemory(widthPx * heightPx * (bytesPerPx ?? bytesPerSample(sampleType)), source.file);
    const region = { x: 0, y: 0, widthPx, heightPx };
    const [plane] = await image.read([source.plane], region, options);
    return plane;
  });
}

/** So many bytes of a plane are read at once where it need not be there as a whole. */
const bandBytes = 2 ** 24;

/**
 * All samples of a source, band by band of whole strips or tiles, so that memory does not follow the size of the image.
 * Fails like `openImage`.
 */
export function scanPlane(
  source: PlaneSource,
  visit: (samples: SampleArray) => void,
  options?: Pick<ReadOptions, 'signal'>,
): Promise<void> {
  return withImage(source, async (image) => {
    const { widthPx, heightPx, sampleType, block } = image.describe(source.plane);
    const rowBytes = widthPx * bytesPerSample(sampleType);
    const blockPx = Math.min(block?.heightPx ?? heightPx, heightPx);
    const bandPx = blockPx * Math.max(1, Math.floor(bandBytes / (rowBytes * blockPx)));
    requireMemory(rowBytes * Math.min(bandPx, heightPx), source.file);
    for (let y = 0; y < heightPx; y += bandPx) {
      const band = { x: 0, y, widthPx, heightPx: Math.min(bandPx, heightPx - y) };
      const [{ samples }] = await image.read([source.plane], band, options);
      visit(samples);
    }
  });
}
