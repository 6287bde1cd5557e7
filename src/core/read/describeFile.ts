import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** What tells a file from another of its name. */
export interface FileIdentity {
  /** Absent for a folder (of an OME-Zarr image), and for a file that is not there. */
  readonly bytes?: number;
  /** ISO 8601. */
  readonly modified?: string;
  readonly sha256?: string;
}

/** Size and time of a file, and on request its hash; nothing of one that is not there. */
export async function describeFile(file: string, hash: boolean): Promise<FileIdentity> {
  const found = await stat(file).catch(() => undefined);
  if (!found) return {};
  const modified = found.mtime.toISOString();
  if (!found.isFile()) return { modified };
  return { bytes: found.size, modified, ...(hash && { sha256: await hashFile(file) }) };
}

/** Whether a file is there and has exactly this content. */
export async function hasContent(file: string, bytes: number, sha256: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true && found.size === bytes && (await hashFile(file)) === sha256;
}

/** SHA-256 in hexadecimal. Read in pieces: a file may be larger than a buffer can be. */
async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}

/** The lines of a text file in UTF-8, one after the other. */
export function readLines(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}
