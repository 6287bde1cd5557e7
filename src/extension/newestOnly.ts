import { supersededCode } from '../webview/protocol';

/** The answer to a request that a newer one of its kind replaced. */
export class SupersededError extends Error {
  readonly panelCode = supersededCode;
}

/** Runs one piece of work at a time: a newer one stops the older, which then fails as superseded. */
export class NewestOnly {
  private current: AbortController | undefined;

  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.stop();
    const controller = new AbortController();
    this.current = controller;
    try {
      const result = await work(controller.signal);
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
