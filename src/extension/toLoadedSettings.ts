import { randomUUID } from 'node:crypto';
import { type Dataset, findSelected, listNames } from '../core/index';
import type { LoadedSettings } from '../webview/protocol';
import type { ReadSettings } from './readSettings';

/**
 * Settings as they are for a dataset: FOVs by their names, and what of them it does not have. `RecipeInvalid` for patterns of
 * FOVs that cannot be used.
 */
export function toLoadedSettings({ name, recipe, item }: ReadSettings, dataset: Dataset): LoadedSettings {
  const { found, missing } = findSelected(recipe.fovs, dataset);
  const remarks = item ? ['Only what the picture shows is chosen: choose more to make more pictures like it.'] : [];
  if (missing.length > 0) {
    const instead = found.length === 0 ? '; all FOVs are chosen' : '';
    remarks.push(`The dataset has no FOV ${listNames(missing)}${instead}.`);
  }
  return {
    id: randomUUID(),
    name,
    recipe: { ...recipe, fovs: found.map((fov) => fov.name) },
    ...(item && {
      item: {
        id: item.id,
        name: item.roi ? item.roi.name || item.roi.id : item.id,
        // A slide is no FOV.
        fov: item.tiles ? '' : item.fov,
      },
    }),
    remarks,
  };
}
