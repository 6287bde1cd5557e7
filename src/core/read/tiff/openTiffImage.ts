import { ExportError } from '../../model/exportError';
import type { ImageHeader, Plane, PlaneAddress, StatedPixelSize } from '../../model/image';
import type { ImageFile } from '../imageFile';
import { readPixelSize } from '../readPixelSize';
import { readImageJ } from '../stack/imageJ';
import { openTiff, type OpenTiff } from './openTiff';
import { holdsRowsOf, readTiffRegion } from './readTiffRegion';
import type { TiffPage } from './tiffPage';

interface Target {
  readonly page: TiffPage;
  readonly sample: number;
}

/** Opens a TIFF of any number of pages. Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`. */
export async function openTiffImage(file: string): Promise<ImageFile> {
  const tiff = await openTiff(file);
  /** Metadata can be megabytes, and every channel asks for them. */
  const stated = new Map<string, StatedPixelSize>();
  return {
    describe(plane) {
      const { page } = locate(tiff, plane);
      const { widthPx, heightPx, sampleType } = page;
      const sizes = levelsOf(page).map((level) => ({ widthPx: level.widthPx, heightPx: level.heightPx }));
      const key = JSON.stringify([page.description === undefined ? 0 : page.ifd, widthPx, heightPx, page.resolution]);
      const pixelSize = stated.get(key) ?? readPixelSize(page, tiff.pages[0]);
      stated.set(key, pixelSize);
      return { widthPx, heightPx, sampleType, levels: sizes, block: blockOf(page), ...pixelSize };
    },
    async read(planes, region, { level = 0, ...options } = {}) {
      const targets = planes.map((plane) => locate(tiff, plane));
      const read: Plane[] = [];
      for (const page of new Set(targets.map((target) => target.page))) {
        const wanted = targets.flatMap((target, i) => (target.page === page ? [i] : []));
        const samples = wanted.map((i) => targets[i].sample);
        const found = await readTiffRegion(tiff, requireLevel(tiff, page, level), samples, region, options);
        for (const [n, i] of wanted.entries()) read[i] = found[n];
      }
      return read;
    },
    close: () => tiff.close(),
  };
}

/** Rows that are kept as we keep them are read one by one. */
function blockOf(page: TiffPage): NonNullable<ImageHeader['block']> {
  const { blockWidthPx, blockHeightPx, widthPx } = page;
  const whole = { x: 0, y: 0, widthPx, heightPx: 1 };
  return { widthPx: blockWidthPx, heightPx: holdsRowsOf(page, whole) ? 1 : blockHeightPx };
}

/** The page and sample of an address; without one, the only ones there are. Throws the page's own refusal. */
function locate(tiff: OpenTiff, address: PlaneAddress | undefined): Target {
  const { file, pages } = tiff;
  if (!address) {
    const [page] = pages;
    if (page.refusal) throw page.refusal;
    const images = readImageJ(page.description)?.images ?? 1;
    if (images > pages.length * page.samplesPerPixel) {
      throw new ExportError(
        'ImageUnsupported',
        `Expected one image of one channel in ${file}, but ImageJ says that it holds ${images}; save it as OME-TIFF.`,
        { file },
      );
    }
    if (pages.length === 1 && page.samplesPerPixel === 1) return { page, sample: 0 };
    const found = pages.length > 1 ? `${pages.length} pages` : `${page.samplesPerPixel} samples per pixel`;
    throw new ExportError('ImageUnsupported', `Expected one image of one channel in ${file}, but found ${found}.`, {
      file,
    });
  }
  if (!('page' in address)) throw new RangeError(`expected the address of a TIFF page for ${file}`);
  const page = pages[address.page];
  if (page?.refusal) throw page.refusal;
  if (page && address.sample < page.samplesPerPixel) return { page, sample: address.sample };
  throw new ExportError(
    'ImageUnreadable',
    `Expected page ${address.page + 1} with ${address.sample + 1} samples per pixel in ${file}, but it holds ${pages.length} pages with ${pages[0].samplesPerPixel}; was it changed?`,
    { file },
  );
}

/**
 * A page and its pyramid, the largest first. Other pictures, such as a label, a transparency mask or one that is cut
 * off, can stand where levels do.
 */
function levelsOf(page: TiffPage): TiffPage[] {
  const tolerance = 2 / page.widthPx + 2 / page.heightPx;
  const levels = page.levels.filter(
    (level) =>
      level.widthPx < page.widthPx &&
      level.heightPx <= page.heightPx &&
      Math.abs(level.widthPx / page.widthPx - level.heightPx / page.heightPx) <= tolerance &&
      level.samplesPerPixel === page.samplesPerPixel &&
      level.sampleType === page.sampleType &&
      !level.refusal,
  );
  return [page, ...levels.sort((a, b) => b.widthPx - a.widthPx)];
}

function requireLevel({ file }: OpenTiff, page: TiffPage, level: number): TiffPage {
  const levels = levelsOf(page);
  const found = levels[level];
  if (found) return found;
  throw new RangeError(`expected level ${level} of ${file}, but it has ${levels.length} levels`);
}
