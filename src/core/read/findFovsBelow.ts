import path from 'node:path';
import { listFolder, tiffPattern } from './listFolder';

/** So many folders are looked into, at either level: enough for a sentence, whatever lies there. */
const mostFolders = 50;

/** A folder of a project that holds what a dataset is made of. */
export interface FolderWithFovs {
  /** Absolute. */
  readonly folder: string;
  /** Folders with TIFF files, and OME-Zarr images, as far as it was looked. */
  readonly fovs: number;
}

/**
 * The sub-folders of a folder without FOVs that hold some: somebody chose the folder of the whole project. Looks at names
 * alone.
 * @param names of the sub-folders that may hold any
 */
export async function findFovsBelow(folder: string, names: readonly string[]): Promise<FolderWithFovs[]> {
  const found: FolderWithFovs[] = [];
  for (const name of names.slice(0, mostFolders)) {
    const below = path.join(folder, name);
    let fovs = 0;
    for (const fov of (await foldersIn(below)).slice(0, mostFolders)) if (await mayBeFov(path.join(below, fov))) fovs++;
    if (fovs > 0) found.push({ folder: below, fovs });
  }
  return found;
}

async function mayBeFov(folder: string): Promise<boolean> {
  if (folder.toLowerCase().endsWith('.zarr')) return true;
  const listing = await listFolder(folder, 'a folder').catch(() => undefined);
  return listing?.files.some((file) => tiffPattern.test(file)) ?? false;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  return (await listFolder(folder, 'a folder').catch(() => undefined))?.folders ?? [];
}
