import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { endingWithParent } from './ownedProcess';

/**
 * Writes an executable that @vscode/test-electron takes for a desktop's `code` (vscodeExecutablePath), and that runs
 * the tests in the VS Code server instead; so one suite, and one way to run it, serve both.
 */
export function writeCodeExecutable(directory: string): string {
  const executable = path.join(directory, 'code');
  // test-electron does not end what it started when it is ended itself.
  const command = endingWithParent('TERM', [
    process.execPath,
    '--require',
    require.resolve('tsx/cjs'),
    path.join(__dirname, 'codeMain.ts'),
  ]);
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  writeFileSync(executable, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  return executable;
}
