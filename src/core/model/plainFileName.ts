import * as z from 'zod';

/** What lies in the output folder itself, on whichever system. */
export const plainFileName = z.string().regex(/^[^./\\\0][^/\\\0]*$/, 'must be a plain file name');
