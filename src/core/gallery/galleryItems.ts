import path from 'node:path';
import type { ExportErrorCode } from '../model/exportError';
import type { JournalLine, WrittenFile } from '../model/journalLine';
import { type PlannedFile, type PlannedItem, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import type { GalleryEntry } from '../render/layOutGallery';
import type { JobRequest } from '../job/readJobRequest';
import type { GalleryLooks } from './describeGallery';

/** A picture's file, whose pixels a gallery shows. */
export interface GallerySource {
  /** An absolute path. */
  readonly file: string;
  /** What the file must have, if that is known. */
  readonly sha256?: string;
}

/** One cell of a gallery. */
export interface GalleryItem {
  readonly item: PlannedItem;
  readonly entry: GalleryEntry;
  /** The picture that was written in a format that PDF takes. */
  readonly written?: GallerySource;
  /** In place of it: what has to be made again to be shown. */
  readonly missing?: PlannedFile;
}

/**
 * What a gallery shows of an item: each of its pictures, or why there is none.
 * @param line how the item ended
 */
export function galleryItems(
  { recipe, outputFolder }: Pick<JobRequest, 'recipe' | 'outputFolder'>,
  item: PlannedItem,
  line: JournalLine,
  looks: GalleryLooks,
): GalleryItem[] {
  const base = { id: idOf(item), caption: '', alt: '', look: looks.of(item) };
  if (line.outcome === 'failed') {
    const problem = {
      kind: 'failed',
      title: `Failed: ${spaced(line.error.code)}`,
      reason: line.error.message,
    } as const;
    return [{ item, entry: { ...base, problem } }];
  }
  if (line.outcome === 'skipped') {
    return [{ item, entry: { ...base, problem: { kind: 'skipped', title: 'Skipped', reason: line.reason } } }];
  }
  const writtenByPath = new Map(line.files.map((file) => [file.path, file]));
  return picturesOf(recipe, item).map(({ id, channels, files }): GalleryItem => {
    const written = files.flatMap((file) => writtenByPath.get(file.path) ?? []);
    const [about] = written;
    const entry = { ...base, id, caption: about?.caption ?? '', alt: about?.altText ?? '' };
    const shown = embeddable(written);
    if (!shown) return { item, entry, missing: asPng({ id, channels, files }) };
    return { item, entry, written: { file: path.join(outputFolder, shown.path), sha256: shown.sha256 } };
  });
}

/** The files that a gallery embeds of an item: its own, or PNGs that are made for the gallery alone. */
export function embeddedFiles(recipe: Recipe, item: PlannedItem): PlannedFile[] {
  return picturesOf(recipe, item).map((picture) => embeddable(picture.files) ?? asPng(picture));
}

function asPng({ id, channels, files }: ItemPicture): PlannedFile {
  return { path: files[0]?.path ?? id, format: 'png', ...(channels && { channels }) };
}

/** A picture that a gallery shows of an item, in all of its formats. */
interface ItemPicture {
  readonly id: string;
  readonly channels: readonly number[] | undefined;
  readonly files: PlannedFile[];
}

/** The pictures of an item; of unrendered channels alone, the one that they would make. */
export function picturesOf(recipe: Recipe, item: PlannedItem): ItemPicture[] {
  const pictures = new Map<string, ItemPicture>();
  for (const file of item.files) {
    if (file.format === 'ome-tiff') continue;
    const { channels } = file;
    const key = channels?.join() ?? '';
    const names = channels?.map((i) => recipeOfItem(recipe, item).channels[i].channel).join(' + ');
    const id = names === undefined ? idOf(item) : `${idOf(item)} · ${names}`;
    const picture = pictures.get(key) ?? { id, channels, files: [] };
    picture.files.push(file);
    pictures.set(key, picture);
  }
  return pictures.size > 0 ? [...pictures.values()] : [{ id: idOf(item), channels: undefined, files: [] }];
}

/** PNG keeps every pixel, so it goes first. */
function embeddable<File extends PlannedFile | WrittenFile>(files: readonly File[]): File | undefined {
  return files.find(({ format }) => format === 'png') ?? files.find(({ format }) => format === 'jpeg');
}

/** The label shown to the user: the id, after the name of a ROI that has one. */
export function idOf({ id, roi }: PlannedItem): string {
  return roi && roi.name !== '' && roi.name !== id ? `${roi.name} · ${id}` : id;
}

/** `ChannelNotFound` as words. */
function spaced(code: ExportErrorCode): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
