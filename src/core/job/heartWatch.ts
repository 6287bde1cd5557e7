import { hostname } from 'node:os';
import { systemCodeOf } from '../model/exportError';
import type { RunnerLife } from '../model/jobStatus';
import type { RunnerInfo } from '../model/runnerInfo';

/** How often a runner says that it lives. */
export const heartbeatMs = 2_000;

/** A runner that has said nothing new for so long of the observer's time is gone. */
export const heartbeatTimeoutMs = 120_000;

/** So long a process of this machine is watched of which the clock says that it has been silent: five beats. */
const localTimeoutMs = 5 * heartbeatMs;

/** What somebody who runs a job, or wants to, says of themselves. */
export interface SignOfLife {
  readonly pid: number;
  readonly host: string;
  /** When they said it, by a clock of theirs that may be wrong, in ms. */
  readonly saidMs: number;
  /** Another text with each beat. */
  readonly value: string;
}

/** What `HeartWatch` asks of the machine; tests ask something else. */
export interface Surroundings {
  /** A clock that nobody sets, in ms. */
  readonly monotonicMs: () => number;
  /** The clock on the wall, in ms. */
  readonly wallMs: () => number;
  readonly host: string;
  readonly isProcessThere: (pid: number) => boolean;
}

const thisMachine: Surroundings = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  host: hostname(),
  isProcessThere,
};

/**
 * Tells whether a job's runner lives, from one look after the other. Clocks of two machines differ, and jump: a runner is
 * alive if its sign of life has changed within the timeout of the observer's own time, whatever time it names. Of a runner
 * of another machine a single look tells nothing, unless it has left in good order. One of this machine is gone with its
 * process; whether the process of that number is still the runner, the clock on the wall tells only where it says yes.
 */
export class HeartWatch {
  private seen?: { readonly value: string; readonly atMs: number; readonly isBeat: boolean };

  constructor(private readonly surroundings: Surroundings = thisMachine) {}

  /** @param sign as it is now; nobody has anything to do with the job if there is none */
  look(sign: SignOfLife | undefined): RunnerLife {
    if (!sign) return 'gone';
    const { monotonicMs, wallMs, host, isProcessThere: isThere } = this.surroundings;
    const nowMs = monotonicMs();
    if (this.seen?.value !== sign.value) {
      this.seen = { value: sign.value, atMs: nowMs, isBeat: this.seen !== undefined };
    }
    const isLocal = sign.host === host;
    if (isLocal && !isThere(sign.pid)) return 'gone';
    const silentMs = nowMs - this.seen.atMs;
    if (silentMs >= heartbeatTimeoutMs) return 'gone';
    if (isLocal && Math.abs(wallMs() - sign.saidMs) < heartbeatTimeoutMs) return 'alive';
    if (isLocal && silentMs >= localTimeoutMs) return 'gone';
    return this.seen.isBeat ? 'alive' : 'unknown';
  }
}

/** What `runner.json` says; `undefined` if nobody has run the job, or the last one has left in good order. */
export function signOfRunner(runner: RunnerInfo | undefined): SignOfLife | undefined {
  if (!runner || runner.endedAt) return undefined;
  const { pid, host, startedAt, heartbeatAt, beats } = runner;
  const value = JSON.stringify([pid, host, startedAt, heartbeatAt, beats]);
  return { pid, host, saidMs: Date.parse(heartbeatAt), value };
}

/** Whether a process of this machine has this number. */
export function isProcessThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'; // Somebody else's process, but there.
  }
}
