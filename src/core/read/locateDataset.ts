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
    try {
      return { dataset: await openDataset(first), fovs: [] };
    } catch (error) {
      if (!isExportError(error, 'DatasetInvalid')) throw error;
      const inParent = await tryOpen(path.dirname(first));
      const fov = inParent?.fovs.find((candidate) => candidate.folder === first);
      if (inParent && fov) return { dataset: inParent, fovs: [fov.name] };
      throw error;
    }
  }
  const dataset = await openDataset(path.dirname(first));
  const fovs = folders.map((folder) => {
    const fov = dataset.fovs.find((candidate) => candidate.folder === folder);
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
