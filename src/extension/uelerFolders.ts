import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** Folders looked at below each workspace folder. */
const maxFolders = 200;

/** The folders with state of UELer: workspace folders and their direct sub-folders. Absolute paths. */
export async function uelerFolders(): Promise<string[]> {
  const found: string[] = [];
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme !== 'file') continue;
    const entries = await readdir(uri.fsPath, { withFileTypes: true }).catch(() => []);
    const below = entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.')).slice(0, maxFolders);
    for (const folder of [uri.fsPath, ...below.map(({ name }) => path.join(uri.fsPath, name))]) {
      const state = await stat(path.join(folder, '.UELer')).catch(() => undefined);
      if (state?.isDirectory()) found.push(folder);
    }
  }
  return found;
}

/** Tells the explorer's menu, whose conditions cannot look into a folder, which folders hold state of UELer. */
export async function tellMenuOfUelerFolders(): Promise<void> {
  await vscode.commands.executeCommand('setContext', 'multiplexBatchExport.uelerFolders', await uelerFolders());
}
