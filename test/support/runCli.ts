import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { spawnBounded } from './spawnBounded';
import { startProcess } from './startedProcesses';

/** The built command line. */
export const cliFile = path.join(__dirname, '..', '..', 'dist', 'cli.cjs');

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a process, as a user does. */
export function runCli(...args: string[]): CliResult {
  const { status, stdout, stderr } = spawnBounded(process.execPath, [cliFile, ...args]);
  return { exitCode: status, stdout, stderr };
}

/** Runs it with workers that meet with what `misbehave.cjs` makes up. */
export function runCliWith(misbehaviour: string, ...args: string[]): CliResult {
  const env = misbehaving(misbehaviour);
  const { status, stdout, stderr } = spawnBounded(process.execPath, [cliFile, ...args], { env });
  return { exitCode: status, stdout, stderr };
}

/** The same, without waiting. */
export function startCliWith(misbehaviour: string, ...args: string[]): ChildProcess {
  return startProcess(process.execPath, [cliFile, ...args], { env: misbehaving(misbehaviour) });
}

function misbehaving(misbehaviour: string): NodeJS.ProcessEnv {
  const NODE_OPTIONS = `--require=${path.join(__dirname, 'misbehave.cjs')}`;
  return { ...process.env, NODE_OPTIONS, MBE_MISBEHAVE: misbehaviour };
}

/** Starts it and does not wait. */
export function startCli(...args: string[]): ChildProcess {
  return startProcess(process.execPath, [cliFile, ...args]);
}

/** The NDJSON events on stdout. */
export function eventsOf({ stdout }: CliResult): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
