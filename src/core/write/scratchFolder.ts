import { mkdir, rm } from 'node:fs/promises';
import { toWriteError } from './writeFileWhole';

/** A folder for files that are needed for a while only: whoever makes it removes it. */
export class ScratchFolder {
  private constructor(
    /** Absolute. */
    readonly folder: string,
  ) {}

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

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
