import { ExportError } from '../../model/exportError';
import { ItemList } from '../../model/itemList';
import { itemsPerMessage, type Slice } from '../sliceItems';
import { describeStillborn, failedBy } from './workerDeath';
import type { FromWorker, MadeItem, WorkerTask } from './workerMessages';
import { WorkerProcess } from './workerProcess';

export interface PoolOptions {
  /** How many workers at once, at least 1. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Items begun per second, at most; absent: as fast as it goes. */
  readonly itemsPerSecond?: number;
  /** A worker that has said nothing for so long of the items that it has is ended. */
  readonly itemTimeoutMs: number;
  /** Where what was made goes. */
  readonly take: (made: MadeItem) => void;
  /** Whether more can be taken; while it cannot, workers get nothing new, until `feed` is called. */
  readonly hasRoom: () => boolean;
}

/** A worker that does not stop within an item (in one long call of native code) is ended. */
const stopPatienceMs = 3_000;

/** When so many workers in a row end before they have begun, it is not the items. */
const mostStillborn = 3;

/** Silence is counted in ticks of a timer and not read off a clock: nothing ticks while the machine or the runner sleeps. */
const longestTickMs = 5_000;

/** A process takes its time to start on a busy machine, however short the limit for items is. */
const leastStartMs = 60_000;

/** Items that one worker makes one after the other. */
interface Work {
  readonly items: ItemList;
  /** How many of them were given away. */
  given: number;
  /** Suspected of having ended a worker: made with nothing else in hand, so that the one that does it is known. */
  readonly isSuspect: boolean;
}

/** A worker and what it is at. */
interface Hand {
  readonly worker: WorkerProcess;
  work: Work;
  /** What it has in hand is suspect. */
  hasSuspect: boolean;
  isReady: boolean;
  /** Since it last said something; below zero, it has said that it will be silent. */
  silentTicks: number;
  /** It was ended because it said nothing. */
  isHung: boolean;
  peakMemoryMiB: number;
}

/**
 * Has slices of items made by worker processes. A worker that dies is replaced, and what it had not told of is made again,
 * each item by itself, so that the one that killed it is known: that one fails, and no other. So it is with one that hangs,
 * which is ended.
 */
export class WorkerPool {
  private readonly queue: Work[];
  private readonly hands = new Set<Hand>();
  private readonly peaks: number[] = [];
  private readonly over: Promise<void>;
  private end!: () => void;
  private isStopping = false;
  private stillborn = 0;
  private broken: ExportError | undefined;
  private nextAt = 0;
  private paceTimer: NodeJS.Timeout | undefined;
  private killTimer: NodeJS.Timeout | undefined;
  private readonly tickMs: number;

  constructor(
    private readonly task: WorkerTask,
    slices: readonly Slice[],
    private readonly options: PoolOptions,
  ) {
    this.tickMs = Math.min(longestTickMs, options.itemTimeoutMs / 4);
    this.queue = slices.map((items) => ({ items, given: 0, isSuspect: false }));
    this.over = new Promise((resolve) => (this.end = resolve));
  }

