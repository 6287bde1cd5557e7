import { defaultMemoryBytes } from './memoryBudget';

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
}

/** The same with what holds where nothing is said. */
export type CompleteLimits = RunLimits & Required<Pick<RunLimits, 'memoryBytes' | 'retries'>>;

const defaultRetries = 2;

export function completeLimits({ jobs, memoryBytes, retries, itemsPerSecond }: RunLimits): CompleteLimits {
  return {
    ...(jobs !== undefined && { jobs }),
    memoryBytes: memoryBytes ?? defaultMemoryBytes(),
    retries: retries ?? defaultRetries,
    ...(itemsPerSecond !== undefined && { itemsPerSecond }),
  };
}
