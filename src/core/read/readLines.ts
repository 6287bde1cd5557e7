import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const lineFeed = 0x0a;

/** So long is no line that we write: a file that claims one has none, and may be a hole of any size. */
export const mostLineBytes = 2 ** 27;

/**
 * The lines of a text file in UTF-8, one after the other, without their line feeds. No file is too long for memory that
 * holds one line.
 * @param onPiece hears all bytes of the file, in pieces
 * @throws Error with the end of a sentence, for a line of more than `mostLineBytes`
 */
export async function* readLines(file: string, onPiece?: (piece: Uint8Array) => void): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    onPiece?.(piece);
    let start = 0;
    for (let end = piece.indexOf(lineFeed); end >= 0; end = piece.indexOf(lineFeed, start)) {
      yield toText(begun, piece.subarray(start, end));
      [begun, begunBytes] = [[], 0];
      start = end + 1;
    }
    if (start < piece.length) begun.push(piece.subarray(start));
    begunBytes += piece.length - start;
    if (begunBytes > mostLineBytes) throw lineTooLong();
  }
  if (begun.length > 0) yield toText(begun);
}

export function lineTooLong(): Error {
  return new Error(`it has a line of more than ${mostLineBytes / 2 ** 20} MiB`);
}

function toText(begun: readonly Buffer[], rest?: Buffer): string {
  if (begun.length === 0) return rest!.toString('utf8');
  return Buffer.concat(rest ? [...begun, rest] : begun).toString('utf8');
}

/** Where a line is in its file, in bytes. */
export interface LinePlace {
  readonly offset: number;
  readonly bytes: number;
}

/** One line of a file, by its place. */
export async function readLineAt(file: string, { offset, bytes }: LinePlace): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
