import path from 'node:path';
import { ExportError, toExportError } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import { isGalleryDone, type JobRecord, lastOutcomes } from '../model/jobStatus';
import type { GalleryFile } from '../model/plan';
import { hasContent } from '../read/describeFile';
import { ScratchFolder } from '../write/scratchFolder';
import { GalleryLooks } from './describeGallery';
import { galleryItems } from './galleryItems';
import { findGallerySources } from './gallerySources';
import { GalleryWriter } from './galleryWriter';
import type { JobRequest } from '../job/readJobRequest';
import { writeGallery } from '../job/jobNotes';
import type { CompleteLimits } from '../run/runLimits';

/**
 * Puts the pictures of a job whose items have all ended onto the pages of a PDF, those that could not be made as frames
 * with the reason. Pictures are embedded as they were written; what was written in other formats than PNG and JPEG is
 * made again for it. A gallery that is there already, whole and up to date, stays.
 * @param owner of temporary files
 * @returns the gallery, and the memory in MiB that workers took for it; `undefined` if none is wanted, items are left, or the signal was raised
 * @throws ExportError why it cannot be made; the pictures stay
 */
export async function makeGallery(
  jobFolder: string,
  owner: string,
  request: JobRequest,
  record: Pick<JobRecord, 'journal' | 'gallery'>,
  limits: CompleteLimits,
  signal: AbortSignal,
): Promise<{ readonly gallery: GalleryFile; readonly workersMiB: number } | undefined> {
  const outcomes = lastOutcomes({ items: request.items, journal: record.journal });
  if (!request.recipe.gallery || outcomes.size < request.items.length || signal.aborted) return undefined;
  const before = record.gallery?.file;
  const target = path.join(request.outputFolder, galleryFileName);
  const isOurs = before !== undefined && (await hasContent(target, before.bytes, before.sha256));
  if (isOurs && isGalleryDone(record)) return { gallery: before, workersMiB: 0 };
  try {
    const looks = new GalleryLooks(request.recipe);
    const shown = request.items.flatMap((item) =>
      galleryItems(request.recipe, request.outputFolder, item, outcomes.get(item.id)!, looks),
    );
    const scratch = await ScratchFolder.make(jobFolder, owner);
    try {
      const { sources, workersMiB } = await findGallerySources(request, shown, scratch, owner, limits, signal);
      const writer = new GalleryWriter(request, shown, sources, looks, signal);
      const mayReplace = request.recipe.overwrite !== 'never' || isOurs;
      const made = await writer.write(target, owner, mayReplace);
      const gallery = { ...made, cells: shown.length, journalLines: record.journal.length };
      await writeGallery(jobFolder, gallery);
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
