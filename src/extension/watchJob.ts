import {
  describeUnknown,
  type ErrorData,
  type ExportJob,
  isOver,
  type JobReader,
  type JobStatus,
  messageOf,
} from '../core/index';
import { log } from './log';
import { tell, withProgress } from './tell';

const pollMs = 200;

interface WatchOptions {
  /** Resolves with a sentence when the process that we started has ended, or could not be started. */
  readonly runnerEnded: Promise<string>;
  /** The job was over, and goes on as soon as that process has begun. */
  readonly isAgain: boolean;
  /** Called when the status has changed, at most five times a second. */
  readonly onStatus: (status: JobStatus) => void;
}

/**
 * Watches a job's folder and shows its progress, with a Cancel button, as VS Code does for long work.
 * @returns the last status; one that is not over, though nobody is at work any more, becomes `stopped` with an error
 */
export async function watchJob(
  job: ExportJob,
  reader: JobReader,
  { runnerEnded, isAgain, onStatus }: WatchOptions,
): Promise<JobStatus> {
  return withProgress('Exporting pictures', async (report, token) => {
    const listener = token.onCancellationRequested(() => {
      job.cancel().catch((error: unknown) => {
        void tell('error', `The job cannot be cancelled: ${messageOf(error)}`);
      });
    });
    let ended: string | undefined;
    void runnerEnded.then((how) => (ended = how));
    try {
      let isBegun = !isAgain;
      let shown = 0;
      let last = '';
      for (;;) {
        // Asked before reading: what the runner wrote last is then surely seen.
        const endedBefore = ended;
        const status = await reader.status();
        isBegun ||= !isOver(status) || endedBefore !== undefined;
        if (isOver(status) && isBegun) return status;
        if (endedBefore !== undefined && status.state === 'ready') return stoppedWith(status, endedBefore);
        // The number of failures is enough: there may be thousands.
        const news = JSON.stringify({ ...status, failures: status.failures.length });
        if (isBegun && news !== last) {
          last = news;
          onStatus(status);
          const done = status.planned - status.remaining;
          const cancelling = status.state === 'cancelling' || token.isCancellationRequested ? 'Cancelling… ' : '';
          const failed = status.failed > 0 ? `, ${status.failed} failed` : '';
          const unknown = status.state === 'unknown' ? `; not yet known ${describeUnknown(status)}` : '';
          const increment = (100 * (done - shown)) / Math.max(status.planned, 1);
          report(`${cancelling}${done} of ${status.planned}${failed}${unknown}`, increment);
          shown = done;
        }
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    } finally {
      listener.dispose();
    }
  });
}

/** A job that was never begun, or that cannot be read any more. */
export function stoppedWith(status: JobStatus, reason: string): JobStatus {
  log.error(reason);
  const error: ErrorData = { code: 'JobInterrupted', message: reason };
  return { ...status, state: 'stopped', cancelled: status.remaining, error };
}
