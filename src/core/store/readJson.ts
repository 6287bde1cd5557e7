import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type * as z from 'zod';
import { ExportError, messageOf, systemCodeOf } from '../model/exportError';
import { parseLooseJson } from '../model/parseLooseJson';
import { describeIssues } from '../model/recipe';

/** Nobody's settings are longer; what is, would only fill the memory. */
const maxBytes = 2 ** 26;

/** The checked content of a JSON file; `undefined` if there is no such file; `DatasetInvalid` if it is not as expected. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : parseJsonText(file, text, schema);
}

/** The checked content of a JSON text; `file` is for messages. `DatasetInvalid` if it is not as expected. */
export function parseJsonText<T>(file: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = parseLooseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ExportError('DatasetInvalid', `Expected JSON in ${file}, but ${messageOf(error)}.`, undefined, error);
  }
  return checkJson(file, value, schema);
}

/** JSON that was read from a file, checked; `DatasetInvalid` names the file and every place that is wrong. */
export function checkJson<T>(file: string, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ExportError('DatasetInvalid', `${file} is not as expected: ${describeIssues(result.error)}.`);
}

async function readText(file: string): Promise<string | undefined> {
  const fail = (found: string, cause?: unknown): never => {
    throw new ExportError('DatasetInvalid', `Expected to read ${file}, but ${found}.`, undefined, cause);
  };
  try {
    // Not blocking: opening a pipe would otherwise wait until somebody writes into it.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const info = await handle.stat();
      if (!info.isFile()) return fail(info.isDirectory() ? 'it is a folder' : 'it is not a file');
      if (info.size > maxBytes)
        return fail(`it has ${info.size} bytes, more than the ${maxBytes} that settings may have`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    if (error instanceof ExportError) throw error;
    return fail(messageOf(error), error);
  }
}
