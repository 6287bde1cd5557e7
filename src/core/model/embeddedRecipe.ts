import * as z from 'zod';
import { ExportError } from './exportError';
import { pixelSizeOrigins } from './image';
import { describeIssues, formats, recipeSchema } from './recipe';

/** Under this name a picture's metadata hold what it was made of. */
export const embeddedKeyword = 'batch-export';

/** Of our elements and annotations in XML. A name, not an address: nobody asks a server. */
export const embeddedNamespace = 'urn:multiplex-batch-export:recipe';

/** Of the element, or attribute, of that namespace; says enough to be found by readers that leave namespaces out. */
export const embeddedElement = 'batchExportRecipe';

/** Longer texts are nobody's recipe; what is, would only fill the memory. */
export const maxEmbeddedBytes = 2 ** 24;

const pixel = z
  .int()
  .min(-(2 ** 40))
  .max(2 ** 40);
const length = z
  .int()
  .min(1)
  .max(2 ** 40);
/** A box of whole pixels, as one of ours may be. */
export const regionSchema = z.strictObject({ x: pixel, y: pixel, widthPx: length, heightPx: length });
const pointsSchema = z.array(z.tuple([z.number(), z.number()]).readonly()).readonly();

const shapePartSchema = z.union([
  z.strictObject({ kind: z.literal('polyline'), points: pointsSchema }),
  z.strictObject({ kind: z.literal('polygon'), rings: z.array(pointsSchema).readonly() }),
]);
export const shapeSchema = z.union([
  ...shapePartSchema.options,
  z.strictObject({ kind: z.literal('union'), parts: z.array(shapePartSchema).min(1).readonly() }),
]);

export const pixelSizeSchema = z.strictObject({ um: z.number().positive(), origin: z.enum(pixelSizeOrigins) });

/**
 * What of the item does not follow from the recipe alone: where the cell table or the ROI file put it when the picture
 * was made. Both may change or be gone; the picture stays the same.
 */
const embeddedItemSchema = z.strictObject({
  id: z.string(),
  fov: z.string(),
  label: z.int().min(1).optional(),
  roi: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  shape: shapeSchema.optional(),
  /** The mask that the label is in, where the picture depends on it. */
  cellMask: z.string().optional(),
  keepClear: regionSchema.optional(),
  /** Its place among the items, where a text of the picture says it. */
  index: z.int().min(1).optional(),
  region: regionSchema,
  pixelSize: pixelSizeSchema.optional(),
  /** Of a stitched slide: the FOVs, and where they lie. */
  tiles: z.array(z.strictObject({ fov: z.string(), ...regionSchema.shape })).optional(),
});

/** A file that the picture was made of. */
const sourceIdentitySchema = z.strictObject({
  /** Relative to the dataset's folder, with `/`; of a file outside of it the name alone. */
  file: z.string().min(1),
  isOutside: z.literal(true).optional(),
  /** Absent for the folder of an OME-Zarr image. */
  bytes: z.int().min(0).optional(),
});

export type SourceIdentity = Readonly<z.output<typeof sourceIdentitySchema>>;

/**
 * What a picture says of itself: all that it takes, with the dataset, to make the very same file again. Names no clock,
 * machine, job, folder or name of its own, so that equal settings give equal bytes.
 */
export const embeddedRecipeSchema = z
  .strictObject({
    /** The version of this text. */
    batchExport: z.literal(1),
    /** Of the program. */
    version: z.string().max(100),
    /** The settings as they were for this item and file, percentiles and colours in numbers. */
    recipe: recipeSchema,
    item: embeddedItemSchema,
    file: z.strictObject({
      format: z.enum(formats),
      /** Of a picture of some channels: their positions in the recipe, which are all. */
      channels: z.array(z.int().min(0)).min(1).optional(),
    }),
    sources: z.array(sourceIdentitySchema),
  })
  .check((context) => {
    const { recipe, file, item } = context.value;
    const refuse = (path: string, message: string): void => {
      context.issues.push({ code: 'custom', message, path: [path], input: context.value });
    };
    const { format, channels } = file;
    if (recipe.formats.length !== 1 || recipe.formats[0] !== format) refuse('recipe', `must be of format ${format}`);
    if (channels?.some((i) => i >= recipe.channels.length))
      refuse('file', 'has channels that the recipe does not have');
    if ((recipe.mode === 'cells') !== (item.label !== undefined)) refuse('item', 'needs a label if it is a cell');
    if (item.tiles && recipe.mode === 'fovs') refuse('item', 'has tiles, which a FOV is not made of');
    if (recipe.cells && (recipe.cells.slides?.length ?? 0) !== (item.tiles ? 1 : 0))
      refuse('item', 'needs tiles if it is a cell of a slide');
  });

export type EmbeddedRecipe = Readonly<z.output<typeof embeddedRecipeSchema>>;

/** What a gallery says of itself: the settings of its batch. What its pictures are follows from them and the dataset. */
export const embeddedGallerySchema = z.strictObject({
  batchExport: z.literal(1),
  /** Of the program. */
  version: z.string().max(100),
  /** The settings of the batch, with its gallery. */
  recipe: recipeSchema,
  gallery: z.strictObject({
    /** Of the batch. */
    items: z.int().min(1),
  }),
  /** Absent where a list of them all would be too long. */
  sources: z.array(sourceIdentitySchema).optional(),
});

export type EmbeddedGallery = Readonly<z.output<typeof embeddedGallerySchema>>;

/** What a file of ours says of how it was made. */
export type Embedded = EmbeddedRecipe | EmbeddedGallery;

/** The text as it lies in a picture or gallery: no line break, and nothing that XML cannot hold. */
export function embeddedText(embedded: Embedded): string {
  return JSON.stringify(embedded).replace(
    /[\u007f-\u009f\u2028\u2029\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A message about hostile content need not be as long as that. */
const maxMessage = 500;

/**
 * Reads the text of a picture or gallery. `RecipeInvalid` if it is not as expected, or of a newer version.
 * @param picture for messages
 */
export function parseEmbedded(text: string, picture: string): Embedded {
  const fail = (found: string, cause?: unknown): never => {
    const short = found.length > maxMessage ? `${found.slice(0, maxMessage)}…` : found;
    throw new ExportError('RecipeInvalid', `Expected a recipe in ${picture}, but ${short}.`, undefined, cause);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail('what it holds is no JSON', error);
  }
  const head = z
    .object({ batchExport: z.int().min(1), version: z.string().max(100), gallery: z.unknown().optional() })
    .safeParse(value);
  if (!head.success) return fail('what it holds does not say its version');
  const { batchExport, version, gallery } = head.data;
  if (batchExport > 1) return fail(`it was made by a newer version of this program (${version}); update this one`);
  const schema = gallery === undefined ? embeddedRecipeSchema : embeddedGallerySchema;
  const result = schema.safeParse(value);
  return result.success ? result.data : fail(`it is not as expected: ${describeIssues(result.error)}`);
}
