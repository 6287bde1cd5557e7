import { type ColorMapName, colorMapNames } from '../core/model/colorMap';
import { type CellSelection, isLess, type PixelsOrUm } from '../core/model/cellSelection';
import { parseLengthUm, parseLineWidthPx, parsePixelsOrUm, parseSize } from '../core/model/lengthText';
import { areAscending, parseLimitText } from '../core/model/limit';
import { mapEntry } from '../core/model/mapEntry';
import type { TextMarkSettings } from '../core/model/marks';
import { numberRanges, rangeText } from '../core/model/numberRanges';
import { defaultOtherColor, paletteColors } from '../core/model/palette';
import { describeIssues, recipeSchema } from '../core/model/recipe';
import { tokenNames, tokenProblem } from '../core/model/tokens';
import type { RoiSelection } from '../core/model/roiSelection';
import {
  automaticColors,
  type CellsForm,
  type Form,
  loadedColors,
  type MarksForm,
  type MaskRow,
  type RoisForm,
} from './form';
import { nameOfField } from './fieldNames';
import { FormProblem, toInteger, toNumber } from './formProblem';
import { readGallery } from './readGallery';
import type {
  AnnotationLayer,
  ColorBy,
  DatasetView,
  HexColor,
  Limit,
  MaskLayer,
  Place,
  Recipe,
  RecipeChannel,
} from './protocol';

/** What the form asks for, or what is still wrong with it, in words. */
export function toRecipe(form: Form, dataset: DatasetView): { recipe: Recipe } | { problem: string } {
  try {
    const recipe = readForm(form, dataset);
    const checked = recipeSchema.safeParse(recipe);
    return checked.success ? { recipe } : { problem: `${describeIssues(checked.error, nameOfField)}.` };
  } catch (error) {
    if (error instanceof FormProblem) return { problem: error.message };
    throw error;
  }
}

function readForm(form: Form, dataset: DatasetView): Recipe {
  const rows = inOrder(form.masks, form.maskOrder, ({ name }) => name).filter((row) => row.on);
  const masks = rows.map((row) => withFocalColor(readMask(row, dataset), form, dataset));
  const annotation = readAnnotation(form, dataset);
  const channels = form.masksOnly ? [] : readChannels(form, dataset);
  if (form.masksOnly && masks.length === 0 && !annotation) {
    throw new FormProblem('Choose a mask or an annotation, or switch “Masks only” off.');
  }
  const { separate, formats } = form;
  if (formats.length === 0) throw new FormProblem('Choose at least one file format.');
  if (form.masksOnly && formats.includes('ome-tiff')) {
    throw new FormProblem('OME-TIFF holds channels: switch it or “Masks only” off.');
  }
  const pixelSizeUm = unlessEmpty(form.pixelSizeUm, (text) =>
    toNumber(text, numberRanges.pixelSizeUm, 'The pixel size must be a number of µm'),
  );
  const print = readPrint(form);
  const isSeparate = separate !== 'off' && !form.masksOnly;
  return {
    version: 1,
    mode: form.mode,
    ...(form.mode === 'cells' && { cells: readCells(form.cells) }),
    ...(form.mode === 'rois' && { rois: readRois(form.rois) }),
    fovs: readFovs(form, dataset),
    ...(form.markerSet !== undefined && !form.masksOnly && { markerSet: form.markerSet }),
    channels,
    contrastScope: form.contrastScope,
    masks,
    ...(annotation && { annotation }),
    masksOnly: form.masksOnly,
    separate: isSeparate ? separate : 'off',
    grayscale: isSeparate && form.grayscale,
    // A print width decides on it.
    downsample: print ? 1 : toInteger(form.downsample, numberRanges.downsample, 'Downsample'),
    resample: form.resample,
    ...readMarks(form.marks[form.mode]),
    ...(print && { print }),
    ...(pixelSizeUm !== undefined && { pixelSizeUm }),
    formats: [...formats],
    ...(form.dpi.trim() !== '' && { dpi: toInteger(form.dpi, numberRanges.dpi, 'The resolution in dpi') }),
    ...readName(form.name),
    ...readGallery(form.gallery),
    overwrite: form.overwrite,
    ...(form.allowMismatch && { allowMismatch: true }),
  };
}

function readName(name: string): { name?: string } {
  if (name.trim() === '') return {};
  const problem = tokenProblem(name);
  if (problem !== undefined) throw new FormProblem(`The pattern of the file names ${problem}.`);
  return { name };
}

function withFocalColor(layer: MaskLayer, { mode, cells }: Form, { cellTable }: DatasetView): MaskLayer {
  if (mode !== 'cells' || !cells.hasFocalColor || layer.name !== cellTable?.mask) return layer;
  return { ...layer, focalColor: cells.focalColor as HexColor };
}

