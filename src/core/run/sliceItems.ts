import type { PlannedItem } from '../model/plan';
import { plentyBytes } from '../read/imageParts';

/** Items for one worker, one after the other: all of one FOV, so that its blocks are decoded once, or a part of them. */
export type Slice = readonly PlannedItem[];

/** Fewer items than this are not worth another decode of their FOV. */
const leastOfSlice = 16;

/** Items whose middles lie in so many rows of a FOV are made from left to right: they share most of their blocks. */
const bandPx = 512;

/**
 * Cuts items into slices by FOV, in their order; or, where a worker cannot keep all of a FOV, as its blocks lie. Where there
 * are fewer FOVs than workers, a FOV of many items goes to several of them.
 * @param workers at least 1
 * @param keptBytes what a worker may keep of a FOV
 */
export function sliceItems(items: readonly PlannedItem[], workers: number, keptBytes = plentyBytes): Slice[] {
  const groups: PlannedItem[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    if (group?.[0].fov === item.fov) group.push(item);
    else groups.push([item]);
  }
  const wanted = Math.ceil(workers / Math.max(groups.length, 1));
  return groups.flatMap((unsorted) => {
    const group = (unsorted[0].decodedBytes ?? 0) > keptBytes ? asBlocksLie(unsorted) : unsorted;
    const parts = Math.max(1, Math.min(wanted, Math.floor(group.length / leastOfSlice)));
    const size = Math.ceil(group.length / parts);
    return Array.from({ length: Math.ceil(group.length / size) }, (_, i) => group.slice(i * size, (i + 1) * size));
  });
}

function asBlocksLie(items: readonly PlannedItem[]): PlannedItem[] {
  const band = ({ region }: PlannedItem): number =>
    region ? Math.floor((region.y + region.heightPx / 2) / bandPx) : 0;
  return [...items].sort((a, b) => band(a) - band(b) || (a.region?.x ?? 0) - (b.region?.x ?? 0));
}

/** Pixels that are worth a message of their own. */
const messagePixels = 2 ** 20;
const mostPerMessage = 64;

/** How many items of about this one's size travel together: small ones by the dozen, large ones alone. */
export function itemsPerMessage({ region }: PlannedItem): number {
  const pixels = region ? region.widthPx * region.heightPx : messagePixels;
  return Math.min(mostPerMessage, Math.max(1, Math.floor(messagePixels / Math.max(pixels, 1))));
}
