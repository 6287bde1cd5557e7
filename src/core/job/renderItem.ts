import path from 'node:path';
import { ExportError } from '../model/exportError';
import type { LabelImage, Plane } from '../model/image';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { loadFont } from '../read/loadFont';
import { readLabels } from '../read/readLabels';
import { readPlane } from '../read/readTiff';
import { type RenderedPicture, renderPicture } from '../render/renderPicture';

/**
 * Reads what an item needs and renders it; the one path for preview and export, so that both make the same pixels.
 * The signal is asked between files.
 */
export async function renderItem(
  recipe: Recipe,
  item: PlannedItem,
  datasetFolder: string,
  signal?: AbortSignal,
): Promise<RenderedPicture> {
  if (item.error) throw new ExportError(item.error.code, item.error.message, item.error.details);
  const planes: Plane[] = [];
  for (const { file } of item.channels) {
    signal?.throwIfAborted();
    planes.push(await readPlane(path.resolve(datasetFolder, file)));
  }
  const masks: LabelImage[] = [];
  for (const { file } of item.masks) {
    signal?.throwIfAborted();
    masks.push(await readLabels(path.resolve(datasetFolder, file)));
  }
  signal?.throwIfAborted();
  return renderPicture(recipe, {
    fov: item.fov,
    planes,
    masks,
    font: loadFont(),
    ...(item.pixelSize && { pixelSizeUm: item.pixelSize.um }),
  });
}
