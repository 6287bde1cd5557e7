import { withPlainFile } from './readPlainFile';
import type { LinePlace } from './readLines';

/** Lines beside each other are read together. */
const windowBytes = 2 ** 16;

/** Together four megabytes: lines that are wanted in another order than they were written lie near each other as a rule. */
const mostWindows = 64;

/** Lines of files that only grow, by their places, in any order. */
export class LineWindows {
  /** By file and place, the one that was used longest ago first. */
  private readonly windows = new Map<string, Buffer>();

  /** A line, without its line feed; shorter if the file has less there. Fails as `withPlainFile` does. */
  async lineAt(file: string, { offset, bytes }: LinePlace): Promise<string> {
    const start = offset - (offset % windowBytes);
    const end = offset + bytes - start;
    const key = `${start} ${file}`;
    const known = this.windows.get(key);
    const window = known && known.length >= end ? known : await readWindow(file, start, Math.max(windowBytes, end));
    this.windows.delete(key);
    this.windows.set(key, window);
    const [oldest] = this.windows.keys();
    if (this.windows.size > mostWindows) this.windows.delete(oldest);
    return window.toString('utf8', offset - start, end);
  }
}

function readWindow(file: string, start: number, length: number): Promise<Buffer> {
  return withPlainFile(file, async (handle) => {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  });
}
