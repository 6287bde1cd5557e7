import path from 'node:path';
import * as vscode from 'vscode';

/** Shows a folder where the user can see it: in the system's file manager, or, on a remote machine, in VS Code. */
export async function showFolder(folder: string): Promise<void> {
  const uri = vscode.Uri.file(folder);
  const onThisMachine = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  if (onThisMachine) await vscode.commands.executeCommand('revealFileInOS', uri);
  else if (vscode.workspace.getWorkspaceFolder(uri)) await vscode.commands.executeCommand('revealInExplorer', uri);
  else await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
}

/** Opens the manifest of an output folder: one row per picture, with what was done and why something was not. */
export async function showReport(outputFolder: string): Promise<void> {
  const manifest = vscode.Uri.file(path.join(outputFolder, 'manifest.csv'));
  await vscode.window.showTextDocument(manifest, { preview: false });
}
