let registered = false;

/**
 * Makes the signals that ask this process to end lead to Node's 'exit' event, and so to everything that cleans up
 * there; by default they end Node without it.
 */
export function exitOnSignals(): void {
  if (registered) return;
  registered = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
}
