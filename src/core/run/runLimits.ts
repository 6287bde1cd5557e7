import { defaultMemoryBytes } from '../plan/memoryBudget';

/** How a job runs; no pixel depends on it. */
export interface RunLimits {
  /** Worker processes at once, at least 1; absent: one for each processor. */
  readonly jobs?: number;
  /** What runner and workers may take together; absent: a part of what the machine has. */
  readonly memoryBytes?: number;
  /** How often an item is tried again after a failure that may have passed; absent: twice. */
  readonly retries?: number;
  /** Items begun per second, at most. */
  readonly itemsPerSecond?: number;
  /** A worker that has said nothing for so long of the items that it has is ended; absent: ten minutes. */
  readonly itemTimeoutMs?: number;
}

/** The same with what holds where nothing is said. */
export type CompleteLimits = RunLimits & Required<Pick<RunLimits, 'memoryBytes' | 'retries' | 'itemTimeoutMs'>>;

const defaultRetries = 2;

/** Many times what the largest picture takes on a slow disk. */
const defaultItemTimeoutMs = 600_000;

export function completeLimits(limits: RunLimits): CompleteLimits {
  const { jobs, memoryBytes, retries, itemsPerSecond, itemTimeoutMs } = limits;
  return {
    ...(jobs !== undefined && { jobs }),
    memoryBytes: memoryBytes ?? defaultMemoryBytes(),
    retries: retries ?? defaultRetries,
    ...(itemsPerSecond !== undefined && { itemsPerSecond }),
    itemTimeoutMs: itemTimeoutMs ?? defaultItemTimeoutMs,
  };
}
