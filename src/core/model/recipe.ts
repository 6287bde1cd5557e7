import * as z from 'zod';
import { cellSelectionSchema } from './cellSelection';
import { classColorSchema, hexColorSchema, type HexColor } from './color';
import { colorMapNames } from './colorMap';
import { ExportError } from './exportError';
import type { FieldPath } from './fieldName';
import { gallerySchema } from './gallery';
import { areAscending, type Limit, limitSchema } from './limit';
import { listNames } from './listNames';
import { defaultLegend, legendSchema, printSchema, scaleBarSchema, textMarkSchema } from './marks';
import { classColorsSchema } from './palette';
import { modes } from './mode';
import { numberRanges } from './numberRanges';
import { roiSelectionSchema } from './roiSelection';
import { textRecord } from './textRecord';
import { tokenProblem } from './tokens';

const limitsSchema = z.tuple([limitSchema, limitSchema]).readonly().refine(areAscending, {
  message: 'the high limit must be greater than the low one',
});

/** One channel of a picture: its colour, and the intensities that are black and full colour. */
const channelSchema = z.strictObject({
  channel: z.string().min(1),
  color: hexColorSchema,
  contrastLimits: limitsSchema,
});

export type RecipeChannel = Readonly<z.output<typeof channelSchema>>;

/**
 * Colours from the cell table: one for each class of a column, or along a colour map for its numbers. With neither
 * `colors` nor `colorMap`, planning chooses by what the column holds.
 */
const colorBySchema = z
  .strictObject({
    column: z.string().min(1),
    colors: classColorsSchema.optional(),
    colorMap: z.enum(colorMapNames).optional(),
    /** In the column's units; absent: its least and greatest value. */
    range: limitsSchema.optional(),
    /** Values and range go through `arcsinh(v / cofactor)` first. */
    arcsinhCofactor: z.number().positive().max(numberRanges.arcsinhCofactor.max).optional(),
    /** Cells without a value, or of a class without a colour. */
    otherColor: classColorSchema,
  })
  .refine((by) => by.colors === undefined || by.colorMap === undefined, {
    message: 'classes have a palette, numbers a colour map: one of the two',
  });

export type ColorBy = Readonly<z.output<typeof colorBySchema>>;

/** A label mask: cells filled, or outlined inside each cell and exactly `widthPx` output pixels thick. */
const maskLayerSchema = z.strictObject({
  name: z.string().min(1),
  mode: z.enum(['outline', 'fill']),
  color: z.union([hexColorSchema, colorBySchema]),
  alpha: z.number().min(0).max(1),
  widthPx: z.int().min(numberRanges.lineWidthPx.min).max(numberRanges.lineWidthPx.max),
  /** In place of `widthPx`, for a print width: the nearest whole number of pixels, at least one. */
  widthPt: z.number().positive().max(numberRanges.lineWidthPt.max).optional(),
  /** Of the cell that a crop is about. */
  focalColor: hexColorSchema.optional(),
});

export type MaskLayer = Readonly<z.output<typeof maskLayerSchema>>;

/** What is drawn of a mask of which nothing more is said. */
export function defaultMaskLayer(name: string): MaskLayer & { readonly color: HexColor } {
  return { name, mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 };
}

/** An annotation: every class painted in its colour; class 0, the background, only if asked. */
const annotationLayerSchema = z.strictObject({
  name: z.string().min(1),
  alpha: z.number().min(0).max(1),
  background: z.boolean(),
  /** By class number; absent: automatic colours. */
  colors: classColorsSchema.optional(),
  /** What the classes are called, by class number. */
  names: textRecord(z.string()).optional(),
  /** Classes that `colors` says nothing of. */
  otherColor: classColorSchema,
});

export type AnnotationLayer = Readonly<z.output<typeof annotationLayerSchema>>;

/** So many channels, and so many masks with the annotation, have room in one picture. */
export const maxLayers = 1000;

/** A list of at most so many; what is more is said with its number. */
function few<T extends z.ZodType>(each: T, what: string): z.ZodArray<T> {
  return z.array(each).max(maxLayers, {
    error: ({ input }) => `at most ${maxLayers} ${what} are possible, but found ${(input as unknown[]).length}`,
  });
}

/** Every file format that pictures are written in, and the unrendered channels. */
export const formats = ['png', 'jpeg', 'tiff', 'webp', 'pdf', 'svg', 'ome-tiff'] as const;

export type Format = (typeof formats)[number];

/** Formats in which outlines and marks are shapes and text, not pixels. */
export type VectorFormat = 'pdf' | 'svg';

export function isVector(format: Format): format is VectorFormat {
  return format === 'pdf' || format === 'svg';
}

/**
 * What to export, complete and without any absolute folder, so that it can be shared and run on another dataset.
 * Frozen into the job folder when a job starts.
 */
