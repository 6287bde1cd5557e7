import { availableParallelism, totalmem } from 'node:os';
import { ExportError, toExportError } from '../model/exportError';
import type { ItemList } from '../model/itemList';
import { imageOf, type PlannedItem, recipeOfItem } from '../model/plan';
import type { Region } from '../model/image';
import { type Format, isNumeric, type Recipe } from '../model/recipe';
import { plentyBytes } from '../read/imageParts';
import { tiffRows } from '../write/tiffEncoder';
import { bandSize, gridSize } from '../render/outputGrid';
import { bandPixelsOf, isMadeInOnePass } from './shownPart';

const mebibyte = 2 ** 20;

/** A process of Node with our program and the image library in it, before its first picture. */
export const processBytes = 100 * mebibyte;

/**
 * What the runner keeps of each item: its plan and its outcome, some 200 bytes; while planning what they are made of, and what
 * the garbage collector lets lie. Measured with crops of 32 pixels of one file each: 104 MiB for 10 000 items, 159 for 100 000;
 * items of forty files take more, and so do FOVs of forty channels, of which there are thousands at most.
 */
const runnerBytesPerItem = 2 * 1024;

/** Of the memory that the machine, or the container, has. */
const defaultShare = 0.6;

/** A band of a picture: its pixels with outlines and without, with its marks, and what the encoders keep of it. */
const bytesPerBandPixel = 22;

/**
 * What some formats keep of the whole picture besides: JPEG's and WebP's encoders take it whole, WebP's with a copy of its
 * own; outlines as shapes the more the more cells there are.
 */
const bytesPerPixel: Readonly<Partial<Record<Format, number>>> = { jpeg: 6, webp: 23, svg: 16, pdf: 24 };

/** What may be used when nobody says it, in bytes. */
export function defaultMemoryBytes(): number {
  const limit = process.constrainedMemory();
  const total = totalmem();
  return Math.floor(defaultShare * (limit > 0 && limit < total ? limit : total));
}

/** What the process that makes an item takes, about, in bytes, if it keeps nothing for the next ones. */
export function leastBytesOf(asked: Recipe, item: PlannedItem): number {
  return processBytes + heldBytesOf(item) + (item.region ? pictureBytes(recipeOfItem(asked, item), item.region) : 0);
}

/** What a region's picture takes in memory, band after band, beside what it is drawn of. */
function pictureBytes(recipe: Recipe, region: Region): number {
  const { formats, downsample } = recipe;
  const band = bandSize(region, downsample, bandPixelsOf(recipe, region));
  const heightPx = gridSize(region.heightPx, downsample);
  const kept = Math.max(0, ...formats.map((format) => bytesPerPixel[format] ?? 0));
  const rows = formats.includes('tiff') ? 6 * band.widthPx * Math.min(tiffRows, heightPx) : 0;
  return bytesPerBandPixel * band.widthPx * band.heightPx + kept * band.widthPx * heightPx + rows;
}

/** What it takes at its peak where memory is plenty. */
export function peakBytesOf(recipe: Recipe, item: PlannedItem): number {
  return leastBytesOf(recipe, item) + othersOf(item, plentyBytes);
}

/** What of an item's images is in memory at once, in bytes. */
export function heldBytesOf({ heldBytes, decodedBytes = 0 }: PlannedItem): number {
  return heldBytes ?? decodedBytes;
}

/** What is kept of a FOV's images for its other items, up to a limit. */
function othersOf(item: PlannedItem, mostBytes: number): number {
  return Math.max(0, Math.min((item.decodedBytes ?? 0) - heldBytesOf(item), mostBytes));
}

/** What the process that runs a job of so many items takes at its peak, about. */
export function runnerBytes(plannedItems: number): number {
  return processBytes + plannedItems * runnerBytesPerItem;
}

/** What workers have to get along with. */
interface WorkerBudget {
  readonly memoryBytes: number;
  /** How many are wanted; absent: one for each processor. */
  readonly jobs?: number;
  /** How many items the whole job has, which the runner keeps. */
  readonly planned: number;
}

/** What is kept for the next items rather than that another worker has it: blocks that they share are decoded once. */
const keptBeforeWorkers = plentyBytes / 4;

/** How many workers fit a budget, each with the largest of the items, beside the runner itself; at least one. */
export function workersWithin(
  recipe: Recipe,
  items: ItemList,
  { memoryBytes, jobs = availableParallelism(), planned }: WorkerBudget,
): number {
  const largest = largestOf(items, (item) => leastBytesOf(recipe, item) + othersOf(item, keptBeforeWorkers));
  return Math.max(1, Math.min(jobs, Math.floor((memoryBytes - runnerBytes(planned)) / largest)));
}

/** What each of so many workers may keep of images, in bytes: what items need of them, and what else the budget has. */
export function keptBytesWithin(
  recipe: Recipe,
  items: ItemList,
  { memoryBytes, planned, workers }: WorkerBudget & { readonly workers: number },
): number {
  const beside = largestOf(items, (item) => leastBytesOf(recipe, item) - heldBytesOf(item));
  const share = (memoryBytes - runnerBytes(planned)) / workers;
  const most = areReadOnce(recipe, items) ? plentyBytes / 4 : plentyBytes;
  return Math.max(0, Math.min(most, Math.floor(share - beside)));
}

/** Whether no image is gone through for a second item, nor for limits that come from its pixels: there is little to keep. */
function areReadOnce(recipe: Recipe, items: ItemList): boolean {
  if (!isMadeInOnePass(recipe) || recipe.channels.some(({ contrastLimits }) => !isNumeric(contrastLimits)))
    return false;
  // Items of one kind are of one image.
  const kinds = items.kinds();
  return kinds.length === items.length && new Set(kinds.map(imageOf)).size === kinds.length;
}

function largestOf(items: ItemList, bytes: (item: PlannedItem) => number): number {
  let most = processBytes;
  for (const item of items) most = Math.max(most, bytes(item));
  return most;
}

/** `TooLarge` for an item that takes more than the budget even if nothing else is made. */
export function requireWithin(recipe: Recipe, item: PlannedItem, memoryBytes: number): void {
  const needed = leastBytesOf(recipe, item) + processBytes;
  if (needed <= memoryBytes || item.decodedBytes === undefined) return;
  throw new ExportError(
    'TooLarge',
    `Expected to make ${item.id} within ${inMiB(memoryBytes)} of memory, but it takes about ${inMiB(needed)}; allow more memory, or export fewer channels at once.`,
  );
}

/** What may be decoded at once while a job is planned: as much as `requireWithin` leaves to the images of an item. */
export function planningBytes(memoryBytes: number): number {
  return memoryBytes - 2 * processBytes;
}

/** Items that do not fit the budget, with the error that they will fail with. */
export function withMemoryErrors(recipe: Recipe, items: ItemList, memoryBytes: number): ItemList {
  return items.changeEach((item) => {
    if (item.error || item.skip !== undefined) return item;
    try {
      requireWithin(recipe, item, memoryBytes);
      return item;
    } catch (error) {
      const { code, message } = toExportError(error);
      return { ...item, error: { code, message }, isBeyondMemory: true };
    }
  });
}

function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / mebibyte)} MiB`;
}
