import { createHash } from 'node:crypto';
import { readLines } from './readLines';
import { readPlainFile } from './readPlainFile';

/** No text can be longer. */
const mostBytes = 2 ** 29;

/** A small text file in UTF-8, and its SHA-256 in hexadecimal. */
export async function readHashed(file: string): Promise<{ readonly text: string; readonly sha256: string }> {
  const content = await readPlainFile(file, mostBytes);
  return { text: content.toString('utf8'), sha256: createHash('sha256').update(content).digest('hex') };
}

/**
 * Hands over the lines of a text file, one after the other.
 * @returns the SHA-256 of the whole file in hexadecimal
 */
export async function readLinesHashed(file: string, onLine: (line: string) => void): Promise<string> {
  const hash = createHash('sha256');
  const lines = readLines(file, (piece) => {
    hash.update(piece);
  });
  for await (const line of lines) onLine(line);
  return hash.digest('hex');
}
