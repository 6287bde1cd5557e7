import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** What nothing that a test waits for takes, on the busiest machine. */
const limitMs = 300_000;

/**
 * Resolves as soon as something is so. Fails with what was waited for when the time is up, or at once when the process
 * that would make it so has ended without.
 * @param what completes "waited for", such as "the second picture"
 */
export async function waitUntil(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  by?: ChildProcess,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    // Asked before: what it did last, it did before it ended.
    const isOver = by !== undefined && (by.exitCode !== null || by.signalCode !== null);
    if (await isSo()) return;
    if (isOver) throw new Error(`waited for ${what}, but the process ended with ${by.signalCode ?? by.exitCode}`);
    if (Date.now() > deadline) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
    await pause(10);
  }
}
