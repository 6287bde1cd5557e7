import type { Region } from '../model/image';
import type { PlannedItem } from '../model/plan';
import { isInImage } from '../select/cropRegion';

/** What notes, and reasons to skip, say of items that would reach beyond their image. */
const padded = 'reaches beyond the image: black there';
const moved = 'moved into the image';
export const skippedAtBorder = 'it reaches beyond the image';

/** What the edge policy has made of a region, for the item's note; nothing of a skipped one, which has a reason. */
export function borderNotes(
  wanted: Region,
  region: Region | undefined,
  image: { readonly widthPx: number; readonly heightPx: number },
): string[] {
  if (!region) return [];
  const isMoved = region.x !== wanted.x || region.y !== wanted.y;
  return [...(isInImage(region, image) ? [] : [padded]), ...(isMoved ? [moved] : [])];
}

/** How many items would reach beyond their images, by what becomes of them. */
export interface BorderCounts {
  /** Black beyond the image. */
  readonly padded: number;
  readonly moved: number;
  readonly skipped: number;
}

/** Of items that can be made, or are skipped. */
export function countAtBorder(items: Iterable<PlannedItem>): BorderCounts {
  const counts = { padded: 0, moved: 0, skipped: 0 };
  for (const { error, note, skip } of items) {
    if (error) continue;
    const notes = note?.split('; ') ?? [];
    if (notes.includes(padded)) counts.padded++;
    if (notes.includes(moved)) counts.moved++;
    if (skip === skippedAtBorder) counts.skipped++;
  }
  return counts;
}
