import { supersededCode } from '../webview/protocol';

/** The answer to a request that a newer one of its kind replaced. */
export class SupersededError extends Error {
  readonly panelCode = supersededCode;
}

/**
 * Runs one piece of work at a time: a newer one stops the older, which then fails as superseded, and begins when that has
 * really ended. Of several that wait only the newest begins.
 */
export class NewestOnly {
  private current: AbortController | undefined;
  private last: Promise<unknown> = Promise.resolve();

  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.stop();
    const controller = new AbortController();
    this.current = controller;
    const mine = this.last.then(async () => {
      controller.signal.throwIfAborted();
      return work(controller.signal);
    });
    this.last = mine.catch(() => undefined);
    try {
      const result = await mine;
      controller.signal.throwIfAborted();
      return result;
    } catch (error) {
      throw controller.signal.aborted ? new SupersededError('A newer request took its place.') : error;
    }
  }

  stop(): void {
    this.current?.abort();
  }
}
