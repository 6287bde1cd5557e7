import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { extensionId } from '../../harness/project';

/** VS Code makes a link of this in notifications; it leads nowhere. */
const link = '[notes](file:nowhere)';

describe('text of strangers in notifications', () => {
  let window: typeof vscode.window;
  const original: Partial<typeof vscode.window> = {};
  let told: string[];
  const folder = mkdtempSync(path.join(tmpdir(), 'mbe-text-'));

  before(async () => {
    const extension = vscode.extensions.getExtension(extensionId)!;
    await extension.activate();
    // Each extension has an API of its own, which depends on the file that asks for it.
    const ownRequire = createRequire(path.join(extension.extensionPath, 'dist', 'extension.cjs'));
    ({ window } = ownRequire('vscode') as typeof vscode);
    Object.assign(original, { showErrorMessage: window.showErrorMessage });
    window.showErrorMessage = (message: string): Promise<undefined> => {
      told.push(message);
      return Promise.resolve(undefined);
    };
  });

  beforeEach(() => {
    told = [];
  });

  after(() => {
    Object.assign(window, original);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is plain where a folder is no dataset, also with what is not seen in its name', async () => {
    const missing = vscode.Uri.file(`/no/such/${link}\u202e`);
    await vscode.commands.executeCommand('multiplexBatchExport.exportFolder', missing);
    assert.equal(told.length, 1);
    assert.ok(told[0].includes('/no/such/[notes] (file:nowhere)\\u202e'), told[0]);
    assert.ok(!told[0].includes(']('), told[0]);
  });

  it('is plain where a recipe or a picture is damaged', async () => {
    for (const ending of ['.export.json', '.png']) {
      const file = path.join(folder, `${link}${ending}`);
      writeFileSync(file, '{');
      told = [];
      await vscode.commands.executeCommand('multiplexBatchExport.loadSettings', vscode.Uri.file(file));
      assert.equal(told.length, 1);
      assert.ok(told[0].includes(`[notes] (file:nowhere)${ending}`), told[0]);
    }
  });
});
