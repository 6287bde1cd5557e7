import { spawn } from 'node:child_process';

export interface RunProcessOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** What nothing that is run here takes, downloads included: a program that takes longer hangs, and is ended. */
const LIMIT_MS = 30 * 60_000;

/** A child process ended with a failure; `output` is everything it wrote. */
export class ProcessFailedError extends Error {
  override readonly name = 'ProcessFailedError';

  constructor(
    command: string,
    outcome: string,
    readonly output: string,
  ) {
    super(`${command} ${outcome}${output === '' ? '' : `:\n${output.trim()}`}`);
  }
}

/** Runs a program to its end and returns what it wrote to its standard output and error. */
export async function runProcess(
  command: readonly [string, ...string[]],
  { cwd, environment = process.env }: RunProcessOptions = {},
): Promise<string> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      reject(new ProcessFailedError(program, `could not be started (${error.message})`, output));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new ProcessFailedError(program, `ended with ${signal ?? `code ${String(code)}`}`, output));
    });
  });
}
