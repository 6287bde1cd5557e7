import { ExportError } from '../model/exportError';
import type { ItemList } from '../model/itemList';
import type { MadePicture } from '../gallery/gallerySources';
import type { JobRequest } from '../job/readJobRequest';
import { keptBytesWithin, workersWithin } from '../plan/memoryBudget';
import type { CompleteLimits } from './runLimits';
import { sliceItems } from './sliceItems';
import { WorkerPool } from './worker/workerPool';

/** How pictures are made that are not the job's own files. */
export interface AsideOptions {
  /** Where they are put; nobody else looks into it. */
  readonly folder: string;
  /** Who makes temporary files, as their names say. */
  readonly owner: string;
  readonly limits: CompleteLimits;
  readonly signal: AbortSignal;
  readonly onMade: (picture: MadePicture) => void;
}

/**
 * Has files of these items made by worker processes, within the job's limits, beside what the job writes; the first one
 * that cannot be made is thrown.
 * @returns the memory that the workers took together, in MiB
 */
export async function makeAside(
  request: JobRequest,
  items: ItemList,
  { folder, owner, limits, signal, onMade }: AsideOptions,
): Promise<number> {
  const { items: planned, ...settings } = request;
  const budget = { ...limits, planned: planned.length };
  const workers = workersWithin(request.recipe, items, budget);
  const keptBytes = keptBytesWithin(request.recipe, items, { ...budget, workers });
  const task = { request: { ...settings, outputFolder: folder }, owner, retries: limits.retries, keptBytes };
  let failure: ExportError | undefined;
  const pool = new WorkerPool(task, sliceItems(items, workers, keptBytes), {
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
      // Nobody else looks into this folder: a file may keep the temporary name that it has.
      for (const [i, { path, caption, altText }] of line.files.entries()) {
        onMade({ path, file: staged[i].temporary, caption, altText });
      }
    },
    hasRoom: () => true,
  });
  const workersMiB = await pool.run();
  signal.throwIfAborted();
  return workersMiB;
}
