import * as z from 'zod';
import { numberRanges } from './numberRanges';

export const greatestLength = { px: 1e6, um: 1e9 } as const;

/** A length in full-resolution pixels or in µm, which become `⌊µm / pixelSizeUm + 0.5⌋` pixels. */
export const lengthSchema = z
  .union([
    z.strictObject({ px: z.number().min(0).max(greatestLength.px) }),
    z.strictObject({ um: z.number().min(0).max(greatestLength.um) }),
  ])
  .refine((length) => !('px' in length) || Number.isInteger(length.px), { message: 'must be whole pixels' });

export type PixelsOrUm = Readonly<z.output<typeof lengthSchema>>;

/** Of a picture, which has at least a pixel. */
export const sizeSchema = lengthSchema.refine((length) => !isNothing(length), { message: 'must be more than nothing' });

export function isNothing(length: PixelsOrUm): boolean {
  return ('px' in length ? length.px : length.um) === 0;
}

/** Whether one length is less than another; of different units that is only known where the pixel size is. */
export function isLess(a: PixelsOrUm | undefined, b: PixelsOrUm | undefined): boolean {
  if (!a || !b) return false;
  if ('px' in a && 'px' in b) return a.px < b.px;
  return 'um' in a && 'um' in b && a.um < b.um;
}

/** Which cells, each of which becomes an item, and what is cut out around each. */
export const cellSelectionSchema = z.strictObject({
  /** A filter over the cell table's columns; absent: every cell. */
  where: z.string().min(1).optional(),
  /** Only these labels of these FOVs; empty: all. */
  labels: z.array(z.strictObject({ fov: z.string().min(1), labels: z.array(z.int().min(1)).min(1) })).readonly(),
  /** Only cells of these stitched slides, by their ids, cut out of the slide: crops go on across seams. Absent: out of FOVs. */
  slides: z.array(z.string().min(1)).min(1).readonly().optional(),
  sample: z
    .strictObject({
      /** In each stratum, and in each third of a range. */
      count: z.int().min(numberRanges.sampleSize.min).max(numberRanges.sampleSize.max),
      seed: z.int().min(numberRanges.seed.min).max(numberRanges.seed.max),
      /** Columns whose combinations of values are the strata. */
      per: z.array(z.string().min(1)).readonly(),
      /** A column of numbers: so many of its low, middle and high third. */
      range: z.string().min(1).optional(),
    })
    .optional(),
  /** The same size for all, or what a cell's mask needs. */
  crop: z.union([
    z.strictObject({ size: sizeSchema }),
    z
      .strictObject({ padding: lengthSchema, min: sizeSchema.optional(), max: sizeSchema.optional() })
      .refine(({ min, max }) => !isLess(max, min), { message: 'the greatest size must not be less than the least' }),
  ]),
  /** What a crop is centred on: the table's centroid, or the mask's. */
  center: z.enum(['table', 'mask']),
  /** What becomes of a crop that reaches beyond the image: black, moved inside, or no picture. */
  edge: z.enum(['pad', 'shift', 'skip']),
  /** The pixels of other cells are black. */
  isolate: z.boolean(),
  /** Outlines and fills of the cell mask: of the crop's own cell only. */
  onlyFocal: z.boolean(),
});

export type CellSelection = Readonly<z.output<typeof cellSelectionSchema>>;

/** Whether a crop follows from the cell's mask. */
export function isFitted(crop: CellSelection['crop']): crop is Extract<CellSelection['crop'], { padding: PixelsOrUm }> {
  return 'padding' in crop;
}
