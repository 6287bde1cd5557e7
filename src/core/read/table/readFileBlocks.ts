import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, systemCodeOf } from '../../model/exportError';
import { DamagedTable } from './damagedTable';

/**
 * The bytes of a table's file, block by block; what is in it if it is compressed with gzip, also in several parts. Memory
 * does not depend on how much that is.
 * @param blockBytes how much is given at once, at most
 * @throws DamagedTable if the file cannot be read, or its gzip is damaged or cut short
 */
export async function* readFileBlocks(file: string, blockBytes: number): AsyncGenerator<Buffer> {
  let isPacked = false;
  try {
    const info = await stat(file);
    if (!info.isFile()) throw new DamagedTable(info.isDirectory() ? 'it is a folder' : 'it is not a file');
    isPacked = await isGzip(file);
    const bytes = createReadStream(file, { highWaterMark: blockBytes });
    if (!isPacked) {
      yield* bytes as AsyncIterable<Buffer>;
      return;
    }
    // What fails in either ends the loop below with its error.
    const unpacked = pipeline(bytes, createGunzip({ chunkSize: blockBytes }), () => undefined);
    yield* unpacked as AsyncIterable<Buffer>;
    await requireZeros(file, unpacked.bytesWritten);
  } catch (error) {
    if (error instanceof DamagedTable) throw error;
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new DamagedTable('there is no such file');
    if (code === 'EACCES' || code === 'EPERM') throw new DamagedTable('you are not permitted to read it');
    if (isPacked && code?.startsWith('Z_') === true)
      throw new DamagedTable(`its gzip compression is damaged or cut short (${messageOf(error)})`);
    throw new DamagedTable(`it cannot be read: ${messageOf(error)}`);
  }
}

/** Whether a file begins as gzip does, with the only way of compression that it has. */
async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(3), 0, 3, 0);
    return bytesRead === 3 && buffer.toString('latin1') === '\x1f\x8b\x08';
  } finally {
    await handle.close();
  }
}

/** Node stops in silence at zeros after the data, with which tapes are filled up, also where more data follows them. */
async function requireZeros(file: string, start: number): Promise<void> {
  for await (const bytes of createReadStream(file, { start }) as AsyncIterable<Buffer>) {
    if (bytes.every((byte) => byte === 0)) continue;
    throw new DamagedTable(`its gzip compression is damaged (zeros after byte ${start}, and data after them)`);
  }
}
