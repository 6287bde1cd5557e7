import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, systemCodeOf } from '../model/exportError';

/** Names as a person sorts them: FOV_2 before FOV_10; the same on every machine. */
export const nameOrder = new Intl.Collator('en', { numeric: true });

/** A TIFF file's name; the first group is its stem. */
export const tiffPattern = /^(.+)\.tiff?$/is;

export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/**
 * Visible entries by kind, links followed, in a fixed order. `DatasetInvalid` if the folder cannot be read.
 * @param what what was expected here, for the message
 */
export async function listFolder(folder: string, what: string): Promise<Listing> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const found: Readonly<Record<string, string>> = {
      ENOENT: 'there is nothing at this path',
      ENOTDIR: 'it is a file',
      EACCES: 'reading it is not permitted',
    };
    const code = systemCodeOf(error) ?? 'unknown error';
    throw new ExportError(
      'DatasetInvalid',
      `Expected ${what} at ${folder}, but ${found[code] ?? code}.`,
      undefined,
      error,
    );
  }
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    let kind: { isDirectory(): boolean; isFile(): boolean } = entry;
    if (entry.isSymbolicLink()) {
      const target = await stat(path.join(folder, entry.name)).catch(() => undefined);
      if (!target) continue;
      kind = target;
    }
    if (kind.isDirectory()) folders.push(entry.name);
    else if (kind.isFile()) files.push(entry.name);
  }
  folders.sort((a, b) => nameOrder.compare(a, b));
  files.sort((a, b) => nameOrder.compare(a, b));
  return { folders, files };
}

/** Whether there is a folder at this path. */
export async function isFolder(candidate: string): Promise<boolean> {
  return (await stat(candidate).catch(() => undefined))?.isDirectory() ?? false;
}
