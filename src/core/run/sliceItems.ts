import type { ItemList } from '../model/itemList';
import type { PlannedItem } from '../model/plan';
import { plentyBytes } from '../read/imageParts';

/** Items for one worker, one after the other: all of one FOV, so that its blocks are decoded once, or a part of them. */
export type Slice = ItemList;

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
export function sliceItems(items: ItemList, workers: number, keptBytes = plentyBytes): Slice[] {
  const groups = groupByFov(items);
  const wanted = Math.ceil(workers / Math.max(groups.length, 1));
  return groups.flatMap((unsorted) => {
    const group = (unsorted.at(0).decodedBytes ?? 0) > keptBytes ? asBlocksLie(unsorted) : unsorted;
    const parts = Math.max(1, Math.min(wanted, Math.floor(group.length / leastOfSlice)));
    const size = Math.ceil(group.length / parts);
    return Array.from({ length: Math.ceil(group.length / size) }, (_, i) => group.slice(i * size, (i + 1) * size));
  });
}

/** Neighbours of one FOV each. */
function groupByFov(items: ItemList): ItemList[] {
  const groups: ItemList[] = [];
  let [start, i] = [0, 0];
  let fov: string | undefined;
  for (const item of items) {
    if (i > start && item.fov !== fov) {
      groups.push(items.slice(start, i));
      start = i;
    }
    fov = item.fov;
    i++;
  }
  return i > start ? [...groups, items.slice(start)] : groups;
}

function asBlocksLie(items: ItemList): ItemList {
  const band = ({ region }: PlannedItem): number =>
    region ? Math.floor((region.y + region.heightPx / 2) / bandPx) : 0;
  const keys = Array.from(items, (item) => ({ band: band(item), x: item.region?.x ?? 0 }));
  const places = [...keys.keys()].sort((a, b) => keys[a].band - keys[b].band || keys[a].x - keys[b].x);
  return items.pick(places);
}

/** Pixels that are worth a message of their own. */
const messagePixels = 2 ** 20;
const mostPerMessage = 64;

/** How many items of about this one's size travel together: small ones by the dozen, large ones alone. */
export function itemsPerMessage({ region }: PlannedItem): number {
  const pixels = region ? region.widthPx * region.heightPx : messagePixels;
  return Math.min(mostPerMessage, Math.max(1, Math.floor(messagePixels / Math.max(pixels, 1))));
}
