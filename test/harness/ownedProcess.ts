import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitOnSignals } from './exitOnSignals';

export interface OwnedProcess {
  /** Fulfilled when the process has ended, however it ended. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** What it has written so far. */
  log(): string;
  /** Ends it and every process that it started, and waits until they are gone. */
  stop(): Promise<void>;
}

export interface OwnedProcessOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const SETPRIV = '/usr/bin/setpriv';
const PATIENCE_MS = 2000;

/**
 * Starts a program that must not outlive this process, whether this one ends well, by a signal or by SIGKILL: it
 * leads a process group of its own, which is ended as a whole, and (where setpriv is installed) the kernel ends it
 * with its parent.
 */
export function startOwnedProcess(
  command: readonly [string, ...string[]],
  { cwd, environment, logFile }: OwnedProcessOptions,
): OwnedProcess {
  const [program, ...args] = endingWithParent('KILL', command);
  const output = openSync(logFile, 'w');
  const child = spawn(program, args, { cwd, env: environment, stdio: ['ignore', output, output], detached: true });
  closeSync(output);

  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = true;
      resolve();
    });
    child.once('error', () => {
      ended = true;
      resolve();
    });
  });

  const kill = (): void => {
    signalGroup(child.pid, 'SIGKILL');
  };
  // Before the listeners that remove its files.
  process.prependListener('exit', kill);
  exitOnSignals();

  return {
    exited,
    hasExited: () => ended,
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    stop: async () => {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        signalGroup(child.pid, signal);
        const deadline = Date.now() + PATIENCE_MS;
        while (signalGroup(child.pid, 0) && Date.now() < deadline) await sleep(20);
      }
      process.off('exit', kill);
    },
  };
}

/** The same command, which the kernel also sends a signal when its parent has ended, where setpriv is installed. */
export function endingWithParent(
  signal: 'KILL' | 'TERM',
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  return existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', signal, '--', ...command] : command;
}

/** Sends a signal to a process group; false if there is none (any more). */
function signalGroup(leader: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (leader === undefined) return false;
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
