import * as vscode from 'vscode';
import { schemaScheme } from '../core/index';

/**
 * Gives VS Code the schemas that the `$schema` of our files names. It activates this extension when it meets the scheme
 * (`onFileSystem` in package.json), so the files need no path to where the extension happens to be installed.
 */
export function schemaDocuments(extension: vscode.Uri): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(schemaScheme, {
    provideTextDocumentContent: async ({ path }) => {
      if (!/^\/[a-z-]+\.schema\.json$/.test(path)) return undefined;
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'schemas', path));
      return new TextDecoder().decode(bytes);
    },
  });
}
