import { createHash } from 'node:crypto';
import path from 'node:path';
import { ExportError, isExportError } from '../model/exportError';
import type { GalleryPage } from '../model/galleryPage';
import type { GalleryFile } from '../model/galleryFile';
import { hasContent } from '../read/describeFile';
import { loadFont } from '../read/loadFont';
import { readPictureFile, readPictureSize } from '../read/readPictureFile';
import { GalleryLayout, type GalleryProblem } from '../render/layOutGallery';
import type { LoadedPage } from '../write/encodeGallery';
import { writeFileWhole } from '../write/writeFileWhole';
import { type GalleryLooks, gallerySettings, galleryTitle } from './describeGallery';
import type { GalleryItem } from './galleryItems';
import type { FoundSource } from './gallerySources';
import type { JobRequest } from '../job/readJobRequest';

/** What the pages show besides pictures. */
interface GalleryTexts {
  readonly looks: GalleryLooks;
  /** The text that the file holds, so that its batch can be made again. */
  readonly embed: (request: JobRequest) => string;
  readonly signal: AbortSignal;
}

/** Writes the pages of a gallery, one after the other. */
export class GalleryWriter {
  private readonly shown: readonly GalleryItem[];
  private readonly layout: GalleryLayout;
  private readonly title: string;
  private readonly settings: readonly string[];

  constructor(
    private readonly request: JobRequest,
    planned: readonly GalleryItem[],
    private readonly sources: ReadonlyMap<GalleryItem, FoundSource>,
    private readonly texts: GalleryTexts,
  ) {
    const { recipe, datasetFolder, items } = request;
    // A stable sort: the pictures of an item stay together.
    this.shown = [...planned].sort((a, b) => (a.item.galleryPlace ?? 0) - (b.item.galleryPlace ?? 0));
    const count = (kind: GalleryProblem['kind']): number =>
      planned.filter(({ entry }) => entry.problem?.kind === kind).length;
    this.title = galleryTitle(recipe, datasetFolder);
    this.settings = gallerySettings(recipe, items, count('failed'), count('skipped'));
    const entries = this.shown.map((each) => {
      const { caption = each.entry.caption, alt = each.entry.alt } = sources.get(each) ?? {};
      return { ...each.entry, caption, alt };
    });
    const facts = { title: this.title, settings: this.settings, looks: texts.looks.all };
    this.layout = new GalleryLayout(recipe.gallery!, facts, entries, loadFont());
  }

  async write(
    target: string,
    owner: string,
    mayReplace: boolean,
  ): Promise<Pick<GalleryFile, 'bytes' | 'sha256' | 'pages'>> {
    const hash = createHash('sha256');
    let bytes = 0;
    const embedded = this.texts.embed(this.request);
    const facts = { title: this.title, subject: this.settings.join('; '), embedded };
    const { encodeGallery } = await import('../write/encodeGallery'); // Loaded where it is needed: it takes its time.
    const encoded = encodeGallery(facts, this.pages(), loadFont());
    async function* hashed(): AsyncGenerator<Uint8Array> {
      for await (const piece of encoded) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    }
    let isInTheWay: ExportError | undefined;
    try {
      await writeFileWhole(target, hashed(), owner, mayReplace);
    } catch (error) {
      if (!isExportError(error, 'FileExists')) throw error;
      isInTheWay = error;
    }
    const sha256 = hash.digest('hex');
    // A runner that was killed before it could say so has made the same bytes.
    if (isInTheWay && !(await hasContent(target, bytes, sha256))) throw isInTheWay;
    return { bytes, sha256, pages: this.layout.pages };
  }

  private async *pages(): AsyncGenerator<LoadedPage> {
    const perPage = this.layout.entriesOf(0).length;
    for (let i = 0; i < this.layout.pages; i++) {
      const shown = this.shown.slice(i * perPage, (i + 1) * perPage);
      const page = await this.layOut(i, shown);
      yield { page, load: (cell) => this.load(shown[cell]) };
    }
  }

  private async layOut(page: number, shown: readonly GalleryItem[]): Promise<GalleryPage> {
    const sizes = shown.map(async (each) => {
      const source = this.sources.get(each);
      return source ? readPictureSize(source.file) : each.item.region;
    });
    return this.layout.layOut(page, await Promise.all(sizes));
  }

  private async load(shown: GalleryItem): ReturnType<LoadedPage['load']> {
    this.texts.signal.throwIfAborted();
    const source = this.sources.get(shown);
    if (!source) return undefined;
    const picture = await readPictureFile(source.file);
    if (source.sha256 === undefined) return picture;
    if (createHash('sha256').update(picture.bytes).digest('hex') === source.sha256) return picture;
    throw new ExportError(
      'ImageUnreadable',
      `Expected the picture ${path.basename(source.file)} as this job has written it, but it was changed; resume the job to make it again.`,
    );
  }
}
