import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const panelTabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      (tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith('multiplexBatchExport.panel'),
    );

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`waited in vain until ${what}`);
}

describe('the panel', () => {
  it('is opened by its command, once', async () => {
    await vscode.commands.executeCommand('multiplexBatchExport.open');
    await vscode.commands.executeCommand('multiplexBatchExport.open');
    await until(() => panelTabs().length === 1, 'there is one panel');
  });

  it('is closed and opened again', async () => {
    await vscode.window.tabGroups.close(panelTabs());
    await until(() => panelTabs().length === 0, 'the panel is closed');
    await vscode.commands.executeCommand('multiplexBatchExport.open');
    await until(() => panelTabs().length === 1, 'the panel is open again');
  });

  it('does not throw for a folder that is no dataset, and opens no other panel', async () => {
    // The message with the reason waits for the user; the command itself is over.
    await vscode.commands.executeCommand('multiplexBatchExport.exportFolder', vscode.Uri.file('/no/such/folder'));
    assert.equal(panelTabs().length, 1);
  });
});
