import path from 'node:path';
import type { Dataset } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import { openDataset } from './openDataset';

export interface LocatedDataset {
  readonly dataset: Dataset;
  /** The FOVs that the folders were; empty when the folder was the dataset itself. */
  readonly fovs: readonly string[];
}

/**
 * Finds the dataset that a person means by selecting folders: a dataset, or FOV folders of one dataset.
 * `DatasetInvalid` if a folder is neither.
 */
export async function locateDataset(folders: readonly string[]): Promise<LocatedDataset> {
  const [first] = folders;
  if (folders.length === 1) {
    const above = await tryOpen(path.dirname(first));
    const fov = above?.fovs.find((candidate) => candidate.path === first);
    // A folder with channels directly in it is a FOV, even if some folder inside it holds TIFFs, too.
    const holdsChannels = fov?.channels.some((channel) => path.dirname(channel.file) === first);
    if (above && fov && holdsChannels) return { dataset: above, fovs: [fov.name] };
    try {
      return { dataset: await openDataset(first), fovs: [] };
    } catch (error) {
      if (above && fov && isExportError(error, 'DatasetInvalid')) return { dataset: above, fovs: [fov.name] };
      throw error;
    }
  }
  const dataset = await openDataset(path.dirname(first));
  const fovs = folders.map((folder) => {
    const fov = dataset.fovs.find((candidate) => candidate.path === folder);
    if (fov) return fov.name;
    throw new ExportError(
      'DatasetInvalid',
      `Expected FOV folders of ${dataset.folder}, but ${folder} is not one of them.`,
    );
  });
  return { dataset, fovs };
}

async function tryOpen(folder: string): Promise<Dataset | undefined> {
  try {
    return await openDataset(folder);
  } catch {
    return undefined;
  }
}
