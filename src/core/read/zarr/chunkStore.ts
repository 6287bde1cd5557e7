import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import type { AsyncReadable, RangeQuery } from 'zarrita';
import { systemCodeOf } from '../../model/exportError';

/** There is no file for a chunk, which means that all its samples are the fill value. */
export class MissingChunk extends Error {}

/**
 * The chunk files of one array as the zarr library reads them, one of ours because its own gives zeros for bytes that a
 * damaged file lacks, takes any length that it claims, and waits for ever on a named pipe.
 */
export class ChunkStore implements AsyncReadable {
  /**
   * @param maxFileBytes more than a whole file can need
   * @param indexFirst of shards, whose index stands at their end otherwise
   */
  constructor(
    private readonly folder: string,
    private readonly maxFileBytes: number,
    private readonly indexFirst: boolean,
  ) {}

  /** A whole file. `MissingChunk` if there is none. */
  get(key: string): Promise<Uint8Array> {
    return this.#withFile(key, (handle, size) => {
      if (size > this.maxFileBytes)
        throw new Error(`chunk ${key.slice(1)} is ${size} bytes long, more than it can need`);
      return readExactly(handle, 0, size);
    });
  }

  /** A part of a file. The library asks for the end of a file only to get the index of a shard. */
  getRange(key: string, range: RangeQuery): Promise<Uint8Array> {
    return this.#withFile(key, (handle, size) => {
      const length = 'suffixLength' in range ? range.suffixLength : range.length;
      const offset = 'offset' in range ? range.offset : this.indexFirst ? 0 : size - length;
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new Error(
          `shard ${key.slice(1)} is damaged: ${length} bytes at ${offset} are asked for, but it is ${size} long`,
        );
      }
      return readExactly(handle, offset, length);
    });
  }

  async #withFile<T>(key: string, use: (handle: FileHandle, size: number) => Promise<T>): Promise<T> {
    let handle;
    try {
      handle = await open(path.join(this.folder, key), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) throw new MissingChunk(key);
      throw error;
    }
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error(`chunk ${key.slice(1)} is not a file`);
      return await use(handle, stat.size);
    } finally {
      await handle.close();
    }
  }
}

async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 2 ** 30), offset + done);
    if (bytesRead === 0) throw new Error('a chunk became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}
