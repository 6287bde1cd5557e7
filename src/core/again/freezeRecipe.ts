import { type EmbeddedRecipe, type SourceIdentity } from '../model/embeddedRecipe';
import { defaultLegend, type LegendSettings } from '../model/marks';
import { mapEntry } from '../model/mapEntry';
import type { PlannedFile, PlannedItem } from '../model/plan';
import { slideName } from '../model/slide';
import { programVersion } from '../model/programVersion';
import { isNumeric, type NumericLimits, type Recipe, recipeSchema } from '../model/recipe';
import { tokensOf } from '../model/tokens';

/** What making a file found out. */
interface MadeOf {
  readonly sources: readonly SourceIdentity[];
  /** For each channel, where they were found for this FOV alone. */
  readonly contrastLimits?: readonly NumericLimits[] | undefined;
}

/**
 * What one file of an item says of itself: the recipe as it was for this item and file, and of the item what a cell
 * table or a ROI file decided. Made again from it, the file says the very same, so nothing is kept that does not change
 * a pixel: not what files are called and whether they were replaced, not the item's place among others unless a text
 * says it. What is frozen here is what `--overwrite changed` compares, too (`findUnchanged`).
 * @param recipe the item's own, complete
 */
export function freezeRecipe(
  recipe: Recipe,
  item: PlannedItem,
  file: PlannedFile,
  { sources, contrastLimits }: MadeOf,
): EmbeddedRecipe {
  const { format, channels } = file;
  const { id, fov, label, roi, shape, cellMask, keepClear, index, region, pixelSize, tiles } = item;
  const isCellMaskSeen =
    cellMask && (recipe.cells?.isolate || recipe.masks.some((layer) => layer.name === cellMask.name));
  const words = index === undefined ? [] : [recipe.title?.text ?? '', recipe.caption?.text ?? ''].flatMap(tokensOf);
  return {
    batchExport: 1,
    version: programVersion,
    recipe: recipeOfFile(recipe, item, file, contrastLimits),
    item: {
      id,
      fov,
      ...(label !== undefined && { label }),
      ...(roi && { roi: { id: roi.id, name: roi.name } }),
      ...(shape && { shape }),
      ...(isCellMaskSeen && { cellMask: cellMask.name }),
      ...(keepClear && { keepClear }),
      ...(index !== undefined && words.includes('index') && { index }),
      region: region!,
      ...(pixelSize && { pixelSize }),
      ...(tiles && {
        tiles: tiles.map(({ fov: tile, x, y, widthPx, heightPx }) => ({ fov: tile, x, y, widthPx, heightPx })),
      }),
    },
    file: { format, ...(channels && { channels: channels.map((_, i) => i) }) },
    sources: [...sources],
  };
}

/** For each recipe, what its last cell's is. */
const ofLastCell = new WeakMap<Recipe, { readonly key: string; readonly narrowed: Recipe }>();

/** The same as `narrowRecipe`: thousands of cells of a FOV differ in nothing but their label, so that the rest is made once. */
function recipeOfFile(
  recipe: Recipe,
  item: PlannedItem,
  file: PlannedFile,
  contrastLimits: readonly NumericLimits[] | undefined,
): Recipe {
  const { fov, label, slide } = item;
  if (label === undefined || recipe.rois) return narrowRecipe(recipe, item, file, contrastLimits);
  const key = JSON.stringify([fov, slide, file.format, file.channels, contrastLimits]);
  const last = ofLastCell.get(recipe);
  if (last?.key !== key) {
    const narrowed = narrowRecipe(recipe, item, file, contrastLimits);
    ofLastCell.set(recipe, { key, narrowed });
    return narrowed;
  }
  const { narrowed } = last;
  return { ...narrowed, ...(narrowed.cells && { cells: { ...narrowed.cells, labels: [{ fov, labels: [label] }] } }) };
}

/** The recipe that means this item and this file of it alone. */
function narrowRecipe(
  recipe: Recipe,
  { id, fov, slide, label, roi, tiles }: PlannedItem,
  { format, channels }: PlannedFile,
  contrastLimits: readonly NumericLimits[] | undefined,
): Recipe {
  const { cells, rois, print, downsample, contrastScope } = recipe;
  const shown = channels ?? recipe.channels.map((_, i) => i);
  const limited = shown.map((i) => {
    const { contrastLimits: asked, ...channel } = recipe.channels[i];
    return { ...channel, contrastLimits: contrastLimits?.[i] ?? asked };
  });
  const narrowed: Recipe = {
    ...recipe,
    // A slide is no FOV; a cell of one is of a FOV all the same.
    fovs: tiles && label === undefined ? [] : [fov],
    cells: cells && {
      ...cells,
      where: undefined,
      sample: undefined,
      labels: [{ fov, labels: [label!] }],
      slides: slide === undefined ? undefined : [slide],
    },
    rois: rois && {
      ...rois,
      rois: roi ? [roi.id] : [],
      tags: undefined,
      slides: rois.slides.filter((slide) => slideName({ id: slide }) === id),
      // What the ROI said itself is in the recipe now.
      settings: 'shared',
    },
    channels: limited,
    // Limits in numbers do not depend on any pixels: then the scope makes no difference.
    contrastScope: limited.every((channel) => isNumeric(channel.contrastLimits)) ? 'batch' : contrastScope,
    legend: withoutPlaces(recipe.legend),
    name: undefined,
    // A print width decides on it again.
    downsample: print ? 1 : downsample,
    formats: [format],
    gallery: undefined,
    overwrite: 'never',
  };
  return inSchemaOrder(recipe, `${format} ${shown.join()}`, narrowed);
}

/** What the schema made of a recipe's first item, by what files of an item differ in. */
const ordered = new WeakMap<Recipe, Map<string, Recipe>>();

/**
 * Keys in the schema's order, whichever way the recipe came. The schema is asked once: what items of one recipe differ in
 * keeps the place that it has there, and is in order itself.
 * @param kind of a file: narrowed recipes of one kind have the same keys
 */
function inSchemaOrder(recipe: Recipe, kind: string, narrowed: Recipe): Recipe {
  const known = ordered.get(recipe) ?? new Map<string, Recipe>();
  ordered.set(recipe, known);
  const first = mapEntry(known, kind, () => recipeSchema.parse(narrowed));
  const { fovs, cells, rois, channels, contrastScope } = narrowed;
  return {
    ...first,
    fovs,
    ...(first.cells &&
      cells && { cells: { ...first.cells, labels: cells.labels, ...(cells.slides && { slides: cells.slides }) } }),
    ...(first.rois && rois && { rois: { ...first.rois, rois: rois.rois, slides: rois.slides } }),
    channels: first.channels.map((channel, i) => ({ ...channel, contrastLimits: channels[i].contrastLimits })),
    contrastScope,
  };
}

/** A legend that is off is nowhere. */
function withoutPlaces({ channels, channelsPlace, classes, classesPlace }: LegendSettings): LegendSettings {
  return {
    channels,
    channelsPlace: channels === 'off' ? defaultLegend.channelsPlace : channelsPlace,
    classes,
    classesPlace: classes ? classesPlace : defaultLegend.classesPlace,
  };
}