  /**
   * Resolves when every item was told of, or the signal was raised, and no worker is left.
   * @returns the memory that the workers took together at their peaks, in MiB
   * @throws ExportError what a worker says ends the job, or `Internal` if workers cannot be started
   */
  async run(): Promise<number> {
    const { signal, workers } = this.options;
    const stop = (): void => {
      this.stop();
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    else this.feed();
    const ticker = setInterval(() => {
      this.tick();
    }, this.tickMs);
    await this.over;
    clearInterval(ticker);
    signal.removeEventListener('abort', stop);
    clearTimeout(this.killTimer);
    if (this.broken) throw this.broken;
    // A worker that was replaced was not there at the same time as its successor.
    const together = this.peaks.sort((a, b) => b - a).slice(0, workers);
    return together.reduce((sum, peak) => sum + peak, 0);
  }

  /** Ends the job with an error of the runner's own. */
  breakOff(error: ExportError): void {
    this.broken ??= error;
    this.stop();
  }

  /** Gives workers that have nearly nothing left their next items, and starts workers while there is work for them. */
  feed(): void {
    if (this.isStopping || !this.options.hasRoom()) return;
    while (this.hands.size < this.options.workers && this.queue.length > 0) this.start(this.queue.shift()!);
    for (const hand of this.hands) {
      if (!this.mayBegin()) break;
      this.give(hand);
    }
    const isIdle = [...this.hands].every(({ worker, work }) => worker.pending.length === 0 && isGivenAway(work));
    if (this.queue.length === 0 && isIdle) this.stop();
  }

  private start(work: Work): void {
    const worker = new WorkerProcess(this.task, {
      onMessage: (message) => {
        this.hear(hand, message);
      },
      onEnd: (how) => {
        this.bury(hand, how);
      },
    });
    const hand: Hand = {
      worker,
      work,
      hasSuspect: false,
      isReady: false,
      silentTicks: 0,
      isHung: false,
      peakMemoryMiB: 0,
    };
    this.hands.add(hand);
  }

  private give(hand: Hand): void {
    const { pending } = hand.worker;
    if (isGivenAway(hand.work)) hand.work = this.queue.shift() ?? hand.work;
    const { items, given, isSuspect } = hand.work;
    if (isGivenAway(hand.work)) return;
    if (pending.length > 0 && (isSuspect || hand.hasSuspect)) return;
    const { itemsPerSecond } = this.options;
    const perMessage = isSuspect || itemsPerSecond !== undefined ? 1 : itemsPerMessage(items.at(given));
    if (pending.length > perMessage / 2) return;
    hand.hasSuspect = isSuspect;
    const next = [...items.slice(given, given + perMessage)];
    hand.work.given += next.length;
    hand.worker.make(next);
    if (itemsPerSecond !== undefined) this.nextAt = Math.max(this.nextAt, Date.now()) + 1000 / itemsPerSecond;
  }

  /** Whether the rate lets another item begin; if not, it is asked again when it does. */
  private mayBegin(): boolean {
    const waitMs = this.nextAt - Date.now();
    if (waitMs <= 0) return true;
    clearTimeout(this.paceTimer);
    this.paceTimer = setTimeout(() => {
      this.feed();
    }, waitMs);
    return false;
  }

  /** Ends workers that have been silent for too long. */
  private tick(): void {
    for (const hand of this.hands) {
      if (hand.worker.pending.length === 0 || hand.isHung) continue;
      hand.silentTicks++;
      if (hand.silentTicks * this.tickMs <= this.patienceMs(hand)) continue;
      hand.isHung = true;
      hand.worker.kill();
    }
  }

  private patienceMs({ isReady }: Hand): number {
    const { itemTimeoutMs } = this.options;
    return isReady ? itemTimeoutMs : Math.max(itemTimeoutMs, leastStartMs);
  }

  private hear(hand: Hand, message: FromWorker): void {
    hand.silentTicks = 0;
    switch (message.kind) {
      case 'pausing':
        hand.silentTicks = -Math.ceil(message.pauseMs / this.tickMs);
        break;
      case 'ready':
        hand.isReady = true;
        this.stillborn = 0;
        break;
      case 'made':
        hand.peakMemoryMiB = Math.max(hand.peakMemoryMiB, message.peakMemoryMiB);
        for (const made of message.items) this.options.take(made);
        this.feed();
        break;
      case 'broken': {
        const { code, message: text, details } = message.error;
        this.breakOff(new ExportError(code, text, details));
      }
    }
  }

  /** What becomes of the items of a worker that has ended. */
  private bury(hand: Hand, how: string): void {
    this.hands.delete(hand);
    this.peaks.push(hand.peakMemoryMiB);
    if (!this.isStopping) {
      const { pending } = hand.worker;
      const hungForMs = hand.isHung ? this.patienceMs(hand) : undefined;
      if (!hand.isReady && ++this.stillborn >= mostStillborn) {
        this.breakOff(describeStillborn(how, hungForMs));
      } else if (hand.hasSuspect && hand.isReady && pending.length > 0) {
        this.options.take({ line: failedBy(how, hungForMs, pending[0]), staged: [] });
      } else {
        this.queue.unshift(...pending.map((item) => ({ items: ItemList.from([item]), given: 0, isSuspect: true })));
      }
      if (!isGivenAway(hand.work)) this.queue.push(hand.work);
      this.feed();
    }
    if (this.isStopping && this.hands.size === 0) this.end();
  }

  private stop(): void {
    if (this.isStopping) return;
    this.isStopping = true;
    clearTimeout(this.paceTimer);
    for (const { worker } of this.hands) worker.stop();
    this.killTimer = setTimeout(() => {
      for (const { worker } of this.hands) worker.kill();
    }, stopPatienceMs);
    if (this.hands.size === 0) this.end();
  }
}

function isGivenAway({ items, given }: Work): boolean {
  return given === items.length;
}
