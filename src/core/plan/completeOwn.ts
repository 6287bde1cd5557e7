import type { Dataset } from '../model/dataset';
import { ItemList } from '../model/itemList';
import type { PlannedItem } from '../model/plan';
import { type ColorBy, isPlainColor, type Recipe } from '../model/recipe';
import { selectFovs } from '../select/selectFovs';
import { completeColorBy } from './completeColorBy';

interface CompletingOptions {
  /** Makes of an item one that cannot be made. */
  readonly fail: (item: PlannedItem, error: unknown) => PlannedItem;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Replaces what items' own settings leave to the data, as `fillGaps` does for the recipe: limits that they share
 * with the recipe become its numbers, and so do colours by the cell table; others are completed once for all items that
 * have them alike, over the recipe's FOVs: a picture does not depend on the items that are made beside it.
 * @param recipes.asked the recipe before it was completed
 */
export async function completeOwn(
  { asked, completed }: { readonly asked: Recipe; readonly completed: Recipe },
  items: ItemList,
  dataset: Dataset,
  { fail, signal }: CompletingOptions,
): Promise<ItemList> {
  const limitsKey = ({ channel, contrastLimits }: Recipe['channels'][number]): string =>
    JSON.stringify([channel, contrastLimits]);
  const limits = new Map(
    asked.channels.map((channel, i) => [limitsKey(channel), completed.channels[i].contrastLimits]),
  );
  const fovs = new Set(selectFovs(asked.fovs, dataset).map(({ name }) => name));
  const colors = new Map<string, Promise<ColorBy>>();
  for (const [i, { color }] of asked.masks.entries()) {
    const found = completed.masks[i].color;
    if (!isPlainColor(color) && !isPlainColor(found)) colors.set(JSON.stringify(color), Promise.resolve(found));
  }
  const colorsOf = (by: ColorBy): Promise<ColorBy> => {
    const key = JSON.stringify(by);
    const found = colors.get(key) ?? completeColorBy(by, dataset, fovs, { notes: [], warnings: [], signal });
    colors.set(key, found);
    return found;
  };
  const complete = async (item: PlannedItem): Promise<PlannedItem> => {
    const { own } = item;
    try {
      const channels = own?.channels?.map((channel) => {
        return { ...channel, contrastLimits: limits.get(limitsKey(channel)) ?? channel.contrastLimits };
      });
      const masks =
        own?.masks &&
        (await Promise.all(
          own.masks.map(async (mask) => {
            return isPlainColor(mask.color) ? mask : { ...mask, color: await colorsOf(mask.color) };
          }),
        ));
      return { ...item, own: { ...own, ...(channels && { channels }), ...(masks && { masks }) } };
    } catch (error) {
      signal?.throwIfAborted();
      return item.error ? item : fail(item, error);
    }
  };
  // Nothing is awaited for the others, of which there may be a million.
  if (!items.kinds().some(hasLayers)) return items;
  return ItemList.gather(async (add) => {
    for (const item of items) add(hasLayers(item) ? await complete(item) : item);
  });
}

function hasLayers({ own }: PlannedItem): boolean {
  return own?.channels !== undefined || own?.masks !== undefined;
}
