import * as z from 'zod';
import { regionSchema } from './embeddedRecipe';
import { errorDataSchema } from './errorDataSchema';
import type { DrawnScaleBar } from './plan';
import { plainFileName } from './plainFileName';
import { formats } from './recipe';

const scaleBarSchema: z.ZodType<DrawnScaleBar> = z.object({
  lengthUm: z.number(),
  xPx: z.number(),
  yPx: z.number(),
  lengthPx: z.number(),
});

/** A file that was made, as the journal and the manifest keep it. */
const writtenFileSchema = z.object({
  path: plainFileName,
  format: z.enum(formats),
  /** The channels of a picture that shows some of the recipe's only. */
  channel: z.string().exactOptional(),
  bytes: z.number(),
  sha256: z.string(),
  region: regionSchema.readonly(),
  /** Full-resolution pixels per pixel of this file. */
  downsample: z.number(),
  pixelSizeUm: z.number().exactOptional(),
  scaleBar: scaleBarSchema.exactOptional(),
  note: z.string().exactOptional(),
  /** What is to be seen, and the sentence for the figure's legend; of pictures. */
  altText: z.string().exactOptional(),
  caption: z.string().exactOptional(),
});

export type WrittenFile = Readonly<z.output<typeof writtenFileSchema>>;

/** One line of a journal: how an item ended. */
export const journalLineSchema = z.discriminatedUnion('outcome', [
  z.object({
    item: z.string(),
    outcome: z.enum(['written', 'unchanged']),
    files: z.array(writtenFileSchema.readonly()).readonly(),
  }),
  z.object({ item: z.string(), outcome: z.literal('skipped'), reason: z.string() }),
  z.object({ item: z.string(), outcome: z.literal('failed'), error: errorDataSchema.readonly() }),
]);

export type JournalLine = Readonly<z.output<typeof journalLineSchema>>;

/** How an item ended, in short: of its files, how many there are. */
export type ItemEnding =
  | {
      readonly item: string;
      readonly outcome: Extract<JournalLine, { files: unknown }>['outcome'];
      readonly files: { readonly length: number };
    }
  | Exclude<JournalLine, { files: unknown }>;
