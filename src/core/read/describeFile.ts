import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** What tells a file from another of its name. */
export interface FileIdentity {
  /** Of a folder (an OME-Zarr image), all that is in it together. Absent for a file that is not there. */
  readonly bytes?: number;
  /** ISO 8601; of a folder, the newest of what is in it. */
  readonly modified?: string;
  readonly sha256?: string;
}

/**
 * Size and time of a file or folder, and on request its hash; nothing of one that is not there. The signal is asked before
 * each file, and while one is hashed.
 */
export async function describeFile(file: string, hash: boolean, signal?: AbortSignal): Promise<FileIdentity> {
  signal?.throwIfAborted();
  const found = await stat(file).catch(() => undefined);
  if (!found) return {};
  if (!found.isFile()) return describeFolder(file, hash, signal);
  return {
    bytes: found.size,
    modified: found.mtime.toISOString(),
    ...(hash && { sha256: await hashFile(file, signal) }),
  };
}

/** Another text when a file was written anew; for what was read of it and kept. */
export async function versionOf(file: string): Promise<string> {
  const { bytes, modified } = await describeFile(file, false);
  return `${bytes} ${modified}`;
}

/** A folder by its files: their sizes together, the newest time, and on request a hash of their names and contents. */
async function describeFolder(folder: string, hash: boolean, signal?: AbortSignal): Promise<FileIdentity> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const all = createHash('sha256');
  let bytes = 0;
  let newest = new Date(0);
  for (const name of names) {
    const { isFile, size, mtime, sha256 } = await describeEntry(path.join(folder, name), hash, signal);
    if (!isFile) continue;
    bytes += size;
    if (mtime > newest) newest = mtime;
    if (sha256 !== undefined) all.update(`${name.split(path.sep).join('/')}\0${sha256}\n`);
  }
  return { bytes, modified: newest.toISOString(), ...(hash && { sha256: all.digest('hex') }) };
}

async function describeEntry(
  file: string,
  hash: boolean,
  signal?: AbortSignal,
): Promise<{ isFile: boolean; size: number; mtime: Date; sha256?: string }> {
  signal?.throwIfAborted();
  const found = await stat(file).catch(() => undefined);
  const isFile = found?.isFile() === true;
  const { size, mtime } = found ?? { size: 0, mtime: new Date(0) };
  return { isFile, size, mtime, ...(hash && isFile && { sha256: await hashFile(file, signal) }) };
}

/** Whether there is a file or folder; what is in it is not looked at. */
export async function isPresent(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** How large a file is, or all that is in a folder; `undefined` where there is nothing. */
export async function fileBytes(file: string): Promise<number | undefined> {
  return (await describeFile(file, false)).bytes;
}

/** Whether a file is there and has exactly this content. */
export async function hasContent(file: string, bytes: number, sha256: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true && found.size === bytes && (await hashFile(file)) === sha256;
}

/** SHA-256 in hexadecimal. Read in pieces: a file may be larger than a buffer can be. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hash.update(piece);
  }
  return hash.digest('hex');
}
