import { withPlainFile } from '../readPlainFile';

/** Bytes that are read piece by piece. */
export interface ByteSource {
  readonly size: number;
  /** Fewer bytes than asked for at the end; never more than `length`. */
  read(at: number, length: number): Promise<Buffer>;
}

/** Bytes that are in memory already. */
export function memorySource(bytes: Uint8Array): ByteSource {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { size: all.length, read: (at, length) => Promise.resolve(all.subarray(at, at + length)) };
}

/** What is read at once: neighbouring pieces are small, and a system call costs more than they do. */
const windowBytes = 64 * 1024;

/**
 * Opens a file for as long as `use` needs it.
 * @throws Error with the end of a sentence if it cannot be opened or is no file
 */
export function withFileSource<T>(file: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  return withPlainFile(file, (handle, size) => {
    let window: { readonly at: number; readonly bytes: Buffer } = { at: 0, bytes: Buffer.alloc(0) };
    const load = async (at: number, length: number): Promise<Buffer> => {
      // No more than the file has, whatever a damaged one claims.
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
      return bytes.subarray(0, bytesRead);
    };
    return use({
      size,
      async read(at, length) {
        if (at < 0 || at >= size || length <= 0) return Buffer.alloc(0);
        if (length > windowBytes) return load(at, length);
        const isInside = at >= window.at && at + length <= window.at + window.bytes.length;
        if (!isInside) window = { at, bytes: await load(at, windowBytes) };
        return window.bytes.subarray(at - window.at, at - window.at + length);
      },
    });
  });
}

/** Exactly so many bytes. @throws Error with the end of a sentence if the source ends before */
export async function readAll(source: ByteSource, at: number, length: number): Promise<Buffer> {
  const bytes = await source.read(at, length);
  requireLength(bytes, length, source);
  return bytes;
}

/** @throws Error with the end of a sentence if fewer bytes were read, which the source has not */
export function requireLength(bytes: Buffer, length: number, { size }: ByteSource): void {
  if (bytes.length < length) throw new Error(`it was cut off: it ends at byte ${size}`);
}

/** More are in no picture that a program wrote. */
const maxParts = 200_000;

/** Counts the parts of a file; damage could make it one of a billion. */
export function countParts(): () => void {
  let parts = 0;
  return () => {
    if (++parts > maxParts) throw new Error(`it has more than ${maxParts} parts`);
  };
}
