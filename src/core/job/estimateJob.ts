import { exportErrorCodes, toExportError } from '../model/exportError';
import { type Plan, type PlannedItem, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { freeSpace } from '../read/freeSpace';
import { countClipped } from '../select/countClipped';
import { cellsOfTable } from './cellSnapshot';
import { embeddedFiles } from './galleryItems';
import { makeFiles } from './makeFiles';
import { defaultMemoryBytes, peakBytesOf, processBytes, workersWithin } from './memoryBudget';
import { readItem } from './readItem';
import type { RunLimits } from './runLimits';
import { SourceReader } from './sourceReader';

/** What a job will cost, and what its pictures will be like, from a few of its own items made in memory. */
export interface JobEstimate {
  readonly bytes: number;
  readonly seconds: number;
  /** Of all processes together, at their peaks. */
  readonly peakMemoryMiB: number;
  /** How many items are made at once. */
  readonly workers: number;
  /** How many items were made to find out. */
  readonly triedItems: number;
  /** What the disk has room for, in bytes; absent where the system does not say. */
  readonly freeBytes?: number;
  /** For each channel, the share of the pixels (0 to 1) of those items that are brighter than its upper limit. */
  readonly clipped: readonly { readonly channel: string; readonly share: number }[];
}

const maxTrials = 3;

/** Makes up to three items, spread over the plan, writes nothing, and scales by the number of pixels. */
export async function estimateJob(plan: Plan, limits: RunLimits = {}, signal?: AbortSignal): Promise<JobEstimate> {
  const { recipe } = plan;
  const items = plan.items.filter((item) => !item.error && item.region && item.skip === undefined);
  const reader = new SourceReader(plan.datasetFolder, cellsOfTable(plan.cellTable), plan.cellTable?.file);
  const clipped = new Map<string, { bright: number; pixels: number }>();
  let bytes = 0;
  let pixels = 0;
  let tried = 0;
  let makingMs = 0;
  const decodingMs = new Map<string, number>();
  const fovs = new Set(items.map(({ fov }) => fov)).size;
  for (const item of spread(items)) {
    signal?.throwIfAborted();
    try {
      // A gallery has its pictures once more.
      const embedded = recipe.gallery ? embeddedFiles(recipe, item) : [];
      const files = [...new Set([...item.files, ...embedded])];
      const make = async (): Promise<{ readonly ms: number; readonly bytes: number }> => {
        const startedAt = performance.now();
        let made = 0;
        for await (const { file, content } of makeFiles(recipe, { ...item, files }, reader, signal)) {
          const times = Number(item.files.includes(file)) + Number(embedded.includes(file));
          for (const piece of content) made += times * piece.length;
        }
        return { ms: performance.now() - startedAt, bytes: made };
      };
      const first = await make();
      bytes += first.bytes;
      // A FOV is decoded once for all of its items: what that takes is what making the same one again does not.
      const again = fovs < items.length ? await make() : first;
      makingMs += again.ms;
      if (!decodingMs.has(item.fov)) decodingMs.set(item.fov, Math.max(0, first.ms - again.ms));
      pixels += pixelsOf(item);
      tried++;
      await addClipped(recipe, item, reader, clipped, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (exportErrorCodes[toExportError(error).code].exitCode === 3) throw error; // No item would be made.
      // An item that fails here fails in the job, with its reason, and costs little.
    }
  }
  const share = pixels === 0 ? 0 : items.reduce((sum, item) => sum + pixelsOf(item), 0) / pixels;
  const workers = Math.min(
    workersWithin(recipe, items, limits.memoryBytes ?? defaultMemoryBytes(), limits.jobs),
    Math.max(items.length, 1),
  );
  const largest = items.reduce((most, item) => Math.max(most, peakBytesOf(recipe, item)), 0);
  const freeBytes = await freeSpace(plan.outputFolder);
  const decodingOnceMs = [...decodingMs.values()].reduce((sum, ms) => sum + ms, 0) / Math.max(decodingMs.size, 1);
  const seconds = (makingMs * share + decodingOnceMs * fovs) / 1000;
  return {
    bytes: Math.round(bytes * share),
    seconds: Math.max(
      seconds / workers,
      limits.itemsPerSecond === undefined ? 0 : items.length / limits.itemsPerSecond,
    ),
    peakMemoryMiB: Math.round((processBytes + workers * largest) / 2 ** 20),
    workers,
    triedItems: tried,
    ...(freeBytes !== undefined && { freeBytes }),
    clipped: [...clipped].map(([channel, { bright, pixels: all }]) => ({
      channel,
      share: all === 0 ? 0 : bright / all,
    })),
  };
}

/** The planes are still there from making the item. */
async function addClipped(
  asked: Recipe,
  item: PlannedItem,
  reader: SourceReader,
  sums: Map<string, { bright: number; pixels: number }>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const recipe = recipeOfItem(asked, item);
  if (recipe.masksOnly || recipe.formats.every((format) => format === 'ome-tiff')) return;
  const { input } = await readItem(recipe, item, reader, signal);
  for (const [i, { channel }] of recipe.channels.entries()) {
    const limits = input.contrastLimits?.[i] ?? recipe.channels[i].contrastLimits;
    const sum = sums.get(channel) ?? { bright: 0, pixels: 0 };
    const found = countClipped(input.planes[i], Number(limits[1]), input.stitched?.picture ?? input.region);
    sums.set(channel, { bright: sum.bright + found.bright, pixels: sum.pixels + found.pixels });
  }
}

function spread(items: readonly PlannedItem[]): PlannedItem[] {
  const positions = new Set([0, Math.floor(items.length / 2), items.length - 1].slice(0, maxTrials));
  return items.filter((_, i) => positions.has(i));
}

function pixelsOf({ region }: PlannedItem): number {
  return region ? region.widthPx * region.heightPx : 0;
}
