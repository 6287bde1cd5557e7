/**
 * The program of a worker process: makes the items that its runner sends, one after the other, and keeps the planes of
 * the FOV in hand between them. A process of its own, because image libraries are native code, whose crash ends their
 * process: the runner notices, says which item it was, and goes on with another worker.
 */
import { toErrorData } from '../../model/exportError';
import type { PlannedItem } from '../../model/plan';
import { optimiseLate } from '../makerEnvironment';
import { readerOfJob } from './readerOfJob';
import type { SourceReader } from '../../make/sourceReader';
import { makeItem } from './makeItem';
import type { FromWorker, MadeItem, ToWorker, WorkerTask } from './workerMessages';

/** Results of small items travel together, but never later than this. */
const reportEveryMs = 100;

optimiseLate();

const stopping = new AbortController();
const queue: PlannedItem[] = [];
let task: WorkerTask | undefined;
let reader: SourceReader | undefined;
let isAtWork = false;

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'begin':
      task = message.task;
      reader = readerOfJob(task);
      tell({ kind: 'ready' });
      break;
    case 'make':
      queue.push(...message.items);
      if (!isAtWork) void work(task!, reader!);
      break;
    case 'stop':
      stopping.abort();
      if (!isAtWork) process.exit(0);
  }
});
// Without a runner nobody would put the files in place.
process.on('disconnect', () => process.exit(0));
// Ctrl-C goes to every process of a terminal; what it means is the runner's to say.
process.on('SIGINT', () => undefined);

async function work(given: WorkerTask, from: SourceReader): Promise<void> {
  isAtWork = true;
  let made: MadeItem[] = [];
  let reportedAt = performance.now();
  const report = (): void => {
    if (made.length > 0) tell({ kind: 'made', items: made, peakMemoryMiB: peakMemoryMiB() });
    made = [];
    reportedAt = performance.now();
  };
  const tellPause = (pauseMs: number): void => {
    tell({ kind: 'pausing', pauseMs });
  };
  try {
    for (let item = queue.shift(); item; item = queue.shift()) {
      const result = await makeItem(given, item, from, { signal: stopping.signal, onPause: tellPause });
      if (!result) break;
      made.push(result);
      if (queue.length === 0 || performance.now() - reportedAt > reportEveryMs) report();
    }
    report();
  } catch (error) {
    report();
    tell({ kind: 'broken', error: toErrorData(error) });
  }
  isAtWork = false;
  if (stopping.signal.aborted) process.exit(0);
}

function tell(message: FromWorker): void {
  // A runner that has gone away hears nothing.
  if (process.connected) process.send!(message, () => undefined);
}

function peakMemoryMiB(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
