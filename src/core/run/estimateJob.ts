import { availableParallelism } from 'node:os';
import type { ItemList } from '../model/itemList';
import { type Plan, type PlannedItem, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { freeSpace } from '../read/freeSpace';
import { countClipped } from '../select/countClipped';
import {
  defaultMemoryBytes,
  heldBytesOf,
  peakBytesOf,
  runnerBytes,
  withMemoryErrors,
  workersWithin,
} from '../plan/memoryBudget';
import { bandsOf, imagePartOf } from '../render/outputGrid';
import { picturesOf } from '../gallery/galleryItems';
import { ItemSource } from '../make/itemSource';
import type { RunLimits } from './runLimits';
import { sliceItems } from './sliceItems';
import type { SourceReader } from '../make/sourceReader';
import { pixelsOf, sumOf, type TriedPart, tryItems } from './tryItems';

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

/** Processes start, load the program, and are slow until it was compiled; the manifests are written. */
const startMs = 900;

/** For each file: written, flushed, put in place, written down. */
const placingMs = 1;

/** What a gallery takes for each of its pictures, which is read, compared with what was written, and put on a page. */
const galleryMs = 4;

/** Makes items from all over the plan, writes nothing, and scales by the number of pixels. */
export async function estimateJob(plan: Plan, limits: RunLimits = {}, signal?: AbortSignal): Promise<JobEstimate> {
  const { recipe } = plan;
  const memoryBytes = limits.memoryBytes ?? defaultMemoryBytes();
  // Before any of them is made: what does not fit is not tried, either.
  const items = withMemoryErrors(recipe, plan.items, memoryBytes).filter(
    (item) => !item.error && item.region && item.skip === undefined,
  );
  const clipped = new Map<string, { bright: number; pixels: number }>();
  const addClipped = async (item: PlannedItem, reader: SourceReader): Promise<void> => {
    for (const [channel, found] of await clippedOf(recipe, item, reader, signal)) {
      const sum = clipped.get(channel) ?? { bright: 0, pixels: 0 };
      clipped.set(channel, { bright: sum.bright + found.bright, pixels: sum.pixels + found.pixels });
    }
  };
  const tried = await tryItems(plan, items, addClipped, signal);
  const wanted = workersWithin(recipe, items, {
    memoryBytes,
    ...(limits.jobs !== undefined && { jobs: limits.jobs }),
    planned: plan.items.length,
  });
  const workers = Math.min(wanted, Math.max(items.length, 1));
  let largest = 0;
  for (const item of items) largest = Math.max(largest, peakBytesOf(recipe, item));
  const freeBytes = await freeSpace(plan.outputFolder);
  const shown = recipe.gallery ? sumOf(items, (item) => picturesOf(recipe, item).length) : 0;
  const makingMs = tried.length === 0 ? 0 : makingMsOf(items, tried, workers);
  return {
    bytes: Math.round(ofPixel(tried, ({ bytes, triedPixels }) => bytes / triedPixels) * sumOf(items, pixelsOf)),
    seconds: Math.max(
      (startMs + makingMs + galleryMs * shown) / 1000,
      limits.itemsPerSecond === undefined ? 0 : items.length / limits.itemsPerSecond,
    ),
    peakMemoryMiB: Math.round((runnerBytes(plan.items.length) + workers * largest) / 2 ** 20),
    workers,
    triedItems: tried.reduce((sum, { triedItems }) => sum + triedItems, 0),
    ...(freeBytes !== undefined && { freeBytes }),
    clipped: [...clipped].map(([channel, { bright, pixels: all }]) => ({
      channel,
      share: all === 0 ? 0 : bright / all,
    })),
  };
}

/** What a pixel takes, over all parts; parts that were not tried are as the others are. */
function ofPixel(tried: readonly TriedPart[], perPixel: (part: TriedPart) => number): number {
  const pixels = sumOf(tried, (part) => part.pixels);
  return pixels === 0 ? 0 : sumOf(tried, (part) => part.pixels * perPixel(part)) / pixels;
}

/** Workers and the runner share the processors; no job is quicker than its longest slice, or than the runner alone. */
function makingMsOf(items: ItemList, tried: readonly TriedPart[], workers: number): number {
  const drawingMsPerPixel = ofPixel(tried, ({ msPerPixel }) => msPerPixel);
  const decoded = tried.reduce((sum, { first }) => sum + heldBytesOf(first), 0);
  const decodingMsPerByte = decoded === 0 ? 0 : tried.reduce((sum, { decodingMs }) => sum + decodingMs, 0) / decoded;
  const slices = sliceItems(items, workers).map(
    (slice) => decodingMsPerByte * decodedBytesOf(slice) + drawingMsPerPixel * sumOf(slice, pixelsOf),
  );
  const placing = placingMs * sumOf(items, ({ files }) => files.length);
  const all = slices.reduce((sum, ms) => sum + ms, 0);
  const processes = Math.min(workers, slices.length);
  const longest = slices.reduce((most, ms) => Math.max(most, ms), 0);
  return Math.max(longest, placing, all / processes, (all + placing) / Math.min(processes + 1, availableParallelism()));
}

/** What is decoded for items of one FOV, of which each block is decoded once. */
function decodedBytesOf(slice: ItemList): number {
  const all = sumOf(slice, heldBytesOf);
  return Math.min(all, slice.at(0).decodedBytes ?? all);
}

/** Of each channel, how many pixels of an item are too bright. Its blocks are still there from making the item. */
async function clippedOf(
  asked: Recipe,
  item: PlannedItem,
  reader: SourceReader,
  signal: AbortSignal | undefined,
): Promise<(readonly [channel: string, found: ReturnType<typeof countClipped>])[]> {
  const recipe = recipeOfItem(asked, item);
  if (recipe.masksOnly || recipe.formats.every((format) => format === 'ome-tiff')) return [];
  const source = await ItemSource.open(recipe, item, reader, signal);
  const { grid, contrastLimits } = source.scene;
  const found = recipe.channels.map(() => ({ bright: 0, pixels: 0 }));
  for (const band of bandsOf(grid)) {
    const { planes } = await source.read(band, signal);
    const part = imagePartOf(grid, band);
    for (const [i, tiles] of planes.entries()) {
      const [, high] = contrastLimits[i];
      for (const { x, y, plane } of tiles) {
        const { bright, pixels } = countClipped(plane, high, { ...part, x: part.x - x, y: part.y - y });
        found[i] = { bright: found[i].bright + bright, pixels: found[i].pixels + pixels };
      }
    }
  }
  return recipe.channels.map(({ channel }, i) => [channel, found[i]] as const);
}
