import { existsSync } from 'node:fs';
import path from 'node:path';
import { ExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { tiffPattern } from '../listFolder';
import type { OmeDocument, OmeImage, OmeTiffData } from '../omeXml';
import { openTiff } from '../tiff/openTiff';
import type { TiffPage } from '../tiff/tiffPage';

/** The files that an OME document speaks of, each opened once. */
export class OmeFiles {
  private readonly pages = new Map<string, readonly TiffPage[]>();
  /** By file, the position of each directory's page. */
  private readonly positions = new Map<string, ReadonlyMap<number, number>>();

  /**
   * @param file the file that the document was read from: an OME-TIFF, or the companion of a set
   * @param pages those of an OME-TIFF
   */
  constructor(
    readonly file: string,
    private readonly document: OmeDocument,
    pages: readonly TiffPage[] | undefined,
  ) {
    if (pages) this.pages.set(file, pages);
  }

  async pagesOf(file: string): Promise<readonly TiffPage[]> {
    const known = this.pages.get(file);
    if (known) return known;
    const tiff = await openTiff(file);
    await tiff.close();
    this.pages.set(file, tiff.pages);
    return tiff.pages;
  }

  /** The position of the page, among a file's full-size images, that a directory is; -1 for one that is no such image. */
  async pageAt(file: string, ifd: number): Promise<number> {
    const known = this.positions.get(file) ?? new Map((await this.pagesOf(file)).map((page, i) => [page.ifd, i]));
    this.positions.set(file, known);
    return known.get(ifd) ?? -1;
  }

  /** How many image directories a file has; its pyramid's, if it has them behind its last page, do not count. */
  async directoriesOf(file: string): Promise<number> {
    return ((await this.pagesOf(file)).at(-1)?.ifd ?? 0) + 1;
  }

  /**
   * The file of each `TiffData` of an image. Fails if one is missing, or if which one is meant would be a guess.
   * A single file that was renamed is still itself.
   */
  async locate(image: OmeImage): Promise<string[]> {
    const names = new Set(image.tiffData.map(({ fileName }) => fileName));
    const known = new Map<string, string | undefined>();
    const missing = new Set<string>();
    const files: string[] = [];
    for (const tiffData of image.tiffData) {
      const { fileName, uuid } = tiffData;
      const key = JSON.stringify([fileName, uuid]);
      if (!known.has(key)) known.set(key, await this.locateOne(tiffData, names.size === 1));
      const found = known.get(key);
      if (found === undefined) missing.add(fileName ?? uuid ?? 'one without a name');
      else files.push(found);
    }
    if (missing.size === 0) return files;
    throw new ExportError(
      'ImageUnreadable',
      `Expected ${known.size === 1 ? 'the other file' : `all ${known.size} files`} of the set of ${this.file}, but ${missing.size} ${missing.size === 1 ? 'is' : 'are'} missing: ${listNames([...missing])}; put the whole set into one folder.`,
    );
  }

  /** The parts of the set that are there, so that they are not taken for FOVs of their own. */
  async parts(): Promise<string[]> {
    const named = new Map<string, string | undefined>();
    for (const { tiffData } of this.document.images) {
      for (const { fileName, uuid } of tiffData) {
        if (fileName !== undefined) named.set(this.resolve(fileName) ?? '', uuid);
      }
    }
    const parts: string[] = [];
    for (const [file, uuid] of named) {
      // One name alone is the file itself, maybe by the name that it had before.
      const isOther = named.size > 1 || (uuid !== undefined && uuid !== this.document.uuid);
      if (isOther && existsSync(file) && (await this.hasUuid(file, uuid))) parts.push(file);
    }
    return parts;
  }

  private async locateOne({ fileName, uuid }: OmeTiffData, isOnlyName: boolean): Promise<string | undefined> {
    const isTiff = tiffPattern.test(this.file);
    const isOwnUuid = uuid !== undefined && uuid === this.document.uuid;
    const isOtherUuid = uuid !== undefined && this.document.uuid !== undefined && !isOwnUuid;
    if (isTiff && isOwnUuid) return this.file;
    if (fileName === undefined) return isTiff && !isOtherUuid ? this.file : undefined;
    const candidate = this.resolve(fileName);
    if (candidate === this.file && !isOtherUuid && isTiff) return this.file;
    if (candidate !== undefined && existsSync(candidate)) {
      if (isTiff && isOnlyName && !isOtherUuid) {
        throw contradiction(
          this.file,
          `it says that all its planes are in ${fileName}, and does not say whether it is a copy of that file`,
        );
      }
      if (candidate === this.file || !(await this.hasUuid(candidate, uuid))) {
        throw contradiction(this.file, `${fileName} is not the file that it means: its UUID is another one`);
      }
      return candidate;
    }
    return isTiff && isOnlyName && !isOtherUuid ? this.file : undefined;
  }

  /** A named file's path; `undefined` for a name that leads out of the folder: that is somebody else's disk. */
  private resolve(fileName: string): string | undefined {
    const folder = path.dirname(this.file);
    const own = path.basename(this.file);
    if (fileName.split(/[\\/]/).at(-1) === own) return this.file;
    const candidate = path.resolve(folder, fileName);
    return candidate.startsWith(folder + path.sep) ? candidate : undefined;
  }

  /** Whether a file is the one of this UUID, as far as both are known. */
  private async hasUuid(file: string, uuid: string | undefined): Promise<boolean> {
    const pages = await this.pagesOf(file).catch(() => undefined);
    // It is in the first tag; the whole may be megabytes.
    const head = pages?.[0].description?.slice(0, 2 ** 14) ?? '';
    const own = /<(?:[\w.-]+:)?OME\s[^<>]*?\bUUID\s*=\s*["']([^"']*)["']/.exec(head)?.[1];
    return own === undefined || uuid === undefined || own.trim() === uuid;
  }
}

/** OME-XML that is not true of its file: which page is which channel would be a guess. */
export function contradiction(file: string, what: string): ExportError {
  return new ExportError(
    'ImageUnreadable',
    `Expected OME-XML in ${file} that describes its pages, but ${what}; write the file anew with the right metadata.`,
  );
}
