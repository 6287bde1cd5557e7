import path from 'node:path';
import { ExportError, toExportError } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import { lastOutcomes } from '../model/endings';
import { isGalleryDone, type ReadRecord } from '../model/jobStatus';
import type { GalleryFile } from '../model/galleryFile';
import type { ItemList } from '../model/itemList';
import { hasContent } from '../read/describeFile';
import { ScratchFolder } from '../write/scratchFolder';
import { GalleryLooks } from './describeGallery';
import { type GalleryItem, galleryItems } from './galleryItems';
import { findGallerySources, type MadePicture } from './gallerySources';
import { GalleryWriter } from './galleryWriter';
import type { JobRequest } from '../job/readJobRequest';
import { writeMadeGallery } from '../job/jobNotes';

/** What a gallery takes from whoever runs the job. */
export interface GalleryMaking {
  /** Of temporary files. */
  readonly owner: string;
  /** The text that the file holds, so that its batch can be made again. */
  readonly embed: (request: JobRequest) => string;
  /**
   * Makes the files of these items in a folder, and tells of each; the first one that cannot be made is thrown. Says the
   * memory that it took, in MiB.
   */
  readonly makePictures: (items: ItemList, folder: string, onMade: (picture: MadePicture) => void) => Promise<number>;
  readonly signal: AbortSignal;
}

/**
 * Puts the pictures of a job whose items have all ended onto the pages of a PDF, those that could not be made as frames
 * with the reason. Pictures are embedded as they were written; what was written in other formats than PNG and JPEG is
 * made again for it. A gallery that is there already, whole and up to date, stays.
 * @returns the gallery, and the memory in MiB that workers took for it; `undefined` if none is wanted, items are left, or the signal was raised
 * @throws ExportError why it cannot be made; the pictures stay
 */
export async function makeGallery(
  jobFolder: string,
  request: JobRequest,
  record: Pick<ReadRecord, 'journal' | 'gallery' | 'lineOf'>,
  { owner, embed, makePictures, signal }: GalleryMaking,
): Promise<{ readonly gallery: GalleryFile; readonly workersMiB: number } | undefined> {
  const outcomes = lastOutcomes({ items: request.items, journal: record.journal });
  if (!request.recipe.gallery || outcomes.size < request.items.length || signal.aborted) return undefined;
  const before = record.gallery?.file;
  const target = path.join(request.outputFolder, galleryFileName);
  const isOurs = before !== undefined && (await hasContent(target, before.bytes, before.sha256));
  if (isOurs && isGalleryDone(record)) return { gallery: before, workersMiB: 0 };
  try {
    const looks = new GalleryLooks(request.recipe);
    const shown: GalleryItem[] = [];
    for (const [place, item] of request.items.entries()) {
      const line = await record.lineOf(outcomes.of(place)!);
      shown.push(...galleryItems(request, item, line, looks));
    }
    const scratch = await ScratchFolder.make(jobFolder, owner);
    try {
      const { sources, workersMiB } = await findGallerySources(shown, (items, onMade) =>
        makePictures(items, scratch.folder, onMade),
      );
      const writer = new GalleryWriter(request, shown, sources, { looks, embed, signal });
      const mayReplace = request.recipe.overwrite !== 'never' || isOurs;
      const made = await writer.write(target, owner, mayReplace);
      const gallery = { ...made, cells: shown.length, journalLines: record.journal.length };
      await writeMadeGallery(jobFolder, gallery);
      return { gallery, workersMiB };
    } finally {
      await scratch.remove();
    }
  } catch (error) {
    if (signal.aborted) return undefined;
    const { code, message, details } = toExportError(error);
    throw new ExportError(code, `The gallery could not be made. ${message}`, details, error);
  }
}
