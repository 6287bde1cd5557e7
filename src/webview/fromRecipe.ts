import { toGallery } from './toGallery';
import type { PixelsOrUm } from '../core/model/cellSelection';
import { defaultOtherColor, paletteColors } from '../core/model/palette';
import {
  automaticColors,
  type CellsForm,
  type ChannelRow,
  type Form,
  loadedColors,
  type MarksForm,
  type MaskRow,
  type RoisForm,
} from './form';
import { isSame } from '../core/model/isSame';
import type { AnnotationLayer, ColorBy, DatasetView, Limit, MaskLayer, Recipe } from './protocol';
import { unlikeParts } from './unlikeParts';

/** A form that asks for a recipe, and what the user should know of it. */
export interface FormOfRecipe {
  readonly form: Form;
  /** Sentences, empty if the form asks for the very same. */
  readonly remarks: readonly string[];
}

/**
 * The inverse of `toRecipe`: the form that asks for a recipe, as far as the panel can. What belongs to other modes stays
 * as it is in the current form. What cannot be shown is said.
 * @param recipe names its FOVs, without globs
 */
export function fromRecipe(recipe: Recipe, current: Form, dataset: DatasetView): FormOfRecipe {
  const {
    mode,
    fovs,
    downsample,
    resample,
    pixelSizeUm,
    dpi,
    name,
    print,
    formats,
    overwrite,
    allowMismatch = false,
  } = recipe;
  const set = dataset.markerSets.find((candidate) => candidate.name === recipe.markerSet);
  const isSet = set !== undefined && isSame(set.channels, recipe.channels);
  const kept = structuredClone(current);
  const form: Form = {
    ...kept,
    mode,
    fovs: fovs.length > 0 ? [...fovs] : dataset.fovs.map((fov) => fov.name),
    contrastScope: recipe.contrastScope,
    separate: recipe.separate,
    grayscale: recipe.grayscale,
    masks: toMaskRows(recipe, kept.masks, dataset),
    maskOrder: recipe.masks.map((mask) => mask.name),
    masksOnly: recipe.masksOnly,
    annotation: toAnnotation(recipe.annotation, kept.annotation, dataset),
    downsample: String(downsample),
    resample,
    marks: { ...kept.marks, [mode]: toMarks(recipe, kept.marks[mode]) },
    pixelSizeUm: textOf(pixelSizeUm),
    formats: [...formats],
    dpi: textOf(dpi),
    name: name ?? '',
    widthMm: textOf(print?.widthMm),
    fontPt: print ? String(print.fontPt) : kept.fontPt,
    gallery: toGallery(recipe.gallery, kept.gallery),
    overwrite,
    allowMismatch,
  };
  // With masks only, a recipe says nothing of channels.
  if (!recipe.masksOnly) {
    form.channels = toChannelRows(recipe, kept.channels);
    delete form.markerSet;
    delete form.channelOrder;
    if (isSet) form.markerSet = set.name;
    else form.channelOrder = recipe.channels.map(({ channel }) => channel);
  }
  const focal = recipe.masks.find((mask) => mask.name === dataset.cellTable?.mask)?.focalColor;
  if (recipe.cells) form.cells = toCells(recipe.cells, kept.cells, focal);
  if (recipe.rois) form.rois = toRois(recipe.rois, kept.rois);
  const remarks = unlikeParts(recipe, form, dataset);
  if (recipe.markerSet !== undefined && !isSet && !recipe.masksOnly) {
    const why = set ? 'has other channels here' : 'is not saved here';
    remarks.push(`Marker set ${recipe.markerSet} ${why}, so the channels go without its name.`);
  }
  return { form, remarks };
}

function toChannelRows({ channels }: Recipe, rows: readonly ChannelRow[]): ChannelRow[] {
  const unknown = channels.filter(({ channel }) => !rows.some((row) => row.channel === channel));
  const all = [
    ...rows,
    ...unknown.map(({ channel }): ChannelRow => ({ channel, on: true, color: '#ffffff', low: '', high: '' })),
  ];
  return all.map((row) => {
    const setting = channels.find(({ channel }) => channel === row.channel);
    if (!setting) return { ...row, on: false };
    const [low, high] = setting.contrastLimits.map(limitText);
    return { ...row, on: true, color: setting.color, low, high };
  });
}

function toMaskRows({ masks }: Recipe, rows: readonly MaskRow[], dataset: DatasetView): MaskRow[] {
  const unknown = masks.filter(({ name }) => !rows.some((row) => row.name === name));
  const all = [...rows, ...unknown.map(({ name }) => emptyMask(name))];
  return all.map((row) => {
    const layer = masks.find(({ name }) => name === row.name);
    return layer ? toMaskRow(layer, row, dataset) : { ...row, on: false };
  });
}

function emptyMask(name: string): MaskRow {
  const colors = { color: '#ffffff', column: '', colors: automaticColors, low: '', high: '', arcsinhCofactor: '' };
  return { name, on: true, mode: 'outline', ...colors, alpha: '100', widthPx: '1' };
}

function toMaskRow({ mode, color, alpha, widthPx }: MaskLayer, row: MaskRow, dataset: DatasetView): MaskRow {
  const shown = { ...row, on: true, mode, alpha: percentText(alpha) };
  if (mode === 'outline') shown.widthPx = String(widthPx);
  if (typeof color === 'string') return { ...shown, color, column: '' };
  return { ...shown, column: color.column, ...toColumnColors(color, dataset) };
}

