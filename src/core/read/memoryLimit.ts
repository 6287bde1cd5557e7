import { AsyncLocalStorage } from 'node:async_hooks';
import { ExportError } from '../model/exportError';

const limit = new AsyncLocalStorage<number>();
let running = 0;

/**
 * Runs `work`, in which nothing is decoded that takes more than so many bytes alone. All reads below are bounded, however
 * deep: no function in between can forget to hand it on. Without a limit, as in workers, whose items were measured before,
 * everything is read.
 */
export async function withinMemory<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  running++;
  try {
    return await limit.run(bytes, work);
  } finally {
    // Node 20 follows every promise of the process from the first `run` on: a runner of many small items pays for it to its end.
    if (--running === 0) limit.disable();
  }
}

/** `TooLarge` for something to be decoded that takes more than is allowed. */
export function requireMemory(bytes: number, file: string): void {
  const allowed = limit.getStore();
  if (allowed === undefined || bytes <= allowed) return;
  const inMiB = (size: number): number => Math.ceil(Math.max(0, size) / 2 ** 20);
  throw new ExportError(
    'TooLarge',
    `Expected to read ${file} within ${inMiB(allowed)} MiB, what memory leaves for it, but it takes ${inMiB(bytes)} MiB; allow more memory.`,
    { file },
  );
}
