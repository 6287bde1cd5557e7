import { setImmediate } from 'node:timers/promises';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code of what was cancelled, by whichever signal. */
export const cancelledCode = 130;

/** What reading from a disk that answers takes. */
const answerMs = 100;

/**
 * What Ctrl-C and its like do: end the process at once as long as nothing is written; ask what writes to stop in good order.
 * A second one ends it at once in any case.
 */
export class Interruption {
  private readonly controller = new AbortController();
  private writers = 0;

  /** Raised while something is written. */
  readonly signal = this.controller.signal;

  listen(): void {
    for (const signal of signals) process.once(signal, this.take);
  }

  /**
   * Runs what decodes and draws, which nobody hears a signal during: meanwhile the system itself ends the process, as if it
   * had no listener.
   */
  async whileComputing<T>(compute: () => Promise<T>): Promise<T> {
    this.ignore();
    try {
      return await compute();
    } finally {
      this.listen();
    }
  }

  /** Runs what writes files, which stops by itself when the signal is raised. */
  async whileWriting<T>(write: () => Promise<T>): Promise<T> {
    // One that has come already is heard first.
    await setImmediate();
    this.writers++;
    try {
      return await write();
    } finally {
      this.writers--;
    }
  }

  private readonly take = (name: (typeof signals)[number]): void => {
    if (this.writers > 0) {
      this.controller.abort();
      return;
    }
    // From here on another one ends the process as the system does it.
    this.ignore();
    end(name);
  };

  private ignore(): void {
    for (const signal of signals) process.off(signal, this.take);
  }
}

/**
 * Ends this process. Leaving it in good order waits for reads that are under way, which may be for ever: of a named pipe, of
 * a disk that is gone. Then the signal itself ends it.
 */
function end(name: (typeof signals)[number]): void {
  const isReading = (): boolean => process.getActiveResourcesInfo().some((what) => what.startsWith('FSReq'));
  if (!isReading()) process.exit(cancelledCode);
  setTimeout(() => {
    if (isReading()) process.kill(process.pid, name);
    else process.exit(cancelledCode);
  }, answerMs);
}
