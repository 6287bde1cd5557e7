import { z } from 'zod';
import { parseColor, type HexColor } from './color';
import { ExportError } from './exportError';
import { channelSettingSchema } from './markerSet';

const hexColor = z.custom<HexColor>((value) => typeof value === 'string' && parseColor(value) === value, {
  message: 'must be a colour #rrggbb in lower case',
});

/** A label mask drawn as outlines, inside each cell and exactly `widthPx` output pixels thick. */
const maskLayerSchema = z.strictObject({
  name: z.string().min(1),
  mode: z.literal('outline'),
  color: hexColor,
  alpha: z.number().min(0).max(1),
  widthPx: z.int().min(1).max(100),
});

export type MaskLayer = Readonly<z.output<typeof maskLayerSchema>>;

/**
 * What to export, complete and without any absolute folder, so that it can be shared and run on another dataset.
 * Frozen into the job folder when a job starts.
 */
export const recipeSchema = z.strictObject({
  version: z.literal(1),
  mode: z.literal('fovs'),
  /** Names or globs; empty means every FOV of the dataset. */
  fovs: z.array(z.string().min(1)),
  /** The name that the channels were saved under, for file names and the manifest; absent for channels given one by one. */
  markerSet: z.string().min(1).optional(),
  channels: z.array(channelSettingSchema).min(1),
  masks: z.array(maskLayerSchema),
  /** Full-resolution pixels per output pixel. */
  downsample: z.int().min(1).max(1024),
  resample: z.enum(['mean', 'nearest']),
  scaleBar: z.strictObject({
    length: z.enum(['auto', 'off']),
    /** An automatic bar is at most this percentage of the picture's width. */
    maxPercent: z.number().gt(0).max(100),
  }),
  /** µm per full-resolution pixel, when the user knows better than the files. */
  pixelSizeUm: z.number().positive().optional(),
  format: z.literal('png'),
  overwrite: z.enum(['never', 'always']),
});

export type Recipe = Readonly<z.output<typeof recipeSchema>>;

/** Checks a recipe that came from a file or a message; `RecipeInvalid` names every part that is wrong. */
export function parseRecipe(value: unknown): Recipe {
  const result = recipeSchema.safeParse(value);
  if (result.success) return result.data;
  throw new ExportError('RecipeInvalid', `The recipe is not valid: ${describeIssues(result.error)}.`);
}

/** The issues of a failed check in one line: `channels.0.color: … ; downsample: …`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`)
    .join('; ');
}
