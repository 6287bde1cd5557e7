import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';

/**
 * The content of a file that may come from anybody. A pipe or a device in its place, which might never end, is not waited for.
 * @throws Error with the end of a sentence, if it is no file or larger than that; the system's error, if it cannot be opened
 */
export async function readPlainFile(file: string, mostBytes: number): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const info = await handle.stat();
    requireFile(info);
    if (info.size > mostBytes) throw new Error(`it is larger than ${mostBytes / 2 ** 20} MiB`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The same question before a file is read in pieces. */
export async function requirePlainFile(file: string): Promise<void> {
  requireFile(await stat(file));
}

function requireFile(info: { isFile(): boolean; isDirectory(): boolean }): void {
  if (!info.isFile()) throw new Error(info.isDirectory() ? 'it is a folder' : 'it is not a file');
}
