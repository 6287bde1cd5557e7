import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { temporaryName, toWriteError } from './writeFileWhole';

/** A folder for files that are needed for a while only: whoever makes it removes it. */
export class ScratchFolder {
  private constructor(
    /** Absolute. */
    readonly folder: string,
  ) {}

  /** A new folder inside this one. What a process that was killed leaves behind is removed by `sweepTemporaries`. */
  static async make(parent: string, owner: string): Promise<ScratchFolder> {
    const folder = path.join(parent, temporaryName(owner));
    try {
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
