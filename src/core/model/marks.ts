import * as z from 'zod';
import { numberRanges } from './numberRanges';
import { tokenNames, tokenProblem } from './tokens';

/** Where a mark goes: into a corner of the picture, or into a strip outside it. */
export const places = ['top-left', 'top-right', 'bottom-left', 'bottom-right', 'margin'] as const;

export type Place = (typeof places)[number];

const placeSchema = z.enum(places);

export const inkColors = ['auto', 'white', 'black'] as const;

/** What colour marks have inside the picture: white or black, or whichever is read better on what is behind them. */
export type InkColor = (typeof inkColors)[number];

/** A bar of a known length, and how it is labelled. */
export const scaleBarSchema = z.strictObject({
  /** A number is a length in µm. */
  length: z.union([z.enum(['auto', 'off']), z.number().positive()]),
  /** An automatic bar is at most this percentage of the picture's width. */
  maxPercent: z.number().gt(0).max(numberRanges.barMaxPercent.max),
  color: z.enum(inkColors).default('auto'),
  place: placeSchema.default('bottom-right'),
});

/** What a ROI may say of its own bar; the rest is the recipe's. */
export const ownScaleBarSchema = z.strictObject({
  length: scaleBarSchema.shape.length.optional(),
  maxPercent: scaleBarSchema.shape.maxPercent.optional(),
  color: z.enum(inkColors).optional(),
  place: placeSchema.optional(),
});

export type ScaleBarSettings = Readonly<z.output<typeof scaleBarSchema>>;

/** The key to a picture: its channels, and the classes of its annotation and of cells that are coloured by a column. */
export const legendSchema = z.strictObject({
  /** `limits` adds the contrast limits at the ends of a calibration bar. */
  channels: z.enum(['off', 'names', 'limits']),
  channelsPlace: placeSchema,
  classes: z.boolean(),
  classesPlace: placeSchema,
});

export type LegendSettings = Readonly<z.output<typeof legendSchema>>;

export const defaultLegend: LegendSettings = {
  channels: 'off',
  channelsPlace: 'top-left',
  classes: false,
  classesPlace: 'top-right',
};

/** Words on the picture; `{tokens}` stand for what differs from picture to picture, a line break starts a new line. */
export const textMarkSchema = z.strictObject({
  text: z
    .string()
    .min(1)
    .max(2000)
    .check((context) => {
      const message = tokenProblem(context.value, tokenNames);
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
    }),
  place: placeSchema,
});

export type TextMarkSettings = Readonly<z.output<typeof textMarkSchema>>;

/** The size on paper. Pixels, fonts and lines follow from it. */
export const printSchema = z.strictObject({
  widthMm: z.number().min(numberRanges.printWidthMm.min).max(numberRanges.printWidthMm.max),
  fontPt: z.number().min(numberRanges.fontPt.min).max(numberRanges.fontPt.max),
});

export type PrintSettings = Readonly<z.output<typeof printSchema>>;

/** What journals ask for lies between 5 and 8 pt. */
export const defaultFontPt = 7;

/** With a print width and no other wish, pictures have at least so many pixels per inch, if the data have them. */
export const defaultPrintDpi = 300;
