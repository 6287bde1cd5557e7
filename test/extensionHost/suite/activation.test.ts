import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from '../../harness/project';

const COMMANDS = ['multiplexBatchExport.open', 'multiplexBatchExport.exportFolder', 'multiplexBatchExport.showLog'];

describe('activation', () => {
  it('finds the extension installed', () => {
    assert.ok(vscode.extensions.getExtension(extensionId));
  });

  it('activates, and registers its commands', async () => {
    await vscode.extensions.getExtension(extensionId)?.activate();
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      COMMANDS.filter((command) => !registered.includes(command)),
      [],
    );
  });
});