/** The choice that stands for colours by a column; as loaded, if no other one does. */
function toColumnColors(color: ColorBy, dataset: DatasetView): Partial<MaskRow> {
  const { colors, colorMap, range, arcsinhCofactor, otherColor } = color;
  const isUsual = otherColor === defaultOtherColor;
  if (isUsual && !colors && !colorMap && !range && arcsinhCofactor === undefined) return { colors: automaticColors };
  if (isUsual && colorMap && range) {
    const [low, high] = range.map(limitText);
    return {
      colors: colorMap,
      low: low === 'p0' ? '' : low,
      high: high === 'p100' ? '' : high,
      arcsinhCofactor: textOf(arcsinhCofactor),
    };
  }
  const by: Omit<ColorBy, 'column'> & { column?: string } = { ...color };
  delete by.column;
  const palette = dataset.palettes.find((saved) => saved.kind === 'mask' && isSame(paletteColors(saved), by));
  return palette ? { colors: `palette:${palette.name}` } : { colors: loadedColors, loaded: by };
}

function toAnnotation(
  layer: AnnotationLayer | undefined,
  kept: Form['annotation'],
  dataset: DatasetView,
): Form['annotation'] {
  if (!layer) return { ...kept, name: '' };
  const { name, alpha, background, ...colors } = layer;
  const shown = { ...kept, name, alpha: percentText(alpha), background };
  if (isSame(colors, { otherColor: defaultOtherColor })) return { ...shown, palette: automaticColors };
  const palette = dataset.palettes.find(
    (saved) =>
      saved.kind === 'annotation' &&
      isSame(colors, {
        colors: saved.colors,
        names: saved.names,
        otherColor: saved.otherColor ?? defaultOtherColor,
      }),
  );
  return palette ? { ...shown, palette: palette.name } : { ...shown, palette: loadedColors, loaded: colors };
}

function toMarks({ scaleBar, legend, title, caption, marginColor }: Recipe, kept: MarksForm): MarksForm {
  const { length } = scaleBar;
  return {
    bar: typeof length === 'number' ? 'fixed' : length,
    barLengthUm: typeof length === 'number' ? String(length) : kept.barLengthUm,
    barColor: scaleBar.color,
    barPlace: scaleBar.place,
    legend: legend.channels,
    legendPlace: legend.channelsPlace,
    classes: legend.classes,
    classesPlace: legend.classesPlace,
    title: title?.text ?? '',
    titlePlace: title?.place ?? kept.titlePlace,
    caption: caption?.text ?? '',
    captionPlace: caption?.place ?? kept.captionPlace,
    marginColor,
  };
}

function toCells(cells: NonNullable<Recipe['cells']>, kept: CellsForm, focal: string | undefined): CellsForm {
  const { where, labels, slides, sample, crop, center, edge, isolate, onlyFocal } = cells;
  const isFixed = 'size' in crop;
  return {
    where: where ?? '',
    picked: labels.flatMap(({ fov, labels: own }) => own.map((label) => `${fov}:${label}`)),
    slides: [...(slides ?? [])],
    sample: textOf(sample?.count),
    seed: sample ? String(sample.seed) : kept.seed,
    per: sample?.per.join(', ') ?? '',
    range: sample?.range ?? '',
    crop: isFixed ? 'size' : 'fit',
    size: isFixed ? lengthText(crop.size) : kept.size,
    padding: isFixed ? kept.padding : lengthText(crop.padding),
    min: isFixed ? kept.min : lengthText(crop.min),
    max: isFixed ? kept.max : lengthText(crop.max),
    center,
    edge,
    isolate,
    onlyFocal,
    hasFocalColor: focal !== undefined,
    focalColor: focal ?? kept.focalColor,
  };
}

function toRois(rois: NonNullable<Recipe['rois']>, kept: RoisForm): RoisForm {
  const { rois: picked, tags, slides, settings, size, edge, drawShape, cutShape } = rois;
  return {
    tags: tags ?? '',
    picked: [...picked],
    slides: [...slides],
    settings,
    size: lengthText(size?.length),
    tolerance: lengthText(size?.tolerance),
    edge,
    drawShape: drawShape !== undefined,
    shapeColor: drawShape?.color ?? kept.shapeColor,
    shapeWidth: drawShape ? String(drawShape.widthPx) : kept.shapeWidth,
    cutShape,
  };
}

function limitText(limit: Limit): string {
  return typeof limit === 'number' ? String(limit) : `p${plainText(limit.percentile)}`;
}

/** Without an exponent, which percentiles are not written with. */
function plainText(value: number): string {
  return String(value).includes('e') ? value.toFixed(20) : String(value);
}

function lengthText(length: PixelsOrUm | undefined): string {
  if (!length) return '';
  return 'px' in length ? `${length.px}px` : `${length.um}um`;
}

function textOf(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

/** As few digits as give the same fraction again. */
function percentText(fraction: number): string {
  for (let digits = 1; digits < 17; digits++) {
    const percent = Number((fraction * 100).toPrecision(digits));
    if (percent / 100 === fraction) return String(percent);
  }
  return String(fraction * 100);
}
