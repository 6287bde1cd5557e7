import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import path from 'node:path';
import { makerEnvironment, type RunLimits } from '../core/index';

/**
 * Starts the command line's runner on a job folder, in a process of its own: a batch never blocks other extensions, and
 * goes on when the window is reloaded or the connection to a remote machine is lost.
 * @param limits what it may take of the machine
 * @param dataset where the job's dataset was moved to, if it was
 * @returns resolves when the process has ended or could not be started, with a sentence that says how
 */
export function startRunner(
  extensionFolder: string,
  jobFolder: string,
  limits: RunLimits,
  dataset?: string,
): Promise<string> {
  // What the process says besides its journal (a crash, mostly) is kept with the job.
  const logFile = path.join(jobFolder, 'runner.log');
  const output = openSync(
    logFile,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0),
  );
  try {
    const moved = dataset === undefined ? [] : [`--dataset=${dataset}`];
    const cli = path.join(extensionFolder, 'dist', 'cli.cjs');
    const child = spawn(
      process.execPath,
      [cli, 'resume', jobFolder, '--quiet', '--keep-cancel', ...limitArguments(limits), ...moved],
      {
        detached: true,
        stdio: ['ignore', output, output],
        windowsHide: true,
        env: makerEnvironment(),
      },
    );
    child.unref();
    return new Promise((resolve) => {
      child.once('error', (error) => {
        resolve(`The process that makes the pictures could not be started: ${error.message}.`);
      });
      child.once('exit', (code, signal) => {
        resolve(`The process that makes the pictures ended with ${signal ?? `code ${code}`}; ${logFile} may say why.`);
      });
    });
  } finally {
    closeSync(output);
  }
}

function limitArguments({ jobs, memoryBytes, retries }: RunLimits): string[] {
  return [
    ...(jobs === undefined ? [] : ['--jobs', String(jobs)]),
    ...(memoryBytes === undefined ? [] : ['--memory', `${Math.floor(memoryBytes / 2 ** 20)}MiB`]),
    ...(retries === undefined ? [] : ['--retries', String(retries)]),
  ];
}