export const recipeSchema = z
  .strictObject({
    version: z.literal(1),
    mode: z.enum(modes),
    /** Names or globs; empty means every FOV of the dataset. */
    fovs: z.array(z.string().min(1)),
    /** In mode `cells`. */
    cells: cellSelectionSchema.optional(),
    /** In mode `rois`. */
    rois: roiSelectionSchema.optional(),
    /** The name that the channels were saved under, for file names and the manifest; absent for channels given one by one. */
    markerSet: z.string().min(1).optional(),
    channels: few(channelSchema, 'channels'),
    /** Whether percentile limits are found over all selected FOVs together, or for each of them. */
    contrastScope: z.enum(['batch', 'fov']),
    masks: few(maskLayerSchema, 'layers'),
    annotation: annotationLayerSchema.optional(),
    /** Masks and annotation on black, without any channel. */
    masksOnly: z.boolean(),
    /** One picture of all channels, one for each channel, or one for each colour. */
    separate: z.enum(['off', 'channels', 'colors']),
    /** Separate pictures in white in place of their colour. */
    grayscale: z.boolean(),
    /** Full-resolution pixels per output pixel. */
    downsample: z.int().min(numberRanges.downsample.min).max(numberRanges.downsample.max),
    resample: z.enum(['mean', 'nearest']),
    scaleBar: scaleBarSchema,
    legend: legendSchema.default(defaultLegend),
    title: textMarkSchema.optional(),
    caption: textMarkSchema.optional(),
    /** Of the strips that take the marks that are not in the picture. */
    marginColor: z.enum(['black', 'white']).default('black'),
    print: printSchema.optional(),
    /** µm per full-resolution pixel, when the user knows better than the files. */
    pixelSizeUm: z.number().positive().max(numberRanges.pixelSizeUm.max).optional(),
    formats: z
      .array(z.enum(formats))
      .min(1)
      .refine((all) => new Set(all).size === all.length, { message: 'each format once' }),
    /** Dots per inch, written into the files that have a field for it; with a print width, the least that is wanted. */
    dpi: z.int().min(numberRanges.dpi.min).max(numberRanges.dpi.max).optional(),
    /** What files are called, before their endings; `{tokens}` stand for what differs. Absent: by FOV, cell or ROI. */
    name: z
      .string()
      .min(1)
      .max(500)
      .check((context) => {
        const message = tokenProblem(context.value);
        if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
      })
      .optional(),
    /** All pictures on the pages of one PDF; absent: none. */
    gallery: gallerySchema.optional(),
    overwrite: z.enum(['never', 'changed', 'always']),
    /** Pictures are made also where the cell table clearly is not about the mask that it colours or chooses cells of. */
    allowMismatch: z.boolean().optional(),
  })
  .check((context) => {
    const { channels, masks, annotation, masksOnly, separate, grayscale, formats: all, print } = context.value;
    const refuse = (path: string, message: string): void => {
      context.issues.push({ code: 'custom', message, path: [path], input: context.value });
    };
    if (annotation && masks.length === maxLayers)
      refuse('annotation', `at most ${maxLayers} layers are possible, but found ${masks.length + 1}`);
    if (masksOnly) {
      if (masks.length === 0 && !annotation) refuse('masksOnly', 'needs a mask or an annotation');
      if (separate !== 'off') refuse('masksOnly', 'leaves no channels to separate');
      if (all.includes('ome-tiff')) refuse('masksOnly', 'leaves no channels for OME-TIFF');
    } else if (channels.length === 0) refuse('channels', 'at least one is needed');
    if (grayscale && separate === 'off') refuse('grayscale', 'is for separate channels');
    const { mode } = context.value;
    for (const selection of ['cells', 'rois'] as const) {
      if ((mode === selection) !== (context.value[selection] !== undefined))
        refuse(selection, `belongs to mode ${selection}`);
    }
    for (const part of ['title', 'caption'] as const) {
      const words = context.value[part]?.text ?? '';
      if (mode !== 'cells' && words.includes('{label}')) refuse(part, '{label} is for single cells');
      if (mode !== 'rois' && words.includes('{roi')) refuse(part, '{roi} and {roi_id} are for ROIs');
    }
    if (print && context.value.downsample !== 1) refuse('downsample', 'follows from the print width; leave it at 1');
    if (!print && masks.some(({ widthPt }) => widthPt !== undefined)) refuse('masks', 'points need a print width');
  });

export type Recipe = Readonly<z.output<typeof recipeSchema>>;

/** A recipe whose limits are known, except those that are found for each FOV. */
export type NumericLimits = readonly [number, number];

export function isNumeric(limits: readonly [Limit, Limit]): limits is NumericLimits {
  return typeof limits[0] === 'number' && typeof limits[1] === 'number';
}

/** The colour of a mask that has one for all its cells. */
export function isPlainColor(color: MaskLayer['color']): color is HexColor {
  return typeof color === 'string';
}

/**
 * Checks a recipe that came from a file or a message; `RecipeInvalid` names every part that is wrong.
 * @param nameOf what the user knows the parts by; absent: their paths, which is what a file shows
 */
export function parseRecipe(value: unknown, nameOf?: (path: FieldPath) => string): Recipe {
  const result = recipeSchema.safeParse(value);
  if (result.success) return result.data;
  const what = nameOf ? 'settings are' : 'recipe is';
  throw new ExportError('RecipeInvalid', `The ${what} not valid: ${describeIssues(result.error, nameOf)}.`);
}

/** Characters of what is said of one issue. */
const mostOfIssue = 300;

/** The issues of a failed check in one line: `channels.0.color: … ; downsample: …`. */
export function describeIssues(error: z.ZodError, nameOf = (path: FieldPath): string => path.join('.')): string {
  const said = error.issues.map(({ path, message }) => {
    // A message may list all that it found in the file.
    const short = message.length > mostOfIssue ? `${message.slice(0, mostOfIssue)}…` : message;
    return `${path.length > 0 ? `${nameOf(path)}: ` : ''}${short}`;
  });
  return listNames(said, { between: '; ' });
}
