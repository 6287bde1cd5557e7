import * as z from 'zod';
import { pixelSizeSchema, regionSchema, shapeSchema } from './embeddedRecipe';
import { errorDataSchema } from './errorDataSchema';
import { plainFileName } from './plainFileName';
import { formats, recipeSchema } from './recipe';

const place = z.int().min(1);

const axisGridSchema = z.strictObject({
  pixel: z.number().positive(),
  start: z.number(),
  labelPixel: z.number().positive(),
  labelStart: z.number(),
});
const labelGridSchema = z.strictObject({ widthPx: place, heightPx: place, x: axisGridSchema, y: axisGridSchema });

const plannedSourceSchema = z.object({
  name: z.string(),
  /** Relative to the dataset's folder, with `/`. */
  file: z.string().regex(/^[^\0]+$/, 'must be the name of a file'),
  plane: z
    .union([
      z.strictObject({ page: z.int().min(0), sample: z.int().min(0) }),
      z.strictObject({ zarrIndex: z.array(z.int().min(0)).readonly(), on: labelGridSchema.exactOptional() }),
    ])
    .exactOptional(),
});

/** In the order of the item's recipe; no channels for masks only. */
const plannedImages = {
  channels: z.array(plannedSourceSchema).readonly(),
  masks: z.array(plannedSourceSchema).readonly(),
  annotation: plannedSourceSchema.exactOptional(),
};

const plannedTileSchema = z.object({
  ...plannedImages,
  /** The mask that tells cells apart, if the pixels of other cells are to be black. */
  cellMask: plannedSourceSchema.exactOptional(),
  fov: z.string(),
  ...regionSchema.shape,
});

const plannedFileSchema = z.object({
  /** Relative to the output folder. */
  path: plainFileName,
  format: z.enum(formats),
  /** Positions in the channels of the item's recipe of those that are drawn; absent: all. */
  channels: z.array(z.int().min(0)).min(1).readonly().exactOptional(),
});

const { markerSet, channels, masks, annotation, scaleBar, downsample } = recipeSchema.shape;
const ownSchema = z.strictObject({
  markerSet,
  channels: channels.exactOptional(),
  masks: masks.exactOptional(),
  annotation,
  scaleBar: scaleBar.exactOptional(),
  downsample: downsample.exactOptional(),
});

/**
 * A planned item as a job folder has it, which somebody may have changed: whatever a runner uses is checked here, so that it
 * need not ask again. What of it goes together, and with the other items, see `requireSoundPlan`.
 */
export const plannedItemSchema = z.object({
  /** `FOV`, `FOV:LABEL`, the id of the ROI, or `map_ID` of a whole slide. */
  id: z.string(),
  /** Of a stitched slide and its ROIs: what it is called in place of a FOV. */
  fov: z.string(),
  /** The id of the stitched slide that a cell is cut out of; absent: out of its FOV. */
  slide: z.string().exactOptional(),
  /** The ROI that it is about. */
  roi: z.object({ id: z.string(), name: z.string() }).exactOptional(),
  /** Of the ROI, where it is drawn or cut out. */
  shape: shapeSchema.exactOptional(),
  /** The cell that it is about. */
  label: place.exactOptional(),
  /** The mask of its FOV that the label is in. */
  cellMask: plannedSourceSchema.exactOptional(),
  /** Where the cell is, in full-resolution pixels: what no mark may cover. */
  keepClear: regionSchema.exactOptional(),
  /** What to write, never empty. */
  files: z.array(plannedFileSchema).min(1).readonly(),
  /** In full-resolution pixels. Absent when the files could not be read while planning. */
  region: regionSchema.exactOptional(),
  /** Absent: all as the recipe says. */
  own: ownSchema.exactOptional(),
  /** Its place among the items, from 1. */
  index: place.exactOptional(),
  /** Its place in the gallery, from 1; absent: as in the plan. */
  galleryPlace: place.exactOptional(),
  pixelSize: pixelSizeSchema.exactOptional(),
  /** What is stated besides and contradicts it. */
  otherPixelSize: pixelSizeSchema.exactOptional(),
  /** What its images take in memory, all of their pixels; absent when they could not be read while planning. */
  decodedBytes: z.number().min(0).exactOptional(),
  /** What of them has to be in memory at once; absent: all. */
  heldBytes: z.number().min(0).exactOptional(),
  ...plannedImages,
  /**
   * What a stitched slide is put together from, a later tile over an earlier one; its own sources are none then. Where it
   * matters how cells go on across seams, also tiles beyond the region that meet another one, without channels: which cells
   * are one is decided over all.
   */
  tiles: z.array(plannedTileSchema).readonly().exactOptional(),
  /** What was decided while planning that the user did not ask for in so many words; for the manifest. */
  note: z.string().exactOptional(),
  /** Why nothing is made of it, as the recipe wants. */
  skip: z.string().exactOptional(),
  /** Known before the start: this item cannot be made. */
  error: errorDataSchema.exactOptional(),
});

export type PlannedSource = Readonly<z.output<typeof plannedSourceSchema>>;

/** A FOV in a stitched slide, in full-resolution pixels of the slide, and its images. */
export type PlannedTile = Readonly<z.output<typeof plannedTileSchema>>;

export type PlannedFile = Readonly<z.output<typeof plannedFileSchema>>;

/** What an item has in place of the recipe's: a ROI its own look, a print width a downsample for each. */
export type OwnSettings = Readonly<z.output<typeof ownSchema>>;

/**
 * What is made of one FOV, cell or ROI: one picture, or several of the same pixels. Self-contained: with the recipe, all that a
 * runner needs.
 */
export interface PlannedItem extends Readonly<z.output<typeof plannedItemSchema>> {
  /** Its error is that it takes more memory than there may be, which a job does not keep: it may go on with more. */
  readonly isBeyondMemory?: true;
}
