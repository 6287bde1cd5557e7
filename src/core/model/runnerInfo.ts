import * as z from 'zod';
import { errorCodeSchema, errorDataSchema } from './errorDataSchema';

/** ISO 8601. A time that is none would count as now, for ever. */
const timeSchema = z.string().refine((time) => !Number.isNaN(Date.parse(time)));

/** Who runs a job; `runner.json`. */
export const runnerInfoSchema = z.object({
  pid: z.number(),
  host: z.string(),
  startedAt: timeSchema,
  heartbeatAt: timeSchema,
  /** How often the heart has beaten: a clock may say the same time twice. Absent in jobs of old. */
  beats: z.number().exactOptional(),
  /** Set when the runner left in good order. */
  endedAt: timeSchema.exactOptional(),
  /** The error that ended the whole job, if one did; of a code that only a newer version knows, its message counts. */
  error: errorDataSchema
    .extend({ code: errorCodeSchema.catch('Internal') })
    .readonly()
    .exactOptional(),
  seconds: z.number().exactOptional(),
  peakMemoryMiB: z.number().exactOptional(),
});

export type RunnerInfo = Readonly<z.output<typeof runnerInfoSchema>>;
