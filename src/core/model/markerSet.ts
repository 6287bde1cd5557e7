import { z } from 'zod';
import { namedColorSchema } from './color';

/** How one channel is shown: its colour, and the intensities that are black and full colour. */
export const channelSettingSchema = z
  .strictObject({
    channel: z.string().min(1),
    color: namedColorSchema,
    contrastLimits: z.tuple([z.number(), z.number()]).readonly(),
  })
  .refine((s) => s.contrastLimits[1] > s.contrastLimits[0], {
    message: 'the high contrast limit must be greater than the low one',
    path: ['contrastLimits'],
  });

export type ChannelSetting = Readonly<z.output<typeof channelSettingSchema>>;

/** A named list of channels, each with colour and contrast limits in image units. */
export const markerSetSchema = z.strictObject({
  name: z.string().min(1),
  channels: z.array(channelSettingSchema).min(1),
});

export type MarkerSet = Readonly<z.output<typeof markerSetSchema>>;

/** `DATASET/.batch-export/marker-sets.json`. */
export const markerSetFileSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  markerSets: z.array(markerSetSchema),
});
