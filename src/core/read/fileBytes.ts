import { stat } from 'node:fs/promises';

/** How large a file is; `undefined` for a folder, and where there is nothing. */
export async function fileBytes(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
