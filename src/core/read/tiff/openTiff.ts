import { GeoTIFF, type ImageFileDirectory } from 'geotiff';
import { explainImage } from '../explainImage';
import { PageMemory } from './pageMemory';
import { TiffSource } from './tiffSource';
import { parsePage, type TiffPage } from './tiffPage';

/** A TIFF that is open for reading; close it. */
export interface OpenTiff {
  readonly file: string;
  /** Full-size images in the order of the file; pyramid levels and thumbnails belong to their page. */
  readonly pages: readonly TiffPage[];
  /**
   * Bytes of the file from `offset`; an error if it ends before.
   * @param into where to put them; if it is shorter than `length`, the first ones
   */
  readBytes(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Files are opened to say what is in them, for each channel's percentiles, and for the pictures: parsed once. */
const knownPages = new PageMemory();

/** How PerkinElmer's and Akoya's scanners begin to say what wrote a file. */
const qpiSoftware = 'PerkinElmer-QPI';

/** A chain of image directories that is longer is a loop or an attack. */
const maxDirectories = 65_536;

/**
 * Opens a TIFF or BigTIFF and reads its directories, no pixels. The structure is parsed by a library that has met
 * hostile files; what may be asked of it is bounded by the size of the file.
 * Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`, naming the file.
 */
export async function openTiff(file: string): Promise<OpenTiff> {
  return explain(file, async () => {
    const source = await TiffSource.open(file);
    try {
      return {
        file,
        pages: await knownPages.of(file, source.stamp, () => readPages(source, file)),
        ...source.access(),
      };
    } catch (error) {
      await source.close();
      throw error;
    }
  });
}

/** Runs `read`; what it throws that has no code yet becomes `ImageUnreadable`, in words and with the file's name. */
export function explain<T>(file: string, read: () => Promise<T>): Promise<T> {
  return explainImage(file, 'a TIFF image', read);
}

async function readPages(source: TiffSource, file: string): Promise<TiffPage[]> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- any object of this shape will do
  const tiff = await GeoTIFF.fromSource(source);
  // Tags are read at once: the library's late reading of long tags takes every file for little-endian (3.0.5).
  tiff.parser.eager = true;
  await shareSlices(tiff, source);
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  let offset = tiff.firstIFDOffset;
  while (offset !== 0) {
    if (seen.has(offset) || seen.size >= maxDirectories) {
      throw new Error(`its image directories run in a circle, or are more than ${maxDirectories}`);
    }
    const ifd = seen.size;
    seen.add(offset);
    const directory = await tiff.parser.parseFileDirectoryAt(offset);
    const page = parsePage(directory, ifd, tiff.littleEndian, file);
    const reduced = (numberTag(directory, 'NewSubfileType') & 1) === 1;
    const owner = pages.at(-1);
    // All channels of a scan come before their smaller copies, which are not all those of the last one.
    const isScan = owner?.software?.startsWith(qpiSoftware) === true;
    if (reduced && owner) owner.levels.push(...(isScan ? [] : [page]));
    else {
      pages.push(page);
      page.levels.push(...(await readSubLevels(tiff, directory, ifd, file)));
    }
    offset = directory.nextIFDByteOffset;
  }
  if (pages.length === 0) throw new Error('it holds no image');
  return pages;
}

/** The library wants so many bytes where it names no length. */
const leastSlice = 1024;

/**
 * Has the library parse directories where they lie in what was read, in place of a copy for each of thousands. What reaches
 * beyond the end of the file takes its usual way.
 */
async function shareSlices({ parser, littleEndian, bigTiff }: GeoTIFF, source: TiffSource): Promise<void> {
  const copySlice = parser.getSlice.bind(parser);
  const sample = await copySlice(0, 8);
  const Slice = sample.constructor as new (...args: [ArrayBuffer, number, boolean, boolean]) => typeof sample;
  parser.getSlice = async (offset, length) => {
    const found = await source.look({ offset, length: length ?? leastSlice });
    return found ? new Slice(found.buffer, found.offset, littleEndian, bigTiff) : copySlice(offset, length);
  };
}

/** Pyramid levels in SubIFDs, as OME-TIFF has them. */
async function readSubLevels(
  tiff: GeoTIFF,
  directory: ImageFileDirectory,
  ifd: number,
  file: string,
): Promise<TiffPage[]> {
  if (!directory.hasTag('SubIFDs')) return [];
  const value: unknown = directory.getValue('SubIFDs' as never);
  const offsets = typeof value === 'number' ? [value] : Array.from(value as ArrayLike<number>);
  const levels: TiffPage[] = [];
  for (const offset of offsets.slice(0, 64)) {
    levels.push(parsePage(await tiff.parser.parseFileDirectoryAt(offset), ifd, tiff.littleEndian, file));
  }
  return levels;
}

function numberTag(directory: ImageFileDirectory, tag: string): number {
  return directory.hasTag(tag as never) ? Number(directory.getValue(tag as never)) : 0;
}
