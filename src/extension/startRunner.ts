import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import path from 'node:path';

/**
 * Starts the command line's runner on a job folder, in a process of its own: a batch never blocks other extensions, and
 * goes on when the window is reloaded or the connection to a remote machine is lost.
 * @returns resolves when the process has ended, with its exit code
 */
export function startRunner(extensionFolder: string, jobFolder: string): Promise<number | null> {
  // What the process says besides its journal (a crash, mostly) is kept with the job.
  const output = openSync(path.join(jobFolder, 'runner.log'), 'a');
  try {
    const child = spawn(
      process.execPath,
      [path.join(extensionFolder, 'dist', 'cli.cjs'), 'resume', jobFolder, '--quiet'],
      {
        detached: true,
        stdio: ['ignore', output, output],
        windowsHide: true,
        // On the desktop, execPath is the editor itself, which this variable turns into plain Node.
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      },
    );
    child.unref();
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
  } finally {
    closeSync(output);
  }
}
