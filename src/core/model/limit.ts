import * as z from 'zod';
import { parseDecimal } from './parseDecimal';

/** A limit in the units of the image or column, or as a percentile (0…100) of the selected FOVs' values. */
export const limitSchema = z.union([z.number(), z.strictObject({ percentile: z.number().min(0).max(100) })]);

export type Limit = Readonly<z.output<typeof limitSchema>>;

/** Reads a limit as people write it: a decimal number, exponents allowed, or a percentile such as `p99.8`. */
export function parseLimitText(text: string): Limit | undefined {
  const trimmed = text.trim();
  const percentile = /^p(\d+(?:\.\d+)?)$/i.exec(trimmed)?.[1];
  if (percentile !== undefined) return Number(percentile) <= 100 ? { percentile: Number(percentile) } : undefined;
  return parseDecimal(trimmed);
}

/** Whether two limits can be used together; of percentiles, only the data can say. Their distance must be a number, too. */
export function areAscending([low, high]: readonly [Limit, Limit]): boolean {
  if (typeof low === 'number' && typeof high === 'number') return high > low && Number.isFinite(high - low);
  return typeof low === 'number' || typeof high === 'number' || high.percentile >= low.percentile;
}
