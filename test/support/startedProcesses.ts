import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { processLimitMs } from './spawnBounded';

/** Starts a process and does not wait for it. It ends with its test at the latest, however that ends. */
export function startProcess(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const event = (name: 'exit' | 'close'): Promise<void> =>
    new Promise((resolve) => {
      child.once(name, () => {
        resolve();
      });
    });
  started.set(child, { exit: event('exit'), close: event('close') });
  return child;
}

const started = new Map<ChildProcess, Record<'exit' | 'close', Promise<void>>>();

/** Resolves when a process that was started has ended, and all that it wrote was received. */
export function ended(child: ChildProcess): Promise<void> {
  return within(child, 'close');
}

/** Resolves when it has ended, though processes that it started, and that write where it wrote, may live on. */
export function exited(child: ChildProcess): Promise<void> {
  return within(child, 'exit');
}

async function within(child: ChildProcess, event: 'exit' | 'close'): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${child.spawnargs.join(' ')} did not end within ${processLimitMs / 1000} s`));
    }, processLimitMs);
  });
  try {
    await Promise.race([started.get(child)![event], timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** Root hook of every test run: no process outlives its test, also when that failed. */
export const mochaHooks = {
  afterEach(): void {
    for (const child of started.keys()) child.kill('SIGKILL'); // Nothing, for one that has ended.
    started.clear();
  },
};
