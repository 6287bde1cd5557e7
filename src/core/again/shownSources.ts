import type { PlannedFile, PlannedItem, PlannedSource } from '../model/plan';
import { type ColorBy, isPlainColor, type Recipe } from '../model/recipe';

/**
 * The images that one file of an item is made of, in the order of the recipe; of a slide, tile after tile.
 * @param recipe the item's own
 */
export function shownSources(recipe: Recipe, item: PlannedItem, { format, channels }: PlannedFile): PlannedSource[] {
  const shown = (item.tiles ?? [item]).flatMap((part) => {
    const drawn = channels ? channels.flatMap((i) => part.channels[i] ?? []) : part.channels;
    if (format === 'ome-tiff') return drawn; // The channels alone.
    return [...drawn, ...part.masks, ...(part.annotation ? [part.annotation] : [])];
  });
  if (!recipe.cells?.isolate || format === 'ome-tiff') return shown;
  return [...shown, ...(item.tiles ?? [item]).flatMap(({ cellMask }) => cellMask ?? [])];
}

/** How the cell table colours masks in a file. */
export function shownColors(recipe: Recipe, { format }: PlannedFile): ColorBy[] {
  if (format === 'ome-tiff') return [];
  return recipe.masks.flatMap(({ color }) => (isPlainColor(color) ? [] : [color]));
}
