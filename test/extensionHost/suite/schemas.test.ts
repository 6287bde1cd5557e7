import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { extensionId } from '../../harness/project';

describe('completion and checks in our files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mbe-schemas-'));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the editor says of a file, once it says something. */
  async function problemsOf(name: string, content: object): Promise<string[]> {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    for (let attempt = 0; attempt < 600; attempt++) {
      const found = vscode.languages.getDiagnostics(document.uri);
      if (found.length > 0) return found.map(({ message }) => message);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return [];
  }

  const map = (more: object): object => ({ ...more, version: 1, name: 'Map', colorMap: 'hot' });

  it('come from the $schema, which names no path, wherever the file is', async () => {
    const [first, ...others] = await problemsOf(
      'elsewhere.json',
      map({ $schema: 'multiplex-batch-export:/palette.schema.json' }),
    );
    assert.deepEqual(others, []);
    assert.match(first, /^Value is not accepted\. Valid values: "viridis", "magma"/);
  });

  it('come from the place of the file, where it names none', async () => {
    const [first, ...others] = await problemsOf('.batch-export/palettes/x.mask.json', map({}));
    assert.deepEqual(others, []);
    assert.match(first, /^Value is not accepted\. Valid values: "viridis", "magma"/);
    for (const name of ['marker-sets', 'dataset', 'rois']) {
      assert.ok((await problemsOf(`.batch-export/${name}.json`, { version: 2 })).includes('Value must be 1.'), name);
    }
    assert.ok((await problemsOf('any/figure.export.json', { version: 2 })).includes('Value must be 1.'));
  });

  it('serve nothing but schemas under their scheme', async () => {
    await vscode.extensions.getExtension(extensionId)?.activate();
    const uri = vscode.Uri.parse('multiplex-batch-export:/..%2Fpackage.json');
    const text = await vscode.workspace.openTextDocument(uri).then(
      (document) => document.getText(),
      () => '',
    );
    assert.equal(text, '');
  });
});
