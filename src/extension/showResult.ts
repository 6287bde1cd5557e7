import path from 'node:path';
import * as vscode from 'vscode';
import { galleryFileName } from '../core/index';

/** Whether the machine with the files is the one before the user. */
function isOnThisMachine(): boolean {
  return vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}

/** Shows a folder where the user can see it: in the system's file manager, or, on a remote machine, in VS Code. */
export async function showFolder(folder: string): Promise<void> {
  const uri = vscode.Uri.file(folder);
  if (isOnThisMachine()) await vscode.commands.executeCommand('revealFileInOS', uri);
  else if (vscode.workspace.getWorkspaceFolder(uri)) await vscode.commands.executeCommand('revealInExplorer', uri);
  else await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
}

/** Opens the manifest of an output folder: one row per picture, with what was done and why something was not. */
export async function showReport(outputFolder: string): Promise<void> {
  const manifest = vscode.Uri.file(path.join(outputFolder, 'manifest.csv'));
  await vscode.window.showTextDocument(manifest, { preview: false });
}

/** Opens the gallery of an output folder: with the system's reader of PDF, or, on a remote machine, with VS Code's. */
export async function openGallery(outputFolder: string): Promise<void> {
  const gallery = vscode.Uri.file(path.join(outputFolder, galleryFileName));
  if (isOnThisMachine()) await vscode.env.openExternal(gallery);
  else await vscode.commands.executeCommand('vscode.open', gallery, { preview: false });
}