function readCells(cells: CellsForm): CellSelection {
  const { where, slides, sample, seed, per, range, center, edge, isolate, onlyFocal } = cells;
  const columns = per
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (sample.trim() === '' && (columns.length > 0 || range !== '')) {
    throw new FormProblem('Strata and thirds are of a sample: say how many cells.');
  }
  return {
    ...(where.trim() !== '' && { where }),
    labels: labelsByFov(cells.picked),
    ...(slides.length > 0 && { slides: [...slides] }),
    ...(sample.trim() !== '' && {
      sample: {
        count: toInteger(sample, numberRanges.sampleSize, 'The size of the sample'),
        seed: toInteger(seed, numberRanges.seed, 'The seed'),
        per: columns,
        ...(range !== '' && { range }),
      },
    }),
    crop: readCrop(cells),
    center,
    edge,
    isolate,
    onlyFocal,
  };
}

/** The last colon of an id ends the FOV's name. */
function labelsByFov(ids: readonly string[]): CellSelection['labels'] {
  const byFov = new Map<string, number[]>();
  for (const id of ids) {
    const colon = id.lastIndexOf(':');
    const fov = id.slice(0, colon);
    mapEntry(byFov, fov, () => []).push(Number(id.slice(colon + 1)));
  }
  return [...byFov].map(([fov, labels]) => ({ fov, labels }));
}

function readCrop({ crop, size, padding, min, max }: CellsForm): CellSelection['crop'] {
  const length = (text: string, what: string): PixelsOrUm => {
    const found = what === 'padding' ? parsePixelsOrUm(text) : parseSize(text);
    if (found) return found;
    throw new FormProblem(`The ${what} must be pixels such as 128px, or a length such as 50um.`);
  };
  if (crop === 'size') return { size: length(size, 'size of the crops') };
  const least = min.trim() === '' ? undefined : length(min, 'least size');
  const greatest = max.trim() === '' ? undefined : length(max, 'greatest size');
  if (isLess(greatest, least)) throw new FormProblem('The greatest size must not be less than the least size.');
  return {
    padding: length(padding, 'padding'),
    ...(least && { min: least }),
    ...(greatest && { max: greatest }),
  };
}

/** All of them go by no name, as on the command line: the settings fit other datasets, and ROIs of slides are in no FOV. */
function readFovs({ fovs }: Form, dataset: DatasetView): string[] {
  if (fovs.length === 0) throw new FormProblem('Choose at least one FOV.');
  return fovs.length === dataset.fovs.length ? [] : [...fovs];
}

function readRois(rois: RoisForm): RoiSelection {
  const { tags, picked, slides, settings, size, tolerance, edge, drawShape, shapeColor, shapeWidth, cutShape } = rois;
  const wholeSlides = slides.length > 0;
  return {
    rois: wholeSlides ? [] : [...picked],
    ...(tags.trim() !== '' && !wholeSlides && { tags }),
    slides: [...slides],
    settings,
    ...(settings === 'shared' && size.trim() !== '' && { size: readSize(size, tolerance) }),
    edge,
    ...(drawShape && {
      drawShape: {
        color: shapeColor as HexColor,
        widthPx: toLineWidth(shapeWidth, 'The width of the shapes’ lines'),
      },
    }),
    cutShape,
  };
}

function readSize(size: string, tolerance: string): NonNullable<RoiSelection['size']> {
  const length = parseSize(size);
  const within = tolerance.trim() === '' ? undefined : parsePixelsOrUm(tolerance);
  if (!length || (tolerance.trim() !== '' && !within)) {
    throw new FormProblem('The size of the pictures must be pixels such as 512px, or a length such as 200um.');
  }
  return { length, ...(within && { tolerance: within }) };
}

type MarkSettings = Pick<Recipe, 'scaleBar' | 'legend' | 'title' | 'caption' | 'marginColor'>;

function readMarks(marks: MarksForm): MarkSettings {
  const length = marks.bar === 'fixed' ? parseLengthUm(`${marks.barLengthUm}um`) : marks.bar;
  if (length === undefined) throw new FormProblem('A scale bar of a fixed length needs a number of µm above 0.');
  const text = (what: string, value: string, place: Place): TextMarkSettings | undefined => {
    if (value.trim() === '') return undefined;
    const problem = tokenProblem(value, tokenNames);
    if (problem !== undefined) throw new FormProblem(`The ${what} ${problem}.`);
    return { text: value, place };
  };
  const title = text('title', marks.title, marks.titlePlace);
  const caption = text('caption', marks.caption, marks.captionPlace);
  return {
    scaleBar: { length, maxPercent: 10, color: marks.barColor, place: marks.barPlace },
    legend: {
      channels: marks.legend,
      channelsPlace: marks.legendPlace,
      classes: marks.classes,
      classesPlace: marks.classesPlace,
    },
    ...(title && { title }),
    ...(caption && { caption }),
    marginColor: marks.marginColor,
  };
}

function readPrint({ widthMm, fontPt }: Form): Recipe['print'] {
  if (widthMm.trim() === '') return undefined;
  return {
    widthMm: toNumber(widthMm, numberRanges.printWidthMm, 'The print width must be a number of mm'),
    fontPt: toNumber(fontPt, numberRanges.fontPt, 'The size of text must be a number of points'),
  };
}

