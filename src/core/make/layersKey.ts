import path from 'node:path';
import { imagesOf } from '../job/listSources';
import type { Dataset } from '../model/dataset';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { versionOf } from '../read/describeFile';

/**
 * All that the layers of a preview depend on, but for contrast limits and colours of channels, files as they are now;
 * `undefined` where that cannot be told cheaply: an OME-Zarr image is many files, of which any may have been written anew.
 */
export async function layersKey(
  { channels, ...others }: Recipe,
  item: PlannedItem,
  maxSidePx: number,
  { folder, cellTable }: Pick<Dataset, 'folder' | 'cellTable'>,
): Promise<string | undefined> {
  const sources = imagesOf(item);
  if (sources.some(({ plane }) => plane && 'zarrIndex' in plane)) return undefined;
  const files = new Set(sources.map(({ file }) => path.resolve(folder, file)));
  if (cellTable) files.add(cellTable.file);
  const versions: string[] = [];
  for (const file of files) versions.push(await versionOf(file));
  const names = channels.map(({ channel }) => channel);
  return JSON.stringify([others, names, item, maxSidePx, versions]);
}
