import type { RunnerInfo } from '../model/runnerInfo';
import { heartbeatMs } from '../job/heartWatch';
import { isCancelRequested, writeRunner } from '../job/jobNotes';
import type { Claim } from './claimJob';

const cancelPollMs = 250;

/**
 * Rewrites `runner.json` now and then, so that others see that the runner lives. One that was suspended finds, when it
 * wakes, whether another one has taken the job over: `isLost` is raised then.
 */
export function startHeart(
  jobFolder: string,
  claim: Claim,
  runner: RunnerInfo,
): { isLost: AbortSignal; stop(): Promise<void> } {
  const lost = new AbortController();
  let count = 0;
  const beat = async (): Promise<void> => {
    if (await claim.loss()) lost.abort();
    // A beat that cannot be written is no reason to stop: the pictures may well go elsewhere.
    else {
      const beat = { heartbeatAt: new Date().toISOString(), beats: ++count };
      await writeRunner(jobFolder, { ...runner, ...beat }).catch(() => undefined);
    }
  };
  let beats: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    beats = beats.then(beat);
  }, heartbeatMs);
  return {
    isLost: lost.signal,
    async stop() {
      clearInterval(timer);
      await beats;
    },
  };
}

/** A signal that is raised by any of the given ones, and when the job's `cancel` file appears. */
export function watchCancel(jobFolder: string, others: readonly AbortSignal[]): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const look = (): void => {
    void isCancelRequested(jobFolder).then((asked) => {
      if (asked) controller.abort();
    });
  };
  look();
  const timer = setInterval(look, cancelPollMs);
  return {
    signal: AbortSignal.any([...others, controller.signal]),
    stop() {
      clearInterval(timer);
    },
  };
}
