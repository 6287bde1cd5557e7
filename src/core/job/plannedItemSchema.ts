import * as z from 'zod';
import { pixelSizeSchema, regionSchema, shapeSchema } from '../model/embeddedRecipe';
import { errorDataSchema } from '../model/errorDataSchema';
import { plainFileName } from '../model/plainFileName';
import { recipeSchema, formats } from '../model/recipe';

const place = z.int().min(1);

const axisGridSchema = z.strictObject({
  pixel: z.number().positive(),
  start: z.number(),
  labelPixel: z.number().positive(),
  labelStart: z.number(),
});
const labelGridSchema = z.strictObject({ widthPx: place, heightPx: place, x: axisGridSchema, y: axisGridSchema });

const plannedSourceSchema = z.looseObject({
  name: z.string(),
  file: z.string().regex(/^[^\0]+$/, 'must be the name of a file'),
  plane: z
    .union([
      z.strictObject({ page: z.int().min(0), sample: z.int().min(0) }),
      z.strictObject({ zarrIndex: z.array(z.int().min(0)), on: labelGridSchema.optional() }),
    ])
    .optional(),
});

const plannedImages = {
  channels: z.array(plannedSourceSchema),
  masks: z.array(plannedSourceSchema),
  annotation: plannedSourceSchema.optional(),
};

/** What an item may have in place of the recipe's. */
const { markerSet, channels, masks, annotation, scaleBar, downsample } = recipeSchema.shape;
const ownSchema = z.strictObject({ markerSet, channels, masks, annotation, scaleBar, downsample }).partial();

/**
 * A planned item as a job folder has it, which somebody may have changed: whatever a runner uses is checked here, so that it
 * need not ask again. What of it goes together, and with the other items, see `requireSoundPlan`.
 */
export const plannedItemSchema = z.looseObject({
  id: z.string(),
  fov: z.string(),
  slide: z.string().optional(),
  roi: z.looseObject({ id: z.string(), name: z.string() }).optional(),
  shape: shapeSchema.optional(),
  label: z.int().min(1).optional(),
  cellMask: plannedSourceSchema.optional(),
  keepClear: regionSchema.optional(),
  files: z
    .array(
      z.looseObject({
        path: plainFileName,
        format: z.enum(formats),
        channels: z.array(z.int().min(0)).min(1).optional(),
      }),
    )
    .min(1),
  region: regionSchema.optional(),
  own: ownSchema.optional(),
  index: place.optional(),
  galleryPlace: place.optional(),
  pixelSize: pixelSizeSchema.optional(),
  otherPixelSize: pixelSizeSchema.optional(),
  decodedBytes: z.number().min(0).optional(),
  heldBytes: z.number().min(0).optional(),
  ...plannedImages,
  tiles: z
    .array(
      z.looseObject({
        ...plannedImages,
        cellMask: plannedSourceSchema.optional(),
        fov: z.string(),
        ...regionSchema.shape,
      }),
    )
    .optional(),
  note: z.string().optional(),
  skip: z.string().optional(),
  error: errorDataSchema.optional(),
});
