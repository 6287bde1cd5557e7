import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { PlannedItem } from '../../model/plan';
import { makerEnvironment } from '../makerEnvironment';
import type { FromWorker, ToWorker, WorkerTask } from './workerMessages';

/** What a runner hears of a worker. */
export interface WorkerListener {
  onMessage(message: FromWorker): void;
  /** Once, after its last message. `how` is a signal's name or an exit code, in words. */
  onEnd(how: string): void;
}

/** What waits for a disk that is dead cannot even be killed: after so long it counts as ended. */
const killPatienceMs = 2_000;

/** A worker as its runner sees it: a process, and the items that it has and has not told of, in their order. */
export class WorkerProcess {
  readonly pending: PlannedItem[] = [];
  private readonly child: ChildProcess;
  private ended = false;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    task: WorkerTask,
    private readonly listener: WorkerListener,
  ) {
    this.child = startWorker();
    let how: string | undefined;
    const endOnce = (): void => {
      // The last messages may come after the exit: the channel's end is the end.
      if (this.ended || how === undefined || this.child.connected) return;
      this.end(how);
    };
    this.child.on('message', (message: FromWorker) => {
      if (this.ended) return; // What it had was given to others.
      if (message.kind === 'made') this.pending.splice(0, message.items.length);
      listener.onMessage(message);
    });
    this.child.once('error', (error) => {
      how ??= error.message;
      endOnce();
    });
    this.child.once('exit', (code, signal) => {
      how ??= signal ?? `code ${code}`;
      endOnce();
    });
    this.child.once('disconnect', endOnce);
    this.send({ kind: 'begin', task });
  }

  /** Gives it items to make. */
  make(items: readonly PlannedItem[]): void {
    this.pending.push(...items);
    this.send({ kind: 'make', items });
  }

  /** Asks it to end within the item in hand. */
  stop(): void {
    this.send({ kind: 'stop' });
  }

  /** Ends it at once: its temporary files stay, to be swept. */
  kill(): void {
    this.child.kill('SIGKILL');
    this.patience ??= setTimeout(() => {
      if (this.child.connected) this.child.disconnect();
      this.child.unref();
      if (!this.ended) this.end('SIGKILL');
    }, killPatienceMs);
  }

  private end(how: string): void {
    this.ended = true;
    clearTimeout(this.patience);
    this.listener.onEnd(how);
  }

  private send(message: ToWorker): void {
    // What cannot be sent any more is known by the end of the process.
    if (this.child.connected) this.child.send(message, () => undefined);
  }
}

/** The program lies beside this file's bundle, or is its source, which `tsx` runs in tests. */
function startWorker(): ChildProcess {
  const isSource = path.extname(__filename) === '.ts';
  const program = path.join(__dirname, isSource ? 'renderWorker.ts' : 'renderWorker.cjs');
  return fork(program, {
    execArgv: isSource ? ['--import', 'tsx'] : [],
    // Standard output is the runner's own.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: makerEnvironment(),
  });
}
