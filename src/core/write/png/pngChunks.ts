/** PNG's signature (third edition, 5.2). */
const signatureBytes = 8;
/** Length and type before a chunk's data, its checksum after them. */
const chunkFrameBytes = 12;

/** One part of a PNG file; `data` is a view on the file. */
export interface PngChunk {
  readonly type: string;
  /** Where the chunk begins in the file, with its length. */
  readonly start: number;
  readonly end: number;
  readonly data: Buffer;
}

/** The chunks of a whole PNG file, in order. */
export function* pngChunks(png: Buffer): Generator<PngChunk> {
  for (let start = signatureBytes; start < png.length;) {
    const end = start + chunkFrameBytes + png.readUInt32BE(start);
    yield { type: png.toString('latin1', start + 4, start + 8), start, end, data: png.subarray(start + 8, end - 4) };
    start = end;
  }
}
