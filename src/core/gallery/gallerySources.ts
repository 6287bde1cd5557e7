import { ItemList } from '../model/itemList';
import type { PlannedItem } from '../model/plan';
import type { GalleryItem, GallerySource } from './galleryItems';

/** A picture, and what is written about it that is known only when it is made. */
export interface FoundSource extends GallerySource {
  readonly caption?: string;
  readonly alt?: string;
}

/** A file that was made for the gallery alone. */
export interface MadePicture {
  /** As it was planned. */
  readonly path: string;
  /** Where it is, absolute. */
  readonly file: string;
  readonly caption?: string | undefined;
  readonly altText?: string | undefined;
}

/**
 * Where each picture is.
 * @param make makes the files of these items, and tells of each; the first one that cannot be made is thrown. Says the memory
 *   that it took, in MiB
 */
export async function findGallerySources(
  shown: readonly GalleryItem[],
  make: (items: ItemList, onMade: (picture: MadePicture) => void) => Promise<number>,
): Promise<{ readonly sources: ReadonlyMap<GalleryItem, FoundSource>; readonly workersMiB: number }> {
  const sources = new Map<GalleryItem, FoundSource>();
  const missing: GalleryItem[] = [];
  for (const each of shown) {
    if (each.written) sources.set(each, each.written);
    else if (each.missing) missing.push(each);
  }
  const work = itemsOf(missing);
  if (work.length === 0) return { sources, workersMiB: 0 };
  const workersMiB = await make(work, ({ path: name, file, caption, altText }) => {
    const isSaid = caption !== undefined && altText !== undefined;
    sources.set(missing[numberIn(name)], { file, ...(isSaid && { caption, alt: altText }) });
  });
  return { sources, workersMiB };
}

/** The items of these cells, in their order, each with the files that have to be made of it, named by their numbers. */
function itemsOf(missing: readonly GalleryItem[]): ItemList {
  const items = new Map<PlannedItem, PlannedItem['files'][number][]>();
  for (const [number, { item, missing: file }] of missing.entries()) {
    const files = items.get(item) ?? [];
    files.push({ ...file!, path: `${number}.png` });
    items.set(item, files);
  }
  return ItemList.from([...items].map(([item, files]) => ({ ...item, files })));
}

function numberIn(name: string): number {
  return Number.parseInt(name, 10);
}
