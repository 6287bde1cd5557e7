import { runTests } from '@vscode/test-electron';
import { bundleSuite } from '../harness/bundleSuite';
import { repositoryRoot } from '../harness/project';
import { runAsScript } from '../harness/runAsScript';

/** Runs the suite in a desktop VS Code that is downloaded once; VSCODE_VERSION chooses one ("stable", "1.100.3", …). */
runAsScript(async () => {
  await runTests({
    version: process.env['VSCODE_VERSION'] ?? 'stable',
    extensionDevelopmentPath: repositoryRoot,
    extensionTestsPath: await bundleSuite(),
    launchArgs: ['--disable-extensions'],
  });
});
