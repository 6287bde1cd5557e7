import { randomUUID } from 'node:crypto';
import { type Dataset, isExportError, listNames, selectFovs } from '../core/index';
import type { LoadedSettings } from '../webview/protocol';
import type { ReadSettings } from './readSettings';

/** Settings as they are for a dataset: FOVs by their names, and what of them it does not have. */
export function toLoadedSettings({ name, recipe, item }: ReadSettings, dataset: Dataset): LoadedSettings {
  const fovs = new Set<string>();
  const missing: string[] = [];
  for (const pattern of recipe.fovs) {
    try {
      for (const fov of selectFovs([pattern], dataset)) fovs.add(fov.name);
    } catch (error) {
      if (!isExportError(error)) throw error;
      missing.push(pattern);
    }
  }
  const remarks = item ? ['Only what the picture shows is chosen: choose more to make more pictures like it.'] : [];
  if (missing.length > 0) {
    const instead = fovs.size === 0 ? '; all FOVs are chosen' : '';
    remarks.push(`The dataset has no FOV ${listNames(missing)}${instead}.`);
  }
  return {
    id: randomUUID(),
    name,
    recipe: { ...recipe, fovs: [...fovs] },
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
