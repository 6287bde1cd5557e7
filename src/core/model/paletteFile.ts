import * as z from 'zod';
import { namedClassColorSchema } from './color';
import { colorMapNames } from './colorMap';
import { areAscending, limitSchema } from './limit';
import { type Palette, paletteStyleSchema } from './palette';
import { textRecord } from './textRecord';

/** `DATASET/.batch-export/palettes/*.mask.json` and `*.annotation.json`. */
export const paletteFileSchema = z
  .strictObject({
    /** What this file may hold, for completion in editors. */
    $schema: z.string().optional(),
    version: z.literal(1).optional(),
    /** What the palette is called; absent: as its file is. */
    name: z.string().min(1).optional(),
    /** The cell-table column that the palette was made for, in a palette for masks. */
    column: z.string().min(1).optional(),
    /** The annotation that the palette was made for, in a palette for annotations. */
    annotation: z.string().min(1).optional(),
    /** Colours by class: by the text in the column, or by the number in the annotation; `none` for one that is not drawn. */
    colors: textRecord(namedClassColorSchema).optional(),
    /** What the classes of an annotation are called, by their numbers. */
    names: textRecord(z.string()).optional(),
    /** For the numbers of a column, in place of `colors`. */
    colorMap: z.enum(colorMapNames).optional(),
    /** The values at the ends of the colour map, in the column's units or as percentiles; absent: the least and the greatest. */
    range: z
      .tuple([limitSchema, limitSchema])
      .readonly()
      .refine(areAscending, { message: 'the high end must be greater than the low one' })
      .optional(),
    /** Values and range go through `arcsinh(value / cofactor)` before the colour map. */
    arcsinhCofactor: z.number().positive().optional(),
    /** For classes without a colour, and for cells without a value; `none` to leave them out. */
    otherColor: namedClassColorSchema.optional(),
    /** How a ROI with this palette fills and outlines a mask that the job does not draw; absent: outlines. */
    style: paletteStyleSchema.optional(),
  })
  .check((context) => {
    const { colors, colorMap, range, arcsinhCofactor } = context.value;
    const refuse = (path: string, message: string): void => {
      context.issues.push({ code: 'custom', message, path: [path], input: context.value });
    };
    if (colors && colorMap) refuse('colorMap', 'classes have colours, numbers a colour map: one of the two');
    if (!colorMap && Object.keys(colors ?? {}).length === 0) refuse('colors', 'it names no colour');
    if (!colorMap && range) refuse('range', 'is for a colour map');
    if (!colorMap && arcsinhCofactor !== undefined) refuse('arcsinhCofactor', 'is for a colour map');
  });

/** A palette file as it is written. */
export type PaletteFile = z.input<typeof paletteFileSchema>;

/** The palette that a checked file holds; its name may be missing. */
export function toPalette(
  file: z.output<typeof paletteFileSchema>,
): Omit<Palette, 'name' | 'kind'> & { name?: string } {
  const { name, column, annotation, colors = {}, names, colorMap, range, arcsinhCofactor, otherColor, style } = file;
  const madeFor = column ?? annotation;
  return {
    colors,
    ...(name !== undefined && { name }),
    ...(madeFor !== undefined && { madeFor }),
    ...(names && { names }),
    ...(colorMap && {
      continuous: { colorMap, ...(range && { range }), ...(arcsinhCofactor !== undefined && { arcsinhCofactor }) },
    }),
    ...(otherColor && { otherColor }),
    ...(style && { style }),
  };
}
