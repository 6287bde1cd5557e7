import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { toWriteError, writeFileWhole } from './writeFileWhole';

/** Writes a text file that belongs to no job, and makes its folder. `FileExists` if one is there and may not be replaced. */
export async function saveOwnFile(file: string, content: string, replace: boolean): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
  } catch (error) {
    throw toWriteError(error, file);
  }
  await writeFileWhole(file, content, 'import', replace);
}
