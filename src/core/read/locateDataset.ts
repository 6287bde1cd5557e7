import path from 'node:path';
import type { Dataset, Fov } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import { isAtOrIn } from './linksOut';
import { openDataset } from './openDataset';

export interface LocatedDataset {
  readonly dataset: Dataset;
  /** The FOVs that were meant; empty when it was the dataset itself. */
  readonly fovs: readonly string[];
}

/**
 * Finds the dataset that a person means by selecting folders or files: a dataset, or FOVs of one dataset, which are
 * folders of channels, image files of many channels, or OME-Zarr folders. `DatasetInvalid` if one of them is neither.
 */
export async function locateDataset(selected: readonly string[]): Promise<LocatedDataset> {
  const [first] = selected;
  if (selected.length === 1) {
    const above = await tryOpen(path.dirname(first));
    const fovs = above ? fovsAt(above, first) : [];
    // A folder of channels may also hold folders with TIFFs: if its channels lie directly in it, it is a FOV itself.
    if (above && fovs.some((fov) => isImage(fov) || fov.channels.some(({ file }) => path.dirname(file) === first))) {
      return { dataset: above, fovs: fovs.map((fov) => fov.name) };
    }
    try {
      return { dataset: await openDataset(first), fovs: [] };
    } catch (error) {
      const isFov = above && fovs.length > 0 && isExportError(error, 'DatasetInvalid');
      if (isFov) return { dataset: above, fovs: fovs.map((fov) => fov.name) };
      throw error;
    }
  }
  const dataset = await openDataset(path.dirname(first));
  const fovs = selected.flatMap((location) => {
    const found = fovsAt(dataset, location);
    if (found.length > 0) return found.map((fov) => fov.name);
    throw new ExportError('DatasetInvalid', `Expected FOVs of ${dataset.folder}, but ${location} is not one of them.`);
  });
  return { dataset, fovs };
}

/** The FOVs that a folder or file holds: one as a rule, the fields of a plate, or the images of a file. */
function fovsAt(dataset: Dataset, location: string): Fov[] {
  return dataset.fovs.filter(({ path: at }) => isAtOrIn(at, location));
}

/** One image of many channels, in place of a folder of channels. */
function isImage(fov: Fov): boolean {
  return fov.error !== undefined || fov.channels.some((channel) => channel.plane !== undefined);
}

async function tryOpen(folder: string): Promise<Dataset | undefined> {
  try {
    return await openDataset(folder);
  } catch {
    return undefined;
  }
}
