import { type FileHandle, open } from 'node:fs/promises';

/** What says whether a file is still the one that it was when it was opened before. */
export type FileStamp = string;

/** The bytes of a TIFF that is open. What is asked of it is bounded by its size, whatever the file claims. */
export class TiffSource {
  private constructor(
    private readonly handle: FileHandle,
    readonly sizeBytes: number,
    readonly stamp: FileStamp,
  ) {}

  static async open(file: string): Promise<TiffSource> {
    const handle = await open(file, 'r');
    try {
      const stat = await handle.stat({ bigint: true });
      if (!stat.isFile()) throw new Error('it is not a file');
      if (stat.size < 8) throw new Error(`it holds ${stat.size} bytes, too few for a TIFF header`);
      const { dev, ino, size, mtimeNs, ctimeNs } = stat;
      return new TiffSource(handle, Number(size), [dev, ino, size, mtimeNs, ctimeNs].join(' '));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * Bytes of a block of pixels, every one of them; an error if the file ends before.
   * @param into where to put them; if it is shorter than `length`, the first ones
   */
  async readBlock(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.sizeBytes)) {
      throw new Error(
        `it was cut off: a block of pixels ends at byte ${offset + length}, the file after ${this.sizeBytes}`,
      );
    }
    const bytes = into ?? new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    if ((await this.readInto(bytes, offset)) < bytes.length) throw new Error('it became shorter while it was read');
    return bytes;
  }

  /** Fills `bytes` from `offset` on, as far as the file goes. @returns how many were read */
  async readInto(bytes: Uint8Array, offset: number): Promise<number> {
    const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, offset);
    return bytesRead;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
