import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ExportError, messageOf, systemCodeOf } from '../model/exportError';
import { describeIssues } from '../model/recipe';

/** The checked content of a JSON file; `undefined` if there is no such file; `DatasetInvalid` if it is not as expected. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw new ExportError('DatasetInvalid', `Expected to read ${file}, but ${messageOf(error)}.`, undefined, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ExportError('DatasetInvalid', `Expected JSON in ${file}, but ${messageOf(error)}.`, undefined, error);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ExportError('DatasetInvalid', `${file} is not as expected: ${describeIssues(result.error)}.`);
}
