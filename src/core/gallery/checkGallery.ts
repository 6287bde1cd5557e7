import { ExportError } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import { listNames } from '../model/listNames';
import type { ItemList } from '../model/itemList';
import type { Recipe } from '../model/recipe';
import { loadFont } from '../read/loadFont';
import { GalleryLayout } from '../render/layOutGallery';
import { GalleryLooks, gallerySettings, galleryTitle } from './describeGallery';
import { idOf, picturesOf } from './galleryItems';

/**
 * Makes sure, before anything is written, that the gallery of a job has a name of its own and room for its pictures.
 * Fails with `NameCollision` or `RecipeInvalid`.
 * @returns how many pages it will have; `undefined` if none is wanted
 */
export function checkGallery(recipe: Recipe, items: ItemList, datasetFolder: string): number | undefined {
  if (!recipe.gallery) return undefined;
  const same = items.filter(({ files }) => files.some(({ path }) => path.toLowerCase() === galleryFileName));
  if (same.length > 0) {
    throw new ExportError(
      'NameCollision',
      `Expected ${galleryFileName} for the gallery alone, but ${listNames(Array.from(same, ({ id }) => id))} would have a file of this name, too; give the pictures another name.`,
    );
  }
  const looks = new GalleryLooks(recipe);
  const entries = Array.from(items, (item) => {
    const isMade = !item.error && item.skip === undefined;
    const ids = isMade ? picturesOf(recipe, item).map(({ id }) => id) : [idOf(item)];
    const look = looks.of(item);
    return ids.map((id) => ({ id, caption: '', alt: '', look }));
  }).flat();
  const facts = {
    title: galleryTitle(recipe, datasetFolder),
    settings: gallerySettings(recipe, items),
    looks: looks.all,
  };
  return new GalleryLayout(recipe.gallery, facts, entries, loadFont()).pages;
}
