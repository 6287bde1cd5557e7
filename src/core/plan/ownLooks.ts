import type { Dataset } from '../model/dataset';
import { listNames } from '../model/listNames';
import { mapEntry } from '../model/mapEntry';
import type { MarkerSet } from '../model/markerSet';
import { type Palette, defaultOtherColor, paletteColors } from '../model/palette';
import { paletteLayers } from '../model/paletteLayers';
import type { OwnSettings } from '../model/plan';
import {
  type AnnotationLayer,
  defaultMaskLayer,
  type MaskLayer,
  type Recipe,
  type RecipeChannel,
} from '../model/recipe';
import type { Roi } from '../model/roi';

/** What of a ROI's own look is used, and what is not. */
export interface OwnLook {
  readonly own: OwnSettings;
  /** What the ROI says itself, in words; the rest is as the recipe has it. */
  readonly used: readonly string[];
  /** What it names and the dataset does not have: there, too, the recipe counts. */
  readonly missing: readonly string[];
}

/** What ROIs may name, by its name: there may be many of both. */
interface Nameable {
  readonly dataset: Dataset;
  readonly markerSets: ReadonlyMap<string, MarkerSet>;
  /** As the recipe shows them, else as UELer's viewer did last, else as the first saved marker set that has them. */
  readonly channels: ReadonlyMap<string, RecipeChannel>;
  /** Masks that a FOV of the dataset has. */
  readonly masks: ReadonlySet<string>;
  readonly palettes: ReadonlyMap<string, Palette>;
}

function nameableOf(recipe: Recipe, dataset: Dataset): Nameable {
  const { markerSets, palettes, fovs, viewer } = dataset;
  const saved = markerSets.flatMap(({ channels }) => channels);
  return {
    dataset,
    markerSets: firstOf(markerSets, ({ name }) => name),
    channels: firstOf([...recipe.channels, ...(viewer?.channels.values() ?? []), ...saved], ({ channel }) => channel),
    masks: new Set(fovs.flatMap(({ masks }) => masks.map(({ name }) => name))),
    palettes: firstOf(palettes, ({ kind, name }) => `${kind} ${name}`),
  };
}

function firstOf<T>(all: readonly T[], keyOf: (each: T) => string): Map<string, T> {
  const first = new Map<string, T>();
  for (const each of all) mapEntry(first, keyOf(each), () => each);
  return first;
}

/**
 * What each ROI says of its own picture: marker set, masks, palettes, scale bar. What it says nothing of, or names without
 * the dataset having it, is as the recipe has it.
 */
export function ownLooks(recipe: Recipe, dataset: Dataset): (roi: Roi) => OwnLook {
  const nameable = nameableOf(recipe, dataset);
  return (roi) => ownLook(roi, recipe, nameable);
}

function ownLook(roi: Roi, recipe: Recipe, nameable: Nameable): OwnLook {
  const { dataset } = nameable;
  const used: string[] = [];
  const missing: string[] = [];
  const take = <T>(found: T | undefined, what: string): T | undefined => {
    (found === undefined ? missing : used).push(what);
    return found;
  };
  const { markerSet, maskVisibility, maskColorSet, annotationPalette, scaleBar } = roi;
  const own: { -readonly [K in keyof OwnSettings]: OwnSettings[K] } = {};
  // With masks only no channel is drawn, whoever names one.
  if (markerSet && !recipe.masksOnly) {
    if ('name' in markerSet) {
      const set = nameable.markerSets.get(markerSet.name);
      if (take(set, `marker set ${markerSet.name}`))
        Object.assign(own, { markerSet: set!.name, channels: set!.channels });
    } else {
      const channels = currentChannels(markerSet.channels, nameable);
      if (take(channels, `channels ${listNames(markerSet.channels)}`)) own.channels = channels!;
    }
  }
  if (maskVisibility) {
    const { masks: known } = nameable;
    const absent = Object.keys(maskVisibility).filter((name) => maskVisibility[name] && !known.has(name));
    for (const name of absent) missing.push(`mask ${name}`);
    own.masks = visibleMasks(maskVisibility, recipe.masks, known, dataset);
    used.push('visible masks');
  }
  if (maskColorSet !== undefined) {
    const palette = nameable.palettes.get(`mask ${maskColorSet}`);
    const isTheJobs = recipe.masks.some(({ name }) => name === dataset.cellTable?.maskName);
    const masks =
      palette && coloredMasks(palette, { masks: own.masks ?? recipe.masks, isTheJobs }, maskVisibility, dataset);
    const how = masks && palette.style && isTheJobs ? ' (filled or outlined as the job has it)' : '';
    if (take(masks, `mask colours ${maskColorSet}${how}`)) own.masks = masks!;
  }
  if (annotationPalette !== undefined) {
    const palette = nameable.palettes.get(`annotation ${annotationPalette}`);
    const annotation = palette && coloredAnnotation(palette, recipe.annotation);
    if (take(annotation, `annotation palette ${annotationPalette}`)) own.annotation = annotation!;
  }
  if (scaleBar) {
    own.scaleBar = { ...recipe.scaleBar, ...scaleBar };
    used.push('scale bar');
  }
  return { own, used, missing };
}

