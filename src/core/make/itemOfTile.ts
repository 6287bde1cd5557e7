import type { PlannedItem, PlannedTile } from '../model/plan';

/** A tile as the item of its FOV. */
export function itemOfTile(
  { files, id, pixelSize }: PlannedItem,
  { fov, channels, masks, annotation }: PlannedTile,
): PlannedItem {
  return { id, fov, files, channels, masks, ...(annotation && { annotation }), ...(pixelSize && { pixelSize }) };
}
