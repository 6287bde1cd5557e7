import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from '../../harness/project';

const COMMANDS = [
  'multiplexBatchExport.open',
  'multiplexBatchExport.exportFolder',
  'multiplexBatchExport.importUeler',
  'multiplexBatchExport.loadSettings',
  'multiplexBatchExport.showLog',
];

describe('activation', () => {
  it('finds the extension installed', () => {
    assert.ok(vscode.extensions.getExtension(extensionId));
  });

  it('is activated when VS Code asks for the schema of one of our files', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.equal(extension?.isActive, false);
    const schema = await vscode.workspace.openTextDocument(
      vscode.Uri.parse('multiplex-batch-export:/rois.schema.json'),
    );
    assert.match(schema.getText(), /"title": "Regions of interest"/);
    assert.equal(extension.isActive, true);
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
