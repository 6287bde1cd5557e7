import type { HexColor } from '../model/color';
import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { classColor } from '../model/palette';
import { parseNumber } from '../model/parseNumber';
import { type ColorBy, isPlainColor, type MaskLayer, type Recipe } from '../model/recipe';
import { type CellValues, readCellValues } from '../read/table/readCellValues';
import { isMeasured } from '../select/colorCells';
import { selectFovs } from '../select/selectFovs';
import { resolveContrastLimits, resolveLimits } from './resolveContrastLimits';

export interface CompletedRecipe {
  readonly recipe: Recipe;
  /** What was decided that the user did not ask for in so many words; for the manifest. */
  readonly notes: readonly string[];
}

/**
 * Replaces what a recipe leaves to the data by what the data say, so that it makes the same picture again: percentile
 * limits of the whole batch, the colours of a column's classes, the range of a colour map. Reads pixels and the cell
 * table only where it must. Limits that are wanted for each FOV stay as they are.
 * Fails with `ContrastLimitsInvalid`, `ColumnNotFound` or `DatasetInvalid`.
 */
export async function completeRecipe(recipe: Recipe, dataset: Dataset, signal?: AbortSignal): Promise<CompletedRecipe> {
  const notes: string[] = [];
  let { channels } = recipe;
  if (recipe.contrastScope === 'batch' && !recipe.masksOnly) {
    const resolved = await resolveContrastLimits(channels, selectFovs(recipe.fovs, dataset), signal);
    notes.push(...resolved.notes);
    channels = channels.map((channel, i) => ({ ...channel, contrastLimits: resolved.limits[i] }));
  }
  const masks: MaskLayer[] = [];
  for (const layer of recipe.masks) {
    if (isPlainColor(layer.color)) masks.push(layer);
    else masks.push({ ...layer, color: await completeColors(layer.color, recipe, dataset, notes, signal) });
  }
  return { recipe: completeAnnotation({ ...recipe, channels, masks }, dataset), notes };
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

async function completeColors(
  by: ColorBy,
  recipe: Recipe,
  dataset: Dataset,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<ColorBy> {
  const { cellTable } = dataset;
  if (!cellTable) {
    throw new ExportError(
      'ColumnNotFound',
      `Expected a cell table for colours by ${by.column}, but ${dataset.folder} has none; name its file.`,
    );
  }
  if (by.colors) return by;
  const values = await readCellValues(cellTable.file, cellTable.roles, by.column, signal);
  if (values.duplicates > 0)
    notes.push(
      `${by.column}: ${values.duplicates} cells stand in the table twice with different values; the first one counts`,
    );
  const toNumber = (text: string): number => parseNumber(text, values.decimalComma);
  if (by.colorMap || isMeasured(allValues(values), toNumber)) {
    const colorMap = by.colorMap ?? 'viridis';
    const fovs = new Set(selectFovs(recipe.fovs, dataset).map((fov) => fov.name));
    const chosen = [...values.byFov].flatMap(([fov, cells]) =>
      fovs.has(fov) ? [...cells.values()].map(toNumber) : [],
    );
    const asked = by.range ?? [{ percentile: 0 }, { percentile: 100 }];
    const { limits, notes: found } = await resolveLimits(by.column, asked, (visit) => {
      visit(Float64Array.from(chosen));
      return Promise.resolve();
    });
    notes.push(...found);
    return { ...by, colorMap, range: limits };
  }
  // By all cells of the table, so that a class has one colour whichever FOVs are chosen.
  const order = new Intl.Collator('en', { numeric: true });
  const classes = [...new Set(allValues(values))].filter((value) => value !== '').sort((a, b) => order.compare(a, b));
  const colors = Object.fromEntries(classes.map((value, i): [string, HexColor] => [value, classColor(i)]));
  return { ...by, colors };
}

function* allValues({ byFov }: CellValues): Iterable<string> {
  for (const cells of byFov.values()) yield* cells.values();
}
