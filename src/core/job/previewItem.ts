import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import type { Recipe } from '../model/recipe';
import { encodePng } from '../write/encodePng';
import { planItems } from './planJob';
import { renderItem } from './renderItem';

export interface Preview {
  readonly png: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Full-resolution pixels per preview pixel; greater than the recipe's where the picture was too large to show. */
  readonly downsample: number;
  readonly scaleBarUm?: number;
}

/**
 * Renders one item as the job would, with the job's own renderer and encoder. A picture with a side longer than
 * `maxSidePx` is shown at the smallest stronger downsample that fits, which the result says.
 */
export async function previewItem(
  recipe: Recipe,
  dataset: Dataset,
  fov: string,
  maxSidePx: number,
  signal?: AbortSignal,
): Promise<Preview> {
  const [item] = await planItems(
    { ...recipe, fovs: [] },
    { ...dataset, fovs: dataset.fovs.filter((f) => f.name === fov) },
  );
  if (!item)
    throw new ExportError('FovNotFound', `Expected FOV ${fov} in ${dataset.folder}, but there is none of this name.`);
  const longestPx = Math.max(item.region?.widthPx ?? 1, item.region?.heightPx ?? 1);
  const downsample = Math.max(recipe.downsample, Math.ceil(longestPx / maxSidePx));
  const picture = await renderItem({ ...recipe, downsample }, item, dataset.folder, signal);
  signal?.throwIfAborted();
  return {
    png: await encodePng(picture),
    widthPx: picture.widthPx,
    heightPx: picture.heightPx,
    downsample,
    ...(picture.scaleBar && { scaleBarUm: picture.scaleBar.lengthUm }),
  };
}
