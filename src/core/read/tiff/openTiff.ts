import { explainImage } from '../explainImage';
import { DirectoryWindows } from './directoryWindows';
import { PageMemory } from './pageMemory';
import { readDirectory, readTiffHeader, type TiffLayout } from './readDirectory';
import { TiffFields } from './tiffFields';
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

const maxLevels = 64;

/**
 * Opens a TIFF or BigTIFF and reads its directories, no pixels. What it may ask for is bounded by the size of the file.
 * Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`, naming the file.
 */
export async function openTiff(file: string): Promise<OpenTiff> {
  return explain(file, async () => {
    const source = await TiffSource.open(file);
    try {
      return {
        file,
        pages: await knownPages.of(file, source.stamp, () => readPages(new DirectoryWindows(source), file)),
        readBytes: (offset, length, into) => source.readBlock(offset, length, into),
        close: () => source.close(),
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

async function readPages(source: DirectoryWindows, file: string): Promise<TiffPage[]> {
  const { layout, first } = await readTiffHeader(source);
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  for (let at = first; at !== 0;) {
    if (seen.has(at) || seen.size >= maxDirectories) {
      throw new Error(`its image directories run in a circle, or are more than ${maxDirectories}`);
    }
    const place = { ifd: seen.size, file };
    seen.add(at);
    const { fields, next } = await readFields(source, layout, at);
    const page = parsePage(fields, layout, place);
    const reduced = (fields.number('NewSubfileType', 0) & 1) === 1;
    const owner = pages.at(-1);
    // All channels of a scan come before their smaller copies, which are not all those of the last one.
    const isScan = owner?.software?.startsWith(qpiSoftware) === true;
    if (reduced && owner) owner.levels.push(...(isScan ? [] : [page]));
    else {
      pages.push(page);
      // Pyramid levels, as OME-TIFF has them.
      for (const level of Array.from(fields.list('SubIFDs') ?? []).slice(0, maxLevels))
        page.levels.push(parsePage((await readFields(source, layout, level)).fields, layout, place));
    }
    at = next;
  }
  if (pages.length === 0) throw new Error('it holds no image');
  return pages;
}

/** A directory with its values. One beyond the end says nothing: what was cut off need not be asked for. */
async function readFields(
  source: DirectoryWindows,
  layout: TiffLayout,
  at: number,
): Promise<{ readonly fields: TiffFields; readonly next: number }> {
  if (at >= source.size) return { fields: TiffFields.none, next: 0 };
  const directory = await readDirectory(source, layout, at);
  return { fields: await TiffFields.read(source, layout, directory), next: directory.next };
}
