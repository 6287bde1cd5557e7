import path from 'node:path';
import { ExportError } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import { mapLimited } from '../model/mapLimited';
import type { ItemList } from '../model/itemList';
import { type Plan, recipeOfItem } from '../model/plan';
import type { Format, Recipe } from '../model/recipe';
import { fileBytes } from '../read/describeFile';
import { freeSpace } from '../read/freeSpace';
import { gridSize } from '../render/outputGrid';
import { estimateJob } from './estimateJob';
import { picturesOf } from '../gallery/galleryItems';
import { inMB } from './preflight';

/**
 * More than a pixel takes, uncompressed: three bytes, half as much again for strips at its margins; SVG has it in base64, and
 * both vector formats the corners of outlines.
 */
const mostBytesPerPixel: Readonly<Record<Exclude<Format, 'ome-tiff'>, number>> = {
  png: 5,
  jpeg: 5,
  tiff: 5,
  webp: 5,
  pdf: 20,
  svg: 20,
};

/** Of an unrendered channel: samples are eight bytes at most. */
const mostBytesPerSample = 8;

/** What a file holds besides pixels: its recipe, fonts, words in vectors. */
const mostBytesBeside = 256 * 1024;

/** Every file takes at least a block on disk. */
const blockBytes = 4096;

const statsAtOnce = 64;

/**
 * `DiskFull` if the files of a plan do not fit the disk. Where even uncompressed pixels would fit, which is nearly always,
 * that is all; else a few items are made in memory to find out.
 */
export async function requireRoom(plan: Plan, signal?: AbortSignal): Promise<void> {
  const { outputFolder, recipe } = plan;
  const items = plan.items.filter(({ error, skip }) => !error && skip === undefined);
  const free = await freeSpace(outputFolder);
  if (free === undefined || free >= mostBytesOf(recipe, items)) return;
  const files = Array.from(items, (item) => item.files.map((file) => file.path)).flat();
  // Where files are replaced, or stay because they are unchanged, what they take now is theirs.
  const replaced = recipe.overwrite === 'never' ? 0 : await bytesOf(outputFolder, [...files, galleryFileName]);
  const { bytes } = await estimateJob(plan, {}, signal);
  const needed = Math.max(bytes, blockBytes * files.length);
  if (free + replaced >= needed) return;
  throw new ExportError(
    'DiskFull',
    `Expected room for about ${inMB(needed)} in ${outputFolder}, but ${inMB(free + replaced)} are free; make room, or choose another folder.`,
  );
}

/** An upper bound, without a look at any pixel. */
function mostBytesOf(asked: Recipe, items: ItemList): number {
  let bytes = 0;
  for (const item of items) {
    if (!item.region) continue;
    const { widthPx, heightPx } = item.region;
    const { downsample } = recipeOfItem(asked, item);
    const pixels = gridSize(widthPx, downsample) * gridSize(heightPx, downsample);
    const channels = Math.max(item.channels.length, ...(item.tiles ?? []).map((tile) => tile.channels.length));
    for (const { format } of item.files) {
      bytes +=
        format === 'ome-tiff' ? widthPx * heightPx * channels * mostBytesPerSample : pixels * mostBytesPerPixel[format];
      bytes += mostBytesBeside;
    }
    if (asked.gallery) bytes += picturesOf(asked, item).length * (pixels * mostBytesPerPixel.png + mostBytesBeside);
  }
  return bytes;
}

async function bytesOf(folder: string, names: readonly string[]): Promise<number> {
  const sizes = await mapLimited(names, statsAtOnce, (name) => fileBytes(path.join(folder, name)));
  return sizes.reduce<number>((sum, size = 0) => sum + size, 0);
}
