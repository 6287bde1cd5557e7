import * as z from 'zod';

/** `DATASET/.batch-export/dataset.json`: what the user knows about a dataset that its files do not say. */
export const datasetSettingsSchema = z.strictObject({
  /** What this file may hold, for completion in editors. */
  $schema: z.string().optional(),
  version: z.literal(1),
  /** Micrometres per full-resolution pixel, for images that do not state it themselves. */
  pixelSizeUm: z.number().positive().optional(),
});
