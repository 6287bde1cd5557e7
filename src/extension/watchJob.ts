import path from 'node:path';
import * as vscode from 'vscode';
import { type JobStatus, messageOf, readJobStatus, requestCancel } from '../core/index';
import { log } from './log';

const pollMs = 200;

/** True once nobody will do anything more for this job. */
function isOver(status: JobStatus): boolean {
  return status.state === 'ended' || status.state === 'stopped';
}

/**
 * Watches a job's folder and shows its progress, with a Cancel button, as VS Code does for long work.
 * @param runnerEnded resolves when the process that we started has ended; never, for a job that was found running
 * @param onStatus called with every new status, at most five times a second
 */
export async function watchJob(
  jobFolder: string,
  runnerEnded: Promise<number | null>,
  onStatus: (status: JobStatus) => void,
): Promise<JobStatus> {
  const outputFolder = path.dirname(path.dirname(jobFolder));
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Exporting pictures', cancellable: true },
    async (progress, token) => {
      const listener = token.onCancellationRequested(() => {
        void requestCancel(jobFolder);
      });
      let gone = false;
      void runnerEnded.then(
        () => (gone = true),
        (error: unknown) => {
          gone = true;
          log.error(`The runner could not be started: ${messageOf(error)}`);
        },
      );
      try {
        let shown = 0;
        for (;;) {
          // Asked before reading: what the runner wrote last is then surely seen.
          const wasGone = gone;
          const status = await readJobStatus(jobFolder);
          onStatus(status);
          const done = status.planned - status.remaining;
          const increment = (100 * (done - shown)) / Math.max(status.planned, 1);
          shown = done;
          const cancelling = status.state === 'cancelling' || token.isCancellationRequested ? 'Cancelling… ' : '';
          const failed = status.failed > 0 ? `, ${status.failed} failed` : '';
          progress.report({ increment, message: `${cancelling}${done} of ${status.planned}${failed}` });
          if (wasGone || isOver(status)) return status;
          await new Promise((resolve) => setTimeout(resolve, pollMs));
        }
      } finally {
        listener.dispose();
        log.info(`Stopped watching the job in ${outputFolder}`);
      }
    },
  );
}
