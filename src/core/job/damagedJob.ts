import path from 'node:path';
import { ExportError } from '../model/exportError';

/** `RecipeInvalid` for a file of a job's folder. @param found what is wrong with it, as the end of a sentence */
export function damagedJob(file: string, found: string, cause: unknown): ExportError {
  const message = `Expected a whole job folder at ${path.dirname(file)}, but ${path.basename(file)} ${found}.`;
  return new ExportError('RecipeInvalid', message, undefined, cause);
}
