import { exportErrorCodes, toExportError } from '../model/exportError';
import type { Plan, PlannedItem } from '../model/plan';
import { columnsOfTable } from './cellSnapshot';
import { embeddedFiles } from './galleryItems';
import { makeFiles } from './makeFiles';
import { SourceReader } from './sourceReader';

/** What a job will cost, from a few of its own items made in memory. */
export interface JobEstimate {
  readonly bytes: number;
  readonly seconds: number;
  /** The peak of this process while it made the trial items; a runner makes one item at a time, too. */
  readonly peakMemoryMiB: number;
  /** How many items were made to find out. */
  readonly triedItems: number;
}

const maxTrials = 3;

/** Makes up to three items, spread over the plan, writes nothing, and scales by the number of pixels. */
export async function estimateJob(plan: Plan, signal?: AbortSignal): Promise<JobEstimate> {
  const items = plan.items.filter((item) => !item.error && item.region);
  const trials = spread(items);
  const reader = new SourceReader(plan.datasetFolder, columnsOfTable(plan.cellTable));
  let bytes = 0;
  let pixels = 0;
  let tried = 0;
  const startedAt = performance.now();
  for (const item of trials) {
    try {
      // A gallery has its pictures once more.
      const embedded = plan.recipe.gallery ? embeddedFiles(plan.recipe, item) : [];
      const files = [...new Set([...item.files, ...embedded])];
      for await (const { file, content } of makeFiles(plan.recipe, { ...item, files }, reader, signal)) {
        const times = Number(item.files.includes(file)) + Number(embedded.includes(file));
        for (const piece of content) bytes += times * piece.length;
      }
      pixels += pixelsOf(item);
      tried++;
    } catch (error) {
      signal?.throwIfAborted();
      if (exportErrorCodes[toExportError(error).code].exitCode === 3) throw error; // No item would be made.
      // An item that fails here fails in the job, with its reason, and costs little.
    }
  }
  const share = pixels === 0 ? 0 : items.reduce((sum, item) => sum + pixelsOf(item), 0) / pixels;
  return {
    bytes: Math.round(bytes * share),
    seconds: ((performance.now() - startedAt) / 1000) * share,
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    triedItems: tried,
  };
}

function spread(items: readonly PlannedItem[]): PlannedItem[] {
  const positions = new Set([0, Math.floor(items.length / 2), items.length - 1].slice(0, maxTrials));
  return items.filter((_, i) => positions.has(i));
}

function pixelsOf({ region }: PlannedItem): number {
  return region ? region.widthPx * region.heightPx : 0;
}
