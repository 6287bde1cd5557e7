import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The panel's page: one script and one style sheet of ours, and nothing from anywhere else. */
export function panelHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (...parts: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...parts)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    // Previews are shown from memory.
    `img-src blob:`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${uri('media', 'panel.css')}" />
    <title>Multiplex Batch Export</title>
  </head>
  <body>
    <main id="panel"></main>
    <script nonce="${nonce}" src="${uri('dist', 'webview.js')}"></script>
  </body>
</html>`;
}