/** Channels that a ROI names without colours. `undefined` if one of them has no colour anywhere. */
function currentChannels(names: readonly string[], { channels }: Nameable): RecipeChannel[] | undefined {
  const found = names.flatMap((name) => channels.get(name) ?? []);
  return found.length === names.length && found.length > 0 ? found : undefined;
}

/**
 * The recipe's masks without those that the ROI hides, and with those that it shows besides.
 * @param known masks that a FOV of the dataset has
 */
function visibleMasks(
  visibility: Readonly<Record<string, boolean>>,
  masks: readonly MaskLayer[],
  known: ReadonlySet<string>,
  { viewer }: Dataset,
): MaskLayer[] {
  const isHidden = (name: string): boolean => Object.hasOwn(visibility, name) && !visibility[name];
  const drawn = new Set(masks.map(({ name }) => name));
  const others = Object.keys(visibility).filter((name) => visibility[name] && known.has(name) && !drawn.has(name));
  return [
    ...masks.filter(({ name }) => !isHidden(name)),
    ...others.map((name) => {
      const color = viewer?.maskColors.get(name);
      return { ...defaultMaskLayer(name), ...(color && { color }) };
    }),
  ];
}

/**
 * The cell mask in a palette's colours, unless the ROI hides it; `undefined` if the palette is for no column.
 * @param layers.isTheJobs the recipe draws that mask: then it is filled or outlined as the recipe says, else as the palette does
 */
function coloredMasks(
  palette: Palette,
  { masks, isTheJobs }: { readonly masks: readonly MaskLayer[]; readonly isTheJobs: boolean },
  visibility: Roi['maskVisibility'],
  { cellTable, viewer }: Dataset,
): MaskLayer[] | undefined {
  const { madeFor, style } = palette;
  const name = cellTable?.maskName;
  if (name === undefined || madeFor === undefined || !cellTable?.columns.includes(madeFor)) return undefined;
  const color: MaskLayer['color'] = { column: madeFor, ...paletteColors(palette) };
  if (isTheJobs) return masks.map((mask) => (mask.name === name ? { ...mask, color } : mask));
  const others = masks.filter((mask) => mask.name !== name);
  if (visibility && Object.hasOwn(visibility, name) && !visibility[name]) return others;
  const plain = defaultMaskLayer(name);
  if (!style) return [...others, { ...plain, color }];
  const outline = { ...plain, color: viewer?.maskColors.get(name) ?? plain.color };
  return [...others, ...paletteLayers(outline, madeFor, palette, style)];
}

/** The annotation that a palette was made for, else the recipe's, in the palette's colours. */
function coloredAnnotation(
  { madeFor, colors, names, otherColor = defaultOtherColor }: Palette,
  layer: AnnotationLayer | undefined,
): AnnotationLayer | undefined {
  const name = madeFor ?? layer?.name;
  if (name === undefined) return undefined;
  const { alpha = 0.5, background = false } = layer ?? {};
  return { name, alpha, background, colors, ...(names && { names }), otherColor };
}
