import type { ByteSource } from '../embedded/byteSource';
import type { TiffSource } from './tiffSource';

/** What is read about a place that lies alone. */
const leastAhead = 4096;

/**
 * Directories that lie near each other are read together, so many bytes at most; thousands of them would else be as many
 * reads. Those that lie between large images are read one by one: little of what is beside them is wanted.
 */
const mostAhead = 2 ** 18;
const nearBytes = 2 ** 16;

/** All directories may refer to one place elsewhere, such as a resolution that they share. */
const mostWindows = 4;

/** Bytes of the file from `start`, and how many of them were to be read at once. */
interface Window {
  readonly start: number;
  readonly bytes: Buffer;
  readonly ahead: number;
}

/** A TIFF as its directories are read: small pieces, mostly beside each other, of which none is copied. */
export class DirectoryWindows implements ByteSource {
  /** Those that were read last, the latest at the end. */
  private readonly windows: Window[] = [];

  constructor(private readonly source: TiffSource) {}

  get size(): number {
    return this.source.sizeBytes;
  }

  async read(at: number, length: number): Promise<Buffer> {
    const end = Math.min(at + length, this.size);
    if (!(at >= 0 && at < end)) return Buffer.alloc(0);
    const found = this.windows.findLast(({ start, bytes }) => at >= start && end <= start + bytes.length);
    const { start, bytes } = found ?? (await this.readWindow(at, end));
    return bytes.subarray(at - start, end - start);
  }

  private async readWindow(at: number, end: number): Promise<Window> {
    const near = this.windows.findIndex(
      ({ start, bytes }) => at >= start - nearBytes && at <= start + bytes.length + nearBytes,
    );
    const ahead = near < 0 ? leastAhead : Math.min(4 * this.windows[near].ahead, mostAhead);
    // Some programs write what a directory refers to before it.
    const start = near < 0 ? at : Math.max(0, at - (ahead >> 3));
    const bytes = Buffer.allocUnsafeSlow(Math.min(Math.max(start + ahead, end), this.size) - start);
    const bytesRead = await this.source.readInto(bytes, start);
    const window = { start, bytes: bytes.subarray(0, bytesRead), ahead };
    if (near >= 0) this.windows.splice(near, 1);
    else if (this.windows.length >= mostWindows) this.windows.shift();
    this.windows.push(window);
    return window;
  }
}
