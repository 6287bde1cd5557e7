import { rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { repositoryRoot } from './project';

/**
 * Bundles the extension host's suite, each file of it on its own, and returns what VS Code is to load.
 * Left outside: what the extension host provides, what must be there once, and what has a native library.
 */
export async function bundleSuite(): Promise<string> {
  const outdir = path.join(repositoryRoot, 'out-test/extensionHost');
  // The suite runs every file in there: none may be left of a test that is gone.
  rmSync(outdir, { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: repositoryRoot,
    entryPoints: ['test/extensionHost/suite/*.ts'],
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha', 'sharp'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outdir, 'index.js');
}
