import { embeddedText } from '../model/embeddedRecipe';
import type { PlannedFile, PlannedItem } from '../model/plan';
import type { NumericLimits, Recipe } from '../model/recipe';
import { freezeRecipe } from './freezeRecipe';
import { identifySources, type SourcesOfDataset } from './identifySources';

type Limits = readonly NumericLimits[];

/**
 * The text that a file of an item holds, so that it can be made again.
 * @param recipe the item's own
 * @param made.contrastLimits for each channel, where pixels were rendered
 */
export async function describeMaking(
  recipe: Recipe,
  item: PlannedItem,
  file: PlannedFile,
  { dataset, contrastLimits }: { readonly dataset: SourcesOfDataset; readonly contrastLimits?: Limits | undefined },
): Promise<string> {
  const sources = await identifySources(recipe, item, file, dataset);
  return embeddedText(freezeRecipe(recipe, item, file, { sources, contrastLimits }));
}
