import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toWriteError } from './writeFileWhole';

/** A folder for files that are needed for a while only: whoever makes it removes it. */
export class ScratchFolder {
  private constructor(private readonly folder: string) {}

  /** An empty folder of this name; what a process that was killed left in it is removed. */
  static async make(folder: string): Promise<ScratchFolder> {
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
    } catch (error) {
      throw toWriteError(error, folder);
    }
    return new ScratchFolder(folder);
  }

  /**
   * Writes a file that nobody else reads, and that need not outlive a crash.
   * @returns its path
   */
  async save(name: string, content: readonly Uint8Array[]): Promise<string> {
    const file = path.join(this.folder, name);
    try {
      await writeFile(file, content);
    } catch (error) {
      throw toWriteError(error, file);
    }
    return file;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
