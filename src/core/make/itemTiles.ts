import type { ImageHeader, PictureSize } from '../model/image';
import type { PlannedItem, PlannedTile } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { requireOneSize, requireSize } from '../plan/requireOneSize';
import type { SourceReader } from './sourceReader';

/**
 * The tiles that an item's image is made of: those of its stitched slide, or its FOV, which is one at 0, 0. Fails with
 * `SizeMismatch` if the images of the FOV are not of one size.
 */
export async function tilesOf(
  recipe: Recipe,
  item: Pick<PlannedItem, 'fov' | 'channels' | 'masks' | 'annotation' | 'cellMask' | 'tiles'>,
  reader: SourceReader,
): Promise<readonly PlannedTile[]> {
  if (item.tiles) return item.tiles;
  const { fov, channels, masks, annotation, cellMask } = item;
  const size = await sizeOfTile(recipe, item, reader);
  const apart = recipe.cells?.isolate ? cellMask : undefined;
  if (apart) {
    requireSize(size, await reader.headerOf(apart), `mask ${apart.name} of FOV ${fov}, which tells cells apart`);
  }
  const images = { channels, masks, ...(annotation && { annotation }), ...(apart && { cellMask: apart }) };
  return [{ fov, x: 0, y: 0, ...size, ...images }];
}

/** The size that all images of a FOV share; parts of them would not tell. `SizeMismatch` if they do not. */
export async function sizeOfTile(
  recipe: Recipe,
  { fov, channels, masks, annotation }: Pick<PlannedTile, 'fov' | 'channels' | 'masks' | 'annotation'>,
  reader: SourceReader,
): Promise<PictureSize> {
  const headers: ImageHeader[] = [];
  for (const source of [...channels, ...masks, ...(annotation ? [annotation] : [])]) {
    headers.push(await reader.headerOf(source));
  }
  return requireOneSize(recipe, fov, headers);
}
