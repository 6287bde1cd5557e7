import * as z from 'zod';
import { lengthSchema, sizeSchema } from './cellSelection';
import { hexColorSchema } from './color';
import { numberRanges } from './numberRanges';

/** Which ROIs, each of which becomes an item, and what of each is shown. */
export const roiSelectionSchema = z
  .strictObject({
    /** Names or ids; empty: all. */
    rois: z.array(z.string().min(1)).readonly(),
    /** A condition on tags; absent: any. */
    tags: z.string().min(1).optional(),
    /** Whole stitched slides by their ids, in place of ROIs. */
    slides: z.array(z.string().min(1)).readonly(),
    /** `own`: what a ROI says of its picture goes before the recipe; `shared`: the recipe for all. */
    settings: z.enum(['own', 'shared']),
    /** With shared settings: a fixed width and height, or, with a tolerance, the ROI's own within `length ± tolerance`. */
    size: z.strictObject({ length: sizeSchema, tolerance: lengthSchema.optional() }).optional(),
    /** What becomes of a box that reaches beyond the image: black, moved inside, or no picture. */
    edge: z.enum(['pad', 'shift', 'skip']),
    /** The line of a ROI's shape, so many output pixels thick. */
    drawShape: z
      .strictObject({
        color: hexColorSchema,
        widthPx: z.int().min(numberRanges.lineWidthPx.min).max(numberRanges.lineWidthPx.max),
      })
      .optional(),
    /** Outside of a ROI's polygon all is black. */
    cutShape: z.boolean(),
  })
  .check((context) => {
    const { rois, tags, slides, settings, size } = context.value;
    const refuse = (path: string, message: string): void => {
      context.issues.push({ code: 'custom', message, path: [path], input: context.value });
    };
    if (size && settings === 'own') refuse('size', 'is for shared settings: with own ones each ROI has its own box');
    if (slides.length > 0 && (rois.length > 0 || tags !== undefined)) {
      refuse('slides', 'whole slides stand in place of ROIs');
    }
  });

export type RoiSelection = Readonly<z.output<typeof roiSelectionSchema>>;
