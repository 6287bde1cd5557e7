import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from '../../harness/project';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly description?: string; readonly markdownDescription?: string }>
      >;
    };
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly description: string };
    readonly virtualWorkspaces: { readonly supported: boolean; readonly description: string };
  };
}

function manifest(): Manifest {
  return vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;
}

describe('contributions', () => {
  it('every contributed command is registered', async () => {
    await vscode.extensions.getExtension(extensionId)?.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest().contributes.commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('folders and TIFFs in the explorer offer the export, pictures and recipes their settings, state of UELer its import, and the palette does not offer it without a file', () => {
    const { menus } = manifest().contributes;
    assert.deepEqual(
      menus['explorer/context']?.map(({ command, when }) => [command, when]),
      [
        ['multiplexBatchExport.exportFolder', 'explorerResourceIsFolder || resourceExtname =~ /^\\.(tiff?|qptiff)$/i'],
        [
          'multiplexBatchExport.loadSettings',
          'resourceExtname =~ /^\\.(png|jpg|jpeg|webp|tif|tiff|pdf|svg)$/i || resourceFilename =~ /\\.export\\.json$/i',
        ],
        [
          'multiplexBatchExport.importUeler',
          'explorerResourceIsFolder && (resourceFilename == .UELer || resourcePath in multiplexBatchExport.uelerFolders)',
        ],
      ],
    );
    assert.deepEqual(
      menus['commandPalette']?.map(({ command, when }) => [command, when]),
      [
        ['multiplexBatchExport.exportFolder', 'false'],
        ['multiplexBatchExport.loadSettings', 'false'],
      ],
    );
  });

  it('every setting has a description and its default', () => {
    const { properties } = manifest().contributes.configuration;
    const configuration = vscode.workspace.getConfiguration();
    for (const [name, { description, markdownDescription }] of Object.entries(properties)) {
      assert.ok(description ?? markdownDescription, name);
      assert.notEqual(configuration.get(name), undefined, name);
    }
    assert.equal(configuration.get('multiplexBatchExport.scaleBar'), 'auto');
    assert.equal(configuration.get('multiplexBatchExport.scaleBarColor'), 'auto');
    assert.equal(configuration.get('multiplexBatchExport.scaleBarPlace'), 'bottom-right');
  });

  it('says what it does in untrusted and virtual workspaces', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest().capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.ok(untrustedWorkspaces.description);
    assert.equal(virtualWorkspaces.supported, false);
    assert.ok(virtualWorkspaces.description);
  });
});
