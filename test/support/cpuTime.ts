import assert from 'node:assert/strict';

/**
 * Fails if `work` took this process more than so many seconds of CPU: what a hostile file may cost. Wall time would
 * depend on what else the machine does; work that never ends meets the test's own timeout.
 */
export async function withinCpuSeconds<T>(limit: number, work: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  // What fails must not take long, either.
  const [result] = await Promise.allSettled([Promise.resolve().then(work)]);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  assert.ok(seconds < limit, `took ${seconds.toFixed(1)} s of CPU, more than ${limit}`);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
