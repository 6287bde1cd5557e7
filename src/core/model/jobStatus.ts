import { type Endings, lastOutcomes } from './endings';
import type { ErrorData } from './exportError';
import type { GalleryFile } from './galleryFile';
import type { ItemEnding, JournalLine } from './journalLine';
import type { ItemList } from './itemList';
import type { JobCounts } from './plan';
import type { RunnerInfo } from './runnerInfo';
import { itemNouns, type Mode } from './mode';

/**
 * `cancelling`: asked to stop, and the runner still has an item in hand. `stopped`: no runner, and items, or the gallery,
 * are left. `unknown`: somebody has begun, and it is not yet known whether they are still at work.
 */
export type JobState = 'ready' | 'running' | 'cancelling' | 'unknown' | 'stopped' | 'ended';

/** Whether a runner is at work; `unknown` where it has not been watched for long enough to tell. */
export type RunnerLife = 'alive' | 'unknown' | 'gone';

export interface JobStatus extends JobCounts {
  readonly state: JobState;
  /** Files of the items that were written; an item may have several. */
  readonly files: number;
  /** How many files each item has, at most: ROIs with their own channels may differ. */
  readonly filesPerItem: number;
  /** What an item is called. */
  readonly noun: string;
  /** Items without an outcome yet; as long as a runner is at work they are not `cancelled`. */
  readonly remaining: number;
  /** Of those that failed, the ones that may be tried again; the others were known before the start to be impossible. */
  readonly retryable: number;
  readonly failures: readonly { readonly item: string; readonly error: ErrorData }[];
  /** Of a job that makes one: whether it is there, and shows how the items ended. */
  readonly gallery?: 'made' | 'missing';
  /** Who may be at work, where that is not yet known. */
  readonly runner?: Pick<RunnerInfo, 'pid' | 'host'>;
  /** The error that ended the whole job, if one did. */
  readonly error?: ErrorData;
  readonly seconds?: number;
  readonly peakMemoryMiB?: number;
}

/** How many of what were written, in words: pictures, or FOVs, cells or ROIs where each has several files. */
export function describeWritten(status: JobStatus): string {
  const { written, planned, files, filesPerItem } = status;
  const noun = filesPerItem === 1 ? 'picture' : status.noun;
  const count = `${written} of ${planned} ${noun}${planned === 1 ? '' : 's'} written`;
  return filesPerItem === 1 ? count : `${count} (${files} files)`;
}

/** In words, what is not yet known of a job whose runner was not watched for long enough. */
export function describeUnknown({ runner }: Pick<JobStatus, 'runner'>): string {
  return `whether process ${runner?.pid ?? '?'} on ${runner?.host ?? 'another machine'} is still at work`;
}

/** A job in one line, for a list. */
export function describeStanding(status: JobStatus): string {
  const { state, failed, remaining, gallery } = status;
  const left = remaining === 0 && gallery === 'missing' ? 'the gallery left' : `${remaining} left`;
  const counts = [describeWritten(status), failed > 0 ? `${failed} failed` : '', left].filter(Boolean);
  return `${state === 'unknown' ? `not yet known ${describeUnknown(status)}` : state}: ${counts.join(', ')}`;
}

/** True once nobody is at work on the job, and nobody is expected. */
export function isOver(status: Pick<JobStatus, 'state'>): boolean {
  return status.state === 'ended' || status.state === 'stopped';
}

const runnerVanished: ErrorData = {
  code: 'JobInterrupted',
  message:
    'The process that made the pictures ended without a word: it was killed, or the machine went down. Resume goes on.',
};

/** What a job's folder holds: the whole state of the job. */
export interface JobRecord {
  readonly mode: Mode;
  readonly items: ItemList;
  readonly journal: Endings;
  readonly cancelRequested: boolean;
  /** Of a job that makes a gallery. */
  readonly gallery?: { readonly file?: GalleryFile };
  readonly runner?: RunnerInfo;
}

/** A job's state, of which what is said of files, most of a large one, stays on disk. */
export interface ReadRecord extends JobRecord {
  /** The whole of a line of its journal. */
  readonly lineOf: (ending: ItemEnding) => Promise<JournalLine>;
}

/** Whether a job's gallery, if it makes one, is there and knows of every journal line. */
export function isGalleryDone({ gallery, journal }: Pick<JobRecord, 'gallery' | 'journal'>): boolean {
  return !gallery || gallery.file?.journalLines === journal.length;
}

/**
 * The status of a job, a pure function of its folder.
 * @param life whether the process named in `runner.json` is still there and beating
 */
export function jobStatus(record: JobRecord, life: RunnerLife): JobStatus {
  const outcomes = lastOutcomes(record);
  const counts = { written: 0, unchanged: 0, skipped: 0, failed: 0 };
  const failures: { item: string; error: ErrorData }[] = [];
  let files = 0;
  let retryable = 0;
  // Asked again and again while a job runs: of a million items none is made for it but those that failed.
  for (let place = 0; place < record.items.length; place++) {
    const outcome = outcomes.outcomeOf(place);
    if (!outcome) continue;
    counts[outcome]++;
    files += outcomes.filesOf(place);
    const ending = outcome === 'failed' ? outcomes.of(place) : undefined;
    if (ending?.outcome !== 'failed') continue;
    failures.push({ item: ending.item, error: ending.error });
    if (!record.items.at(place).error) retryable++;
  }
  const remaining = record.items.length - outcomes.size;
  const runner = record.runner;
  const galleryDone = isGalleryDone(record);
  let state: JobState;
  const isAtWork = life !== 'gone' && runner && !runner.endedAt;
  if (isAtWork && life === 'unknown') state = 'unknown';
  else if (isAtWork) state = record.cancelRequested ? 'cancelling' : 'running';
  else if (remaining === 0 && galleryDone) state = 'ended';
  else state = runner ? 'stopped' : 'ready';
  // A runner that leaves in good order says so; one that was killed, or whose machine went down, does not.
  const vanished = state === 'stopped' && !runner?.endedAt;
  const error = runner?.error ?? (vanished ? runnerVanished : undefined);
  return {
    state,
    planned: record.items.length,
    ...counts,
    files,
    filesPerItem: record.items.kinds().reduce((most, item) => Math.max(most, item.files.length), 1),
    noun: itemNouns[record.mode],
    cancelled: state === 'stopped' ? remaining : 0,
    remaining,
    retryable,
    failures,
    ...(record.gallery && { gallery: galleryDone ? 'made' : 'missing' }),
    ...(state === 'unknown' && runner && { runner: { pid: runner.pid, host: runner.host } }),
    ...(error && { error }),
    ...(runner?.seconds !== undefined && { seconds: runner.seconds }),
    ...(runner?.peakMemoryMiB !== undefined && { peakMemoryMiB: runner.peakMemoryMiB }),
  };
}
