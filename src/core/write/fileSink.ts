/** Where the content of a file goes, piece by piece. */
export interface FileSink {
  /** Appends a piece, which is not changed any more. */
  write(piece: Uint8Array): void;
  /** Puts bytes in the place of as many that were written before. */
  replace(at: number, bytes: Uint8Array): void;
}

/** Keeps a file's content in memory. */
export class MemorySink implements FileSink {
  private readonly pieces: Uint8Array[] = [];

  write(piece: Uint8Array): void {
    this.pieces.push(piece);
  }

  replace(at: number, bytes: Uint8Array): void {
    replaceIn(this.pieces, at, bytes);
  }

  /** All of it. */
  content(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

/** Puts bytes in the place of others that lie in some of these pieces. */
export function replaceIn(pieces: readonly Uint8Array[], at: number, bytes: Uint8Array): void {
  let start = 0;
  for (const piece of pieces) {
    const [from, to] = [Math.max(at, start), Math.min(at + bytes.length, start + piece.length)];
    if (from < to) piece.set(bytes.subarray(from - at, to - at), from - start);
    start += piece.length;
  }
}
