import { type ExportError, toExportError } from '../model/exportError';
import type { ImageHeader, Plane, PlaneAddress, Region, SampleArray } from '../model/image';
import type { ChooseRegions } from '../model/labelScan';
import { mapEntry } from '../model/mapEntry';
import type { ImageFile, ReadOptions } from './imageFile';
import { pngPattern } from './listFolder';
import { requireMemory } from './memoryLimit';
import { PlaneMemory } from './planeMemory';
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

/** All samples of a source, values as on disk. Fails like `openImage`. */
export function readPlane(source: PlaneSource, options?: Omit<ReadOptions, 'level'>): Promise<Plane> {
  return withImage(source, async (image) => {
    const { widthPx, heightPx, sampleType } = image.describe(source.plane);
    requireMemory(widthPx * heightPx * bytesPerSample(sampleType), source.file);
    const region = { x: 0, y: 0, widthPx, heightPx };
    const [plane] = await image.read([source.plane], region, options);
    return plane;
  });
}

/** So many bytes of a plane are read at once where it need not be there as a whole. */
const bandBytes = 2 ** 24;

/** Part of a plane. */
export interface PlaneWindow extends Plane {
  /** Of its first pixel, in the plane. */
  readonly x: number;
  readonly y: number;
}

/** How a plane is gone through. */
export interface PlaneScanOptions {
  /** Asked between blocks. */
  readonly signal?: AbortSignal | undefined;
  /** What of it is enough; absent: all of it. */
  readonly choose?: ChooseRegions | undefined;
  /** What is kept of a pixel, if that may be more than its sample. */
  readonly leastBytesPerPx?: number;
}

/**
 * All samples of a source, or those of regions of it, band by band that ends where strips or tiles do, so that memory does not
 * follow the size of the image. Fails like `openImage`.
 * @param visit gets each band, valid until the next one: its memory is used again
 */
export function scanPlane(
  source: PlaneSource,
  visit: (window: PlaneWindow) => void,
  { signal, choose = allOf, leastBytesPerPx = 0 }: PlaneScanOptions = {},
): Promise<void> {
  return withImage(source, async (image) => {
    const header = image.describe(source.plane);
    const memory = new PlaneMemory();
    for (const region of choose(header)) {
      const { rowBytes, bandPx } = bandsOver(header, region, leastBytesPerPx);
      requireMemory(rowBytes * Math.min(bandPx, region.heightPx), source.file);
      const bottom = region.y + region.heightPx;
      for (let { y } = region; y < bottom; y += bandPx - (y % bandPx)) {
        const band = { ...region, y, heightPx: Math.min(bandPx - (y % bandPx), bottom - y) };
        const [plane] = await image.read([source.plane], band, { memory, ...(signal && { signal }) });
        visit({ ...plane, x: band.x, y });
        memory.refill([plane.samples]);
      }
    }
  });
}

/** The same for who asks for all samples, wherever they lie. */
export function scanSamples(
  source: PlaneSource,
  visit: (samples: SampleArray) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return scanPlane(
    source,
    (window) => {
      visit(window.samples);
    },
    { signal },
  );
}

/** What `scanPlane` takes to go through all of a plane, in bytes. */
export function scanBytes(header: ImageHeader, leastBytesPerPx = 0): number {
  const { rowBytes, bandPx } = bandsOver(header, header, leastBytesPerPx);
  return rowBytes * Math.min(bandPx, header.heightPx);
}

/** How high the bands of a region are, and what a row of them takes. */
function bandsOver(
  { heightPx, sampleType, block }: ImageHeader,
  { widthPx }: Pick<Region, 'widthPx'>,
  leastBytesPerPx: number,
): { readonly rowBytes: number; readonly bandPx: number } {
  const rowBytes = widthPx * Math.max(bytesPerSample(sampleType), leastBytesPerPx);
  const blockPx = Math.min(block?.heightPx ?? heightPx, heightPx);
  return { rowBytes, bandPx: blockPx * Math.max(1, Math.floor(bandBytes / (rowBytes * blockPx))) };
}

function allOf({ widthPx, heightPx }: Pick<ImageHeader, 'widthPx' | 'heightPx'>): Region[] {
  return [{ x: 0, y: 0, widthPx, heightPx }];
}
