import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isExportError, type LocatedDataset, openDataset } from '../core/index';
import { log } from './log';
import { choose } from './tell';

/** Folders looked at below each workspace folder; a dataset that is deeper is opened from the explorer. */
const maxFolders = 200;

/**
 * The dataset of the workspace: a workspace folder or one of its direct sub-folders. Asks when there are several;
 * `undefined` when there is none, or when the question was dismissed.
 */
export async function chooseWorkspaceDataset(): Promise<LocatedDataset | undefined> {
  const found: LocatedDataset[] = [];
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme !== 'file') continue;
    const itself = await tryOpen(uri.fsPath);
    if (itself) {
      found.push(itself);
      continue;
    }
    const entries = await readdir(uri.fsPath, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.'));
    if (folders.length > maxFolders) {
      log.warn(`${uri.fsPath} has ${folders.length} sub-folders; datasets are looked for in the first ${maxFolders}.`);
    }
    for (const folder of folders.slice(0, maxFolders)) {
      const dataset = await tryOpen(path.join(uri.fsPath, folder.name));
      if (dataset) found.push(dataset);
    }
  }
  if (found.length <= 1) return found[0];
  const choices = found.map((located) => ({
    label: path.basename(located.dataset.folder),
    description: `${located.dataset.fovs.length} FOVs`,
    detail: vscode.workspace.asRelativePath(located.dataset.folder),
    value: located,
  }));
  return choose('Multiplex Batch Export', 'Choose a dataset', choices);
}

async function tryOpen(folder: string): Promise<LocatedDataset | undefined> {
  try {
    return { dataset: await openDataset(folder), fovs: [] };
  } catch (error) {
    if (isExportError(error, 'DatasetInvalid')) return undefined;
    throw error;
  }
}
