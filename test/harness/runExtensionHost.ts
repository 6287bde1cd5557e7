import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { bundleSuite } from './bundleSuite';
import { writeCodeExecutable } from './codeExecutable';
import { installVsix } from './installVsix';
import type { MochaSummary } from './mochaResults';
import { readMochaSummary } from './mochaResults';
import { packageVsix } from './packageVsix';
import { runAsScript } from './runAsScript';
import type { RunDirectory } from './runDirectory';
import { makeRunDirectory } from './runDirectory';

export interface RunExtensionHostOptions {
  readonly vsix: string;
  /** The folder to open; an empty one unless told. */
  readonly folder?: string;
  /** Added to the environment of the extension host. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs the suite of test/extensionHost with @vscode/test-electron, against the installed package (not the source
 * tree: what is missing in the package must fail here), in a VS Code that needs no desktop.
 */
export async function runExtensionHost({ vsix, folder, environment }: RunExtensionHostOptions): Promise<MochaSummary> {
  const run = makeRunDirectory();
  try {
    await installVsix(run, vsix);
    const resultFile = path.join(run.root, 'mocha.json');
    try {
      await runTests({
        vscodeExecutablePath: writeCodeExecutable(run.root),
        extensionDevelopmentPath: emptyExtension(run),
        extensionTestsPath: await bundleSuite(),
        extensionTestsEnv: { ...environment, MOCHA_JSON: resultFile },
        launchArgs: [folder ?? run.workspace, '--extensions-dir', run.extensions, '--user-data-dir', run.userData],
      });
    } catch (error) {
      // Failed tests explain a failed run. If none failed, something else did.
      if (!(error instanceof TestRunFailedError) || readMochaSummary(resultFile).failed === 0) throw error;
    }
    return readMochaSummary(resultFile);
  } finally {
    run.remove();
  }
}

/** VS Code runs tests for an extension under development; this one does nothing, so that only the package counts. */
function emptyExtension(run: RunDirectory): string {
  const directory = path.join(run.root, 'emptyExtension');
  mkdirSync(directory);
  const manifest = { name: 'empty', publisher: 'test', version: '0.0.0', engines: { vscode: '*' } };
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify(manifest));
  return directory;
}

if (require.main === module) {
  runAsScript(async () => {
    const { passed, failed, skipped } = await runExtensionHost({ vsix: await packageVsix() });
    console.log(`Extension host: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0) process.exitCode = 1;
  });
}
