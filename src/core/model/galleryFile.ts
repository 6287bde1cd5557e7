import * as z from 'zod';

/** The gallery as it was put in place; `gallery.json`. */
export const galleryFileSchema = z.object({
  bytes: z.number(),
  sha256: z.string(),
  pages: z.number(),
  /** Pictures, and frames of those that could not be made. */
  cells: z.number(),
  /** How many lines the journal had then: with more, the gallery is out of date. */
  journalLines: z.number(),
});

export type GalleryFile = Readonly<z.output<typeof galleryFileSchema>>;
