import * as z from 'zod';
import { exportErrorCodes, type ErrorData, type ExportErrorCode } from './exportError';

/** The codes that this version of the program knows. */
export const errorCodeSchema = z.enum(Object.keys(exportErrorCodes) as [ExportErrorCode, ...ExportErrorCode[]]);

/** `ErrorData` in a file of a job. Apart from `exportError.ts`, which is loaded by what starts without any schema. */
export const errorDataSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  details: z.record(z.string(), z.unknown()).exactOptional(),
  cause: z.string().exactOptional(),
  stack: z.string().exactOptional(),
}) satisfies z.ZodType<ErrorData>;
