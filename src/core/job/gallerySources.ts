import type { ScratchFolder } from '../write/scratchFolder';
import type { GalleryItem, GallerySource } from './galleryItems';
import type { JobRequest } from './jobFolder';
import { makeFiles } from './makeFiles';
import { readerOfJob } from './readerOfJob';

/** A picture, and what is written about it that is known only when it is made. */
export interface FoundSource extends GallerySource {
  readonly caption?: string;
  readonly alt?: string;
}

/** Where each picture is. Those that have to be made are, in the order of the plan, so that each FOV is decoded once. */
export async function findGallerySources(
  request: JobRequest,
  shown: readonly GalleryItem[],
  scratch: ScratchFolder,
  signal: AbortSignal,
): Promise<Map<GalleryItem, FoundSource>> {
  const sources = new Map<GalleryItem, FoundSource>();
  const { recipe } = request;
  const reader = readerOfJob(request);
  const byItem = new Map<GalleryItem['item'], GalleryItem[]>();
  for (const each of shown) {
    if (each.written) sources.set(each, each.written);
    else if (each.missing) byItem.set(each.item, [...(byItem.get(each.item) ?? []), each]);
  }
  let made = 0;
  for (const [item, missing] of byItem) {
    const wanted = new Map(missing.map((each) => [each.missing!, each]));
    for await (const { file, content, text } of makeFiles(
      recipe,
      { ...item, files: [...wanted.keys()] },
      reader,
      signal,
    )) {
      const saved = await scratch.save(`${++made}.png`, content);
      sources.set(wanted.get(file)!, { file: saved, ...(text && { caption: text.caption, alt: text.alt }) });
    }
  }
  return sources;
}
