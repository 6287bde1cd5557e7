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
 * Directories that lie near each other are read together, so many bytes at most; thousands of them would else be as many
 * reads. Those that lie between large images are read one by one: little of what is beside them is wanted.
 */
const mostAhead = 2 ** 18;
const nearBytes = 2 ** 16;

/** All directories may refer to one place elsewhere, such as a resolution that they share. */
const mostWindows = 4;

/** Bytes of the file from `offset`, and how many of them were to be read at once. */
interface Window {
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ahead: number;
}

/** What says whether a file is still the one that it was when it was opened before. */
export type FileStamp = string;

/**
 * A file as the TIFF library reads it, one of ours because its own takes any length that a damaged file claims: a few
 * bytes could ask for gigabytes. Beyond the end it gives zeros, as the library expects for its look-ahead reads.
 */
export class TiffSource implements Source {
  /** Those that were read last, the latest at the end. */
  private readonly windows: Window[] = [];

  private constructor(
    private readonly handle: FileHandle,
    readonly fileSize: number,
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

  async fetch(slices: Slice[]): Promise<ArrayBuffer[]> {
    const found: ArrayBuffer[] = [];
    for (const slice of slices) {
      const { offset, length } = slice;
      if (!(length >= 0 && offset >= 0) || (length > lookAhead && offset + length > this.fileSize)) {
        throw new Error(`it refers to ${length} bytes at ${offset}, but ends after ${this.fileSize}`);
      }
      const data = new ArrayBuffer(length);
      if (length > mostAhead) await this.handle.read(new Uint8Array(data), 0, length, offset);
      else {
        const { bytes, offset: start } = this.windowOf(slice) ?? (await this.readWindow(slice));
        new Uint8Array(data).set(bytes.subarray(offset - start, offset - start + length));
      }
      found.push(data);
    }
    return found;
  }

  async fetchSlice({ offset, length }: Slice): Promise<Slice & { data: ArrayBuffer }> {
    const [data] = await this.fetch([{ offset, length }]);
    return { offset, length, data };
  }

  /**
   * Bytes of the file about a slice, and where they begin, without a copy; `undefined` for a slice that the file has not
   * all of, or that is too long for it.
   */
  async look(slice: Slice): Promise<{ readonly buffer: ArrayBuffer; readonly offset: number } | undefined> {
    const { offset, length } = slice;
    if (!(length >= 0 && length <= mostAhead && offset >= 0 && offset + length <= this.fileSize)) return undefined;
    const window = this.windowOf(slice) ?? (await this.readWindow(slice));
    return { buffer: window.bytes.buffer, offset: window.offset };
  }

  /** The window that holds all of a slice that the file has. */
  private windowOf({ offset, length }: Slice): Window | undefined {
    const end = Math.min(offset + length, this.fileSize);
    return this.windows.findLast((window) => offset >= window.offset && end <= window.offset + window.bytes.length);
  }

  private async readWindow({ offset, length }: Slice): Promise<Window> {
    const near = this.windows.findIndex(
      (window) => offset >= window.offset - nearBytes && offset <= window.offset + window.bytes.length + nearBytes,
    );
    const ahead = near < 0 ? lookAhead : Math.min(4 * this.windows[near].ahead, mostAhead);
    // Some programs write what a directory refers to before it.
    const start = near < 0 ? offset : Math.max(0, offset - (ahead >> 3));
    const end = Math.min(Math.max(start + ahead, offset + length), this.fileSize);
    const bytes = new Uint8Array(Math.max(0, end - start));
    const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, start);
    const window = { offset: start, bytes: bytes.subarray(0, bytesRead), ahead };
    if (near >= 0) this.windows.splice(near, 1);
    else if (this.windows.length >= mostWindows) this.windows.shift();
    this.windows.push(window);
    return window;
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
