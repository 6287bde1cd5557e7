import type { TiffPage } from './tiffPage';
import type { FileStamp } from './tiffSource';

/** So many directories are remembered, of all files together; those of one file always. Each takes about a kilobyte. */
const mostPages = 2 ** 14;

/** Each block of pixels takes so much of a page: an offset and a size. */
const blocksPerPage = 64;

interface KnownFile {
  readonly stamp: FileStamp;
  readonly pages: readonly TiffPage[];
  readonly weight: number;
}

/** The directories of files that were opened last, valid as long as a file is the very same. */
export class PageMemory {
  /** By path, the one that was asked for last at the end. */
  private readonly known = new Map<string, KnownFile>();
  private weight = 0;

  /** The pages of a file; read, if it is not known or not the same any more. */
  async of(file: string, stamp: FileStamp, read: () => Promise<readonly TiffPage[]>): Promise<readonly TiffPage[]> {
    const found = this.known.get(file);
    const known = found?.stamp === stamp ? found : weigh(stamp, await read());
    this.forget(file); // What was there before, or what somebody else has read meanwhile.
    this.known.set(file, known);
    this.weight += known.weight;
    for (const [other] of this.known) {
      if (this.weight <= mostPages || other === file) break;
      this.forget(other);
    }
    return known.pages;
  }

  private forget(file: string): void {
    this.weight -= this.known.get(file)?.weight ?? 0;
    this.known.delete(file);
  }
}

function weigh(stamp: FileStamp, pages: readonly TiffPage[]): KnownFile {
  return { stamp, pages, weight: pages.reduce((sum, page) => sum + weightOf(page), 0) };
}

function weightOf({ offsets, levels }: TiffPage): number {
  return 1 + offsets.length / blocksPerPage + levels.reduce((sum, level) => sum + weightOf(level), 0);
}
