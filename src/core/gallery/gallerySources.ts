import { ExportError } from '../model/exportError';
import type { PlannedItem } from '../model/plan';
import type { ScratchFolder } from '../write/scratchFolder';
import type { GalleryItem, GallerySource } from './galleryItems';
import type { JobRequest } from '../job/readJobRequest';
import { workersWithin } from '../plan/memoryBudget';
import type { CompleteLimits } from '../run/runLimits';
import { sliceItems } from '../run/sliceItems';
import { WorkerPool } from '../run/worker/workerPool';

/** A picture, and what is written about it that is known only when it is made. */
export interface FoundSource extends GallerySource {
  readonly caption?: string;
  readonly alt?: string;
}

/**
 * Where each picture is. Those that have to be made are, by worker processes within the job's limits, into the scratch
 * folder; the first one that cannot be made is thrown.
 * @returns also the memory that the workers took together, in MiB
 */
export async function findGallerySources(
  request: JobRequest,
  shown: readonly GalleryItem[],
  scratch: ScratchFolder,
  owner: string,
  limits: CompleteLimits,
  signal: AbortSignal,
): Promise<{ readonly sources: ReadonlyMap<GalleryItem, FoundSource>; readonly workersMiB: number }> {
  const sources = new Map<GalleryItem, FoundSource>();
  const missing: GalleryItem[] = [];
  for (const each of shown) {
    if (each.written) sources.set(each, each.written);
    else if (each.missing) missing.push(each);
  }
  const work = itemsOf(missing);
  if (work.length === 0) return { sources, workersMiB: 0 };
  const workers = workersWithin(request.recipe, work, { ...limits, planned: request.items.length });
  const task = { request: { ...request, outputFolder: scratch.folder, items: [] }, owner, retries: limits.retries };
  let failure: ExportError | undefined;
  const pool = new WorkerPool(task, sliceItems(work, workers), {
    workers,
    signal,
    itemTimeoutMs: limits.itemTimeoutMs,
    ...(limits.itemsPerSecond !== undefined && { itemsPerSecond: limits.itemsPerSecond }),
    take({ line, staged }) {
      if (line.outcome === 'failed') {
        failure ??= new ExportError(line.error.code, line.error.message, line.error.details);
        pool.breakOff(failure);
      }
      if (line.outcome !== 'written') return;
      for (const [i, { path: name, caption, altText }] of line.files.entries()) {
        const file = staged[i].temporary; // Nobody else looks into this folder: it may keep the name that it has.
        sources.set(missing[numberIn(name)], {
          file,
          ...(caption !== undefined && altText !== undefined && { caption, alt: altText }),
        });
      }
    },
    hasRoom: () => true,
  });
  const workersMiB = await pool.run();
  signal.throwIfAborted();
  return { sources, workersMiB };
}

/** The items of these cells, in their order, each with the files that have to be made of it, named by their numbers. */
function itemsOf(missing: readonly GalleryItem[]): PlannedItem[] {
  const items = new Map<PlannedItem, PlannedItem['files'][number][]>();
  for (const [number, { item, missing: file }] of missing.entries()) {
    const files = items.get(item) ?? [];
    files.push({ ...file!, path: `${number}.png` });
    items.set(item, files);
  }
  return [...items].map(([item, files]) => ({ ...item, files }));
}

function numberIn(name: string): number {
  return Number.parseInt(name, 10);
}