/** Rows in an order of their names, others after them in their own. */
function inOrder<Row>(rows: readonly Row[], order: readonly string[] = [], nameOf: (row: Row) => string): Row[] {
  const position = (row: Row): number => {
    const found = order.indexOf(nameOf(row));
    return found < 0 ? order.length : found;
  };
  return [...rows].sort((a, b) => position(a) - position(b));
}

/** In the order of the saved set, if it is one, or as they were loaded: sums of fractions and lists of channels depend on it. */
function readChannels(form: Form, dataset: DatasetView): RecipeChannel[] {
  const set = dataset.markerSets.find(({ name }) => name === form.markerSet);
  const order = set ? set.channels.map(({ channel }) => channel) : form.channelOrder;
  const channels = inOrder(form.channels, order, ({ channel }) => channel)
    .filter((row) => row.on)
    .map(({ channel, color, low, high }): RecipeChannel => {
      const contrastLimits = toLimits(low, high);
      if (!contrastLimits) throw new FormProblem(`Channel ${channel} needs a low and a higher high contrast limit.`);
      return { channel, color: color as HexColor, contrastLimits };
    });
  if (channels.length === 0) throw new FormProblem('Choose at least one channel.');
  return channels;
}

function readMask(row: MaskRow, dataset: DatasetView): MaskLayer {
  return {
    name: row.name,
    mode: row.mode,
    color: row.column === '' ? (row.color as HexColor) : readColorBy(row, dataset),
    alpha: toPercent(row.alpha, `The opacity of ${row.name}`),
    widthPx: row.mode === 'fill' ? 1 : toLineWidth(row.widthPx, `The outline width of ${row.name}`),
  };
}

const palettePrefix = 'palette:';

function readColorBy(row: MaskRow, dataset: DatasetView): ColorBy {
  const { name, column, colors, loaded } = row;
  if (colors === loadedColors && loaded) return { column, ...loaded };
  const base = { column, otherColor: defaultOtherColor };
  if (colors.startsWith(palettePrefix)) {
    const palette = dataset.palettes.find(
      (candidate) => candidate.kind === 'mask' && candidate.name === colors.slice(palettePrefix.length),
    );
    if (!palette) throw new FormProblem(`The palette of ${name} is not there any more; choose another one.`);
    return { ...base, ...paletteColors(palette) };
  }
  const colorMap = colorMapNames.find((candidate) => candidate === colors);
  if (!colorMap) return base;
  return { ...base, ...readColorMap(colorMap, row) };
}

function readColorMap(
  colorMap: ColorMapName,
  { name, low, high, arcsinhCofactor }: MaskRow,
): Omit<ColorBy, 'column' | 'otherColor'> {
  const range = toLimits(low.trim() === '' ? 'p0' : low, high.trim() === '' ? 'p100' : high);
  if (!range) throw new FormProblem(`The colours of ${name} need a low and a higher high end.`);
  const cofactor = unlessEmpty(arcsinhCofactor, (text) =>
    toNumber(text, numberRanges.arcsinhCofactor, `The arcsinh cofactor of ${name} must be a number`),
  );
  return { colorMap, range, ...(cofactor !== undefined && { arcsinhCofactor: cofactor }) };
}

function readAnnotation({ annotation }: Form, dataset: DatasetView): AnnotationLayer | undefined {
  const { name, palette: wanted, alpha, background, loaded } = annotation;
  if (name === '') return undefined;
  if (wanted === loadedColors && loaded) {
    return { name, alpha: toPercent(alpha, `The opacity of ${name}`), background, ...loaded };
  }
  const palette = dataset.palettes.find(({ kind, name: saved }) => kind === 'annotation' && saved === wanted);
  if (wanted !== automaticColors && !palette) {
    throw new FormProblem(`The palette of ${name} is not there any more; choose another one.`);
  }
  return {
    name,
    alpha: toPercent(alpha, `The opacity of ${name}`),
    background,
    ...(palette && { colors: palette.colors, ...(palette.names && { names: palette.names }) }),
    otherColor: palette?.otherColor ?? defaultOtherColor,
  };
}

function toLimits(lowText: string, highText: string): readonly [Limit, Limit] | undefined {
  const [low, high] = [parseLimitText(lowText), parseLimitText(highText)];
  return low !== undefined && high !== undefined && areAscending([low, high]) ? [low, high] : undefined;
}

function toLineWidth(text: string, what: string): number {
  const widthPx = parseLineWidthPx(text);
  if (widthPx !== undefined) return widthPx;
  throw new FormProblem(`${what} must be a whole number of pixels ${rangeText(numberRanges.lineWidthPx)}.`);
}

function unlessEmpty<T>(text: string, read: (text: string) => T): T | undefined {
  return text.trim() === '' ? undefined : read(text);
}

/** A fraction, typed in percent. */
function toPercent(text: string, what: string): number {
  return toNumber(text, { min: 0, max: 100 }, `${what} must be a number of percent`) / 100;
}
