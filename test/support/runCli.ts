import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The built command line. */
export const cliFile = path.join(__dirname, '..', '..', 'dist', 'cli.cjs');

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Beyond a mebibyte Node would ask the process to stop and cut its words off: events of 150 000 items are 20 of them. */
const maxBuffer = 2 ** 28;

/** Runs the built command line as a process, as a user does. */
export function runCli(...args: string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliFile, ...args], { encoding: 'utf8', maxBuffer });
  return { exitCode: status, stdout, stderr };
}

/** Runs it with workers that meet with what `misbehave.cjs` makes up. What does not end within a minute is ended. */
export function runCliWith(misbehaviour: string, ...args: string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliFile, ...args], {
    encoding: 'utf8',
    env: misbehaving(misbehaviour),
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return { exitCode: status, stdout, stderr };
}

/** The same, without waiting. */
export function startCliWith(misbehaviour: string, ...args: string[]): ChildProcess {
  const env = misbehaving(misbehaviour);
  return spawn(process.execPath, [cliFile, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
}

function misbehaving(misbehaviour: string): NodeJS.ProcessEnv {
  const NODE_OPTIONS = `--require=${path.join(__dirname, 'misbehave.cjs')}`;
  return { ...process.env, NODE_OPTIONS, MBE_MISBEHAVE: misbehaviour };
}

/** Runs it as an ordinary user; `undefined` where this process cannot become one that can read the project. */
export function runCliAsOrdinaryUser(...args: string[]): CliResult | undefined {
  if (process.getuid?.() !== 0) return runCli(...args);
  const nobody = { uid: 65534, gid: 65534, encoding: 'utf8' } as const;
  if (spawnSync(process.execPath, [cliFile, '--version'], nobody).status !== 0) return undefined;
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliFile, ...args], nobody);
  return { exitCode: status, stdout, stderr };
}

/** Starts it and does not wait. */
export function startCli(...args: string[]): ChildProcess {
  return spawn(process.execPath, [cliFile, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Starts it as an ordinary user, if this process is not one. */
export function startCliAsOrdinaryUser(...args: string[]): ChildProcess {
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  return spawn(process.execPath, [cliFile, ...args], { ...user, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Resolves when a process that was started has ended. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** The NDJSON events on stdout. */
export function eventsOf({ stdout }: CliResult): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
