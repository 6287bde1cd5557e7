import type { Dataset, Problem } from '../model/dataset';
import { isPlainColor, type MaskLayer, type Recipe } from '../model/recipe';
import { selectFovs } from '../select/selectFovs';
import { completeColorBy } from './completeColorBy';
import { resolveContrastLimits } from './resolveContrastLimits';

export interface CompletedRecipe {
  readonly recipe: Recipe;
  /** What was decided that the user did not ask for in so many words; for the manifest. */
  readonly notes: readonly string[];
  /** Of these, what the user should know before the start. */
  readonly warnings: readonly Problem[];
}

/**
 * Replaces what a recipe leaves to the data by what the data say, so that it makes the same picture again: percentile
 * limits of the whole batch, the colours of a column's classes, the range of a colour map. Reads pixels and the cell
 * table only where it must. Limits that are wanted for each FOV stay as they are.
 * Fails with `ContrastLimitsInvalid`, `ColumnNotFound`, `PaletteInvalid` or `DatasetInvalid`.
 */
export async function completeRecipe(recipe: Recipe, dataset: Dataset, signal?: AbortSignal): Promise<CompletedRecipe> {
  const fovs = selectFovs(recipe.fovs, dataset);
  const names = new Set(fovs.map((fov) => fov.name));
  const notes: string[] = [];
  const warnings: string[] = [];
  const masks: MaskLayer[] = [];
  for (const layer of recipe.masks) {
    const { color } = layer;
    masks.push(
      isPlainColor(color)
        ? layer
        : { ...layer, color: await completeColorBy(color, dataset, names, { notes, warnings, signal }) },
    );
  }
  let { channels } = recipe;
  if (recipe.contrastScope === 'batch' && !recipe.masksOnly) {
    const resolved = await resolveContrastLimits(channels, fovs, signal);
    notes.push(...resolved.notes);
    warnings.push(...resolved.warnings);
    channels = channels.map((channel, i) => ({ ...channel, contrastLimits: resolved.limits[i] }));
  }
  return {
    recipe: completeAnnotation({ ...recipe, channels, masks }, dataset),
    notes,
    warnings: warnings.map((message) => ({ code: 'PercentilesCoincide', message: `${message}.` })),
  };
}

/** An annotation without colours takes those of the only palette that was saved for it. */
export function completeAnnotation(recipe: Recipe, dataset: Dataset): Recipe {
  const { annotation } = recipe;
  if (!annotation || annotation.colors) return recipe;
  const saved = dataset.palettes.filter(({ kind, madeFor }) => kind === 'annotation' && madeFor === annotation.name);
  if (saved.length !== 1) return recipe;
  const [{ colors, names, otherColor }] = saved;
  const completed = { ...annotation, colors, ...(names && { names }), ...(otherColor && { otherColor }) };
  return { ...recipe, annotation: completed };
}
