import * as z from 'zod';
import { namedColorSchema } from './color';

/** How one channel is shown: its colour, and the intensities that are black and full colour. */
export const channelSettingSchema = z
  .strictObject({
    /** The channel's name, as the images have it. */
    channel: z.string().min(1),
    /** `#rrggbb`, or a name such as `red`. */
    color: namedColorSchema,
    /** The intensities that are black and full colour, in image units. */
    contrastLimits: z.tuple([z.number(), z.number()]).readonly(),
  })
  .refine((s) => s.contrastLimits[1] > s.contrastLimits[0], {
    message: 'the high contrast limit must be greater than the low one',
    path: ['contrastLimits'],
  });

export type ChannelSetting = Readonly<z.output<typeof channelSettingSchema>>;

/** A named list of channels, each with colour and contrast limits in image units. */
export const markerSetSchema = z.strictObject({
  /** What the marker set is called; different from the others. */
  name: z.string().min(1),
  /** In the order of legends and separate pictures. */
  channels: z.array(channelSettingSchema).min(1),
});

export type MarkerSet = Readonly<z.output<typeof markerSetSchema>>;

/** `DATASET/.batch-export/marker-sets.json`. */
export const markerSetFileSchema = z.strictObject({
  /** What this file may hold, for completion in editors. */
  $schema: z.string().optional(),
  version: z.literal(1),
  /** Named lists of channels, each with colour and contrast limits. */
  markerSets: z.array(markerSetSchema),
});
