import type { Dataset, Problem } from '../model/dataset';
import { isPlainColor, type MaskLayer, type Recipe, type RecipeChannel } from '../model/recipe';
import { selectFovs } from '../select/selectFovs';
import { completeColorBy } from './completeColorBy';
import { resolveContrastLimits } from './resolveContrastLimits';

/** What the data say where a recipe leaves something to them. */
export interface FoundGaps {
  /** For each channel. */
  readonly limits: readonly RecipeChannel['contrastLimits'][];
  /** For each mask. */
  readonly colors: readonly MaskLayer['color'][];
  /** What was decided that the user did not ask for in so many words; for the manifest. */
  readonly notes: readonly string[];
  /** Of these, what the user should know before the start. */
  readonly warnings: readonly Problem[];
}

/** All that `findGaps` depends on: it finds the same for recipes of which this text is the same. */
export function gapsOf({ fovs, channels, contrastScope, masks, masksOnly }: Recipe): string {
  const limits = channels.map(({ channel, contrastLimits }) => [channel, contrastLimits]);
  const columns = masks.map(({ color }) => (isPlainColor(color) ? undefined : color));
  return JSON.stringify([fovs, limits, contrastScope, columns, masksOnly]);
}

/** A recipe's gaps as they are before anything was found. */
export function gapsLeft({ channels, masks }: Recipe): FoundGaps {
  const limits = channels.map(({ contrastLimits }) => contrastLimits);
  return { limits, colors: masks.map(({ color }) => color), notes: [], warnings: [] };
}

/**
 * Finds what a recipe leaves to the data: percentile limits of the whole batch, the colours of a column's classes, the range
 * of a colour map. Reads pixels and the cell table only where it must. Limits that are wanted for each FOV stay as they are.
 * Fails with `ContrastLimitsInvalid`, `ColumnNotFound`, `PaletteInvalid` or `DatasetInvalid`.
 */
export async function findGaps(recipe: Recipe, dataset: Dataset, signal?: AbortSignal): Promise<FoundGaps> {
  const fovs = selectFovs(recipe.fovs, dataset);
  const names = new Set(fovs.map((fov) => fov.name));
  const notes: string[] = [];
  const warnings: string[] = [];
  const colors: MaskLayer['color'][] = [];
  for (const { color } of recipe.masks) {
    const by = isPlainColor(color) ? color : completeColorBy(color, dataset, names, { notes, warnings, signal });
    colors.push(await by);
  }
  let limits = recipe.channels.map(({ contrastLimits }) => contrastLimits);
  if (recipe.contrastScope === 'batch' && !recipe.masksOnly) {
    const resolved = await resolveContrastLimits(recipe.channels, fovs, signal);
    notes.push(...resolved.notes);
    warnings.push(...resolved.warnings);
    limits = [...resolved.limits];
  }
  return {
    limits,
    colors,
    notes,
    warnings: warnings.map((message) => ({ code: 'PercentilesCoincide', message: `${message}.` })),
  };
}

/**
 * A recipe without the gaps that were found, so that it makes the same picture again.
 * @param found of a recipe with the same `gapsOf`
 */
export function fillGaps(recipe: Recipe, { limits, colors }: FoundGaps, dataset: Dataset): Recipe {
  const channels = recipe.channels.map((channel, i) => ({ ...channel, contrastLimits: limits[i] }));
  const masks = recipe.masks.map((layer, i) => (isPlainColor(layer.color) ? layer : { ...layer, color: colors[i] }));
  return completeAnnotation({ ...recipe, channels, masks }, dataset);
}

/** An annotation without colours takes those of the only palette that was saved for it. */
function completeAnnotation(recipe: Recipe, dataset: Dataset): Recipe {
  const { annotation } = recipe;
  if (!annotation || annotation.colors) return recipe;
  const saved = dataset.palettes.filter(({ kind, madeFor }) => kind === 'annotation' && madeFor === annotation.name);
  if (saved.length !== 1) return recipe;
  const [{ colors, names, otherColor }] = saved;
  const completed = { ...annotation, colors, ...(names && { names }), ...(otherColor && { otherColor }) };
  return { ...recipe, annotation: completed };
}
