import * as z from 'zod';

/** The file of a job's gallery, in the output folder beside the pictures. */
export const galleryFileName = 'gallery.pdf';

/** Pages by name, upright. */
export const pageSizes = {
  a4: { widthMm: 210, heightMm: 297 },
  letter: { widthMm: 215.9, heightMm: 279.4 },
} as const;

/** The shortest and the longest side of a page: below there is no room for words, above readers of PDF refuse it. */
export const pageLimitsMm = { min: 50, max: 5000 } as const;

/** So many rows or columns at most. */
export const mostGalleryCells = 50;

const sideSchema = z.number().min(pageLimitsMm.min).max(pageLimitsMm.max);
const countSchema = z.int().min(1).max(mostGalleryCells);

/** All pictures of a job on the pages of one PDF. */
export const gallerySchema = z.strictObject({
  rows: countSchema,
  columns: countSchema,
  /** On its side if it is wider than high. */
  page: z.strictObject({ widthMm: sideSchema, heightMm: sideSchema }),
  /** Columns of the cell table, or names of `itemOrderKeys`, the first one first; empty: as the pictures are planned. */
  order: z.array(z.string().min(1)).readonly().default([]),
});

export type GallerySettings = Readonly<z.output<typeof gallerySchema>>;

/** What items of every mode can be ordered by. */
export const itemOrderKeys = ['fov', 'label', 'roi', 'index'] as const;
