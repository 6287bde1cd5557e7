import path from 'node:path';
import type { Problem, SavedMarkerSet, ViewerSettings } from '../model/dataset';
import { datasetSettingsSchema } from '../model/datasetSettings';
import { ExportError, messageOf } from '../model/exportError';
import type { PixelSize } from '../model/image';
import { markerSetFileSchema } from '../model/markerSet';
import { readJson } from './readJson';
import { readUelerState } from './readUelerState';

interface SavedState {
  readonly markerSets: readonly SavedMarkerSet[];
  readonly pixelSize?: PixelSize;
  readonly viewer?: ViewerSettings;
  readonly warnings: readonly Problem[];
}

/**
 * Marker sets and the pixel size saved with a dataset: ours in `.batch-export`, then UELer's in `.UELer`, which is never
 * written. Of two sets with one name the first counts. State that cannot be read is a warning; a file that the user
 * named (`markerSetFile`) must be right, else `DatasetInvalid`.
 */
export async function readSavedMarkerSets(dataset: string, markerSetFile?: string): Promise<SavedState> {
  const warnings: Problem[] = [];
  const own = markerSetFile
    ? await readMarkerSetFile(markerSetFile, 'file')
    : await tolerant(warnings, () =>
        readMarkerSetFile(path.join(dataset, '.batch-export', 'marker-sets.json'), 'project'),
      );
  const settings = await tolerant(warnings, () =>
    readJson(path.join(dataset, '.batch-export', 'dataset.json'), datasetSettingsSchema),
  );
  const ueler = await readUelerState(dataset, warnings);

  const markerSets = [...(own ?? [])];
  const names = new Set(markerSets.map(({ name }) => name));
  // A file that the user named stands in place of all saved sets.
  for (const set of ueler && !markerSetFile ? ueler.markerSets : []) {
    if (names.has(set.name)) continue;
    names.add(set.name);
    markerSets.push({ ...set, origin: 'ueler' });
  }
  const pixelSize: PixelSize | undefined = settings?.pixelSizeUm
    ? { um: settings.pixelSizeUm, origin: 'dataset' }
    : ueler?.pixelSizeUm
      ? { um: ueler.pixelSizeUm, origin: 'ueler' }
      : undefined;
  return { markerSets, ...(pixelSize && { pixelSize }), ...(ueler && { viewer: ueler.viewer }), warnings };
}

async function readMarkerSetFile(
  file: string,
  origin: SavedMarkerSet['origin'],
): Promise<SavedMarkerSet[] | undefined> {
  const content = await readJson(file, markerSetFileSchema);
  if (!content && origin === 'file')
    throw new ExportError('DatasetInvalid', `Expected marker sets in ${file}, but there is no such file.`);
  const names = new Set<string>();
  const twice = content?.markerSets.find(({ name }) => names.size === names.add(name).size)?.name;
  if (twice !== undefined)
    throw new ExportError(
      'DatasetInvalid',
      `Expected marker sets of different names in ${file}, but found two called "${twice}".`,
    );
  return content?.markerSets.map((set) => ({ ...set, origin }));
}

async function tolerant<T>(warnings: Problem[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    warnings.push({ code: 'DatasetInvalid', message: messageOf(error) });
    return undefined;
  }
}
