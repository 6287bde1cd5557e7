import * as vscode from 'vscode';
import { locateDataset, messageOf } from '../core/index';
import { chooseWorkspaceDataset } from './chooseWorkspaceDataset';
import { importFromUeler } from './importFromUeler';
import { JobMonitor } from './jobMonitor';
import { openCommand } from '../webview/protocol';
import { log } from './log';
import { Panel } from './panel';
import { schemaDocuments } from './schemaDocuments';
import { tell } from './tell';
import { tellMenuOfUelerFolders } from './uelerFolders';

/** Wires commands and the panel; everything else is in the file that is named for it. */
export function activate(context: vscode.ExtensionContext): void {
  const jobs = new JobMonitor(context.extensionPath, context.workspaceState);
  const services = { context, jobs };
  context.subscriptions.push(
    log,
    jobs,
    vscode.commands.registerCommand(openCommand, () =>
      reportErrors(async () => {
        if (await Panel.replaceOrphan(services)) return;
        const panel = Panel.show(services);
        if (!panel.hasDataset) await panel.open(chooseWorkspaceDataset());
      }),
    ),
    vscode.commands.registerCommand(
      'multiplexBatchExport.exportFolder',
      (clicked?: vscode.Uri, selected?: readonly vscode.Uri[]) =>
        reportErrors(async () => {
          const folders = selected && selected.length > 0 ? selected : clicked ? [clicked] : [];
          if (folders.length === 0) return;
          const elsewhere = folders.find((uri) => uri.scheme !== 'file');
          if (elsewhere)
            throw new Error(
              `Expected folders or files on disk, but ${elsewhere.toString()} is not; images cannot be read there.`,
            );
          const located = await locateDataset(folders.map((uri) => uri.fsPath));
          await Panel.show(services).open(Promise.resolve(located));
        }),
    ),
    vscode.commands.registerCommand('multiplexBatchExport.loadSettings', (clicked?: vscode.Uri) =>
      reportErrors(async () => {
        if (!clicked) return;
        const panel = Panel.show(services);
        if (!panel.hasDataset) await panel.open(chooseWorkspaceDataset());
        await panel.loadSettings(clicked.fsPath);
      }),
    ),
    vscode.commands.registerCommand('multiplexBatchExport.importUeler', (clicked?: vscode.Uri) =>
      reportErrors(() => importFromUeler(clicked)),
    ),
    vscode.commands.registerCommand('multiplexBatchExport.showLog', () => {
      log.show();
    }),
    vscode.window.registerWebviewPanelSerializer(Panel.viewType, {
      deserializeWebviewPanel: (panel) => Panel.restore(services, panel),
    }),
    schemaDocuments(context.extensionUri),
    vscode.workspace.onDidChangeWorkspaceFolders(() => tellMenuOfUelerFolders()),
  );
  void tellMenuOfUelerFolders();
}

async function reportErrors(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.error(messageOf(error), error instanceof Error ? error.stack : undefined);
    void tell('error', messageOf(error));
  }
}
