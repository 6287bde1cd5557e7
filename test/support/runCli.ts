import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

const cli = path.join(__dirname, '..', '..', 'dist', 'cli.cjs');

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a process, as a user does. */
export function runCli(...args: string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { exitCode: status, stdout, stderr };
}

/** Runs it as an ordinary user; `undefined` where this process cannot become one that can read the project. */
export function runCliAsOrdinaryUser(...args: string[]): CliResult | undefined {
  if (process.getuid?.() !== 0) return runCli(...args);
  const nobody = { uid: 65534, gid: 65534, encoding: 'utf8' } as const;
  if (spawnSync(process.execPath, [cli, '--version'], nobody).status !== 0) return undefined;
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], nobody);
  return { exitCode: status, stdout, stderr };
}

/** Starts it and does not wait. */
export function startCli(...args: string[]): ChildProcess {
  return spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The NDJSON events on stdout. */
export function eventsOf({ stdout }: CliResult): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
