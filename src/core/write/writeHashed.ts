import { createHash, type Hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

/** So many bytes go to disk at once: a write for each of a plan's lines would take several times as long. */
const writtenAtOnceBytes = 64 * 1024;

/**
 * Writes a new file of texts, one after the other, and flushes it to disk.
 * @returns its SHA-256 in hexadecimal
 */
export async function writeHashed(file: string, texts: Iterable<string> | AsyncIterable<string>): Promise<string> {
  const hash = createHash('sha256');
  await writeFile(file, gather(texts, hash), { flush: true });
  return hash.digest('hex');
}

async function* gather(texts: Iterable<string> | AsyncIterable<string>, hash: Hash): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const text of texts) {
    const piece = Buffer.from(text);
    pieces.push(piece);
    bytes += piece.length;
    if (bytes < writtenAtOnceBytes) continue;
    yield hashed(pieces, hash);
    pieces = [];
    bytes = 0;
  }
  yield hashed(pieces, hash);
}

function hashed(pieces: readonly Buffer[], hash: Hash): Buffer {
  const joined = Buffer.concat(pieces);
  hash.update(joined);
  return joined;
}
