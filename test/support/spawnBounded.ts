import { spawnSync, type SpawnSyncOptions, type SpawnSyncReturns } from 'node:child_process';

/** What no process of a test takes, on the busiest machine: one that takes longer hangs. */
export const processLimitMs = 600_000;

/** Beyond a mebibyte Node would ask the process to stop and cut its words off: events of 150 000 items are 20 of them. */
const maxBuffer = 2 ** 28;

/**
 * Runs a program to its end, as `spawnSync` does, but never for ever: one that hangs is killed, and the test fails with
 * what it was and what it had said.
 */
export function spawnBounded(
  program: string,
  args: readonly string[],
  options: SpawnSyncOptions = {},
): SpawnSyncReturns<string> {
  const bounds = { maxBuffer, timeout: processLimitMs, killSignal: 'SIGKILL' } as const;
  const result = spawnSync(program, args, { ...bounds, ...options, encoding: 'utf8' });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') {
    const limitSeconds = (options.timeout ?? processLimitMs) / 1000;
    const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim();
    throw new Error(`${[program, ...args].join(' ')} did not end within ${limitSeconds} s, having said: ${said}`);
  }
  return result;
}
