import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/**
 * Opens a file that may come from anybody, for as long as `use` needs it. A pipe or a device in its place, which might never
 * end, is not waited for.
 * @throws Error with the end of a sentence, if it is no file; the system's error, if it cannot be opened
 */
export async function withPlainFile<T>(
  file: string,
  use: (handle: FileHandle, bytes: number) => Promise<T>,
): Promise<T> {
  // Not blocking: opening a pipe would otherwise wait until somebody writes into it.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const info = await handle.stat();
    requireFile(info);
    return await use(handle, info.size);
  } finally {
    await handle.close();
  }
}

/** All of such a file. @throws Error as `withPlainFile`, and if it is larger than that */
export function readPlainFile(file: string, mostBytes: number): Promise<Buffer> {
  return withPlainFile(file, async (handle, bytes) => {
    if (bytes > mostBytes) throw new Error(`it is larger than ${mostBytes / 2 ** 20} MiB`);
    return handle.readFile();
  });
}

/** The same question before a file is read in pieces. */
export async function requirePlainFile(file: string): Promise<void> {
  requireFile(await stat(file));
}

function requireFile(info: { isFile(): boolean; isDirectory(): boolean }): void {
  if (!info.isFile()) throw new Error(info.isDirectory() ? 'it is a folder' : 'it is not a file');
}
