import { type FileHandle, open } from 'node:fs/promises';
import type { GeoTIFF } from 'geotiff';

type Source = Parameters<typeof GeoTIFF.fromSource>[0];
interface Slice {
  readonly offset: number;
  readonly length: number;
}

/** The library reads so much ahead, also where the file has ended. */
const lookAhead = 4096;

/**
 * A file as the TIFF library reads it, one of ours because its own takes any length that a damaged file claims: a few
 * bytes could ask for gigabytes. Beyond the end it gives zeros, as the library expects for its look-ahead reads.
 */
export class TiffSource implements Source {
  private constructor(
    private readonly handle: FileHandle,
    readonly fileSize: number,
  ) {}

  static async open(file: string): Promise<TiffSource> {
    const handle = await open(file, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error('it is not a file');
      if (stat.size < 8) throw new Error(`it holds ${stat.size} bytes, too few for a TIFF header`);
      return new TiffSource(handle, stat.size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async fetch(slices: Slice[]): Promise<ArrayBuffer[]> {
    return Promise.all(slices.map(async (slice) => (await this.fetchSlice(slice)).data));
  }

  async fetchSlice({ offset, length }: Slice): Promise<Slice & { data: ArrayBuffer }> {
    if (!(length >= 0 && offset >= 0) || (length > lookAhead && offset + length > this.fileSize)) {
      throw new Error(`it refers to ${length} bytes at ${offset}, but ends after ${this.fileSize}`);
    }
    const data = new ArrayBuffer(length);
    await this.handle.read(new Uint8Array(data), 0, length, offset);
    return { offset, length, data };
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** What reading pixels needs, with every byte there. */
  access(): {
    readBytes(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
    close(): Promise<void>;
  } {
    return {
      readBytes: async (offset, length, into) => {
        if (!(offset >= 0 && length >= 0 && offset + length <= this.fileSize)) {
          throw new Error(
            `it was cut off: a block of pixels ends at byte ${offset + length}, the file after ${this.fileSize}`,
          );
        }
        // Every byte of it is written, or it is not handed out.
        const bytes = into ?? new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
        const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, offset);
        if (bytesRead < bytes.length) throw new Error('it became shorter while it was read');
        return bytes;
      },
      close: () => this.close(),
    };
  }
}
