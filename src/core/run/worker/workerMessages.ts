/**
 * The messages between a job's runner and its workers. The runner alone decides what has happened: it puts files in
 * place and writes the journal; a worker makes files under temporary names and tells of them.
 */
import type { ErrorData } from '../../model/exportError';
import type { JournalLine } from '../../model/journalLine';
import type { PlannedItem } from '../../model/plan';
import type { StagedFile } from '../../write/writeFileWhole';
import type { JobRequest } from '../../job/readJobRequest';

/** What a worker needs to know before its first item. */
export interface WorkerTask {
  readonly request: Omit<JobRequest, 'items'>;
  /** Whose temporary files are made: the job's id. */
  readonly owner: string;
  /** How often an item is tried again when it failed for a reason that may have passed. */
  readonly retries: number;
  /** What it may keep of images, in bytes. */
  readonly keptBytes: number;
}

/** How an item went in a worker. Its files are whole under their temporary names. */
export interface MadeItem {
  readonly line: JournalLine;
  /** In the order of the line's files. */
  readonly staged: readonly StagedFile[];
}

export type ToWorker =
  | { readonly kind: 'begin'; readonly task: WorkerTask }
  /** To be made in this order, and reported in this order. */
  | { readonly kind: 'make'; readonly items: readonly PlannedItem[] }
  /** Stop within the item in hand, and end. */
  | { readonly kind: 'stop' };

export type FromWorker =
  /** It can be given items. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'made'; readonly items: readonly MadeItem[]; readonly peakMemoryMiB: number }
  /** The item in hand is tried again after so long: until then there is nothing to be heard. */
  | { readonly kind: 'pausing'; readonly pauseMs: number }
  /** What ends the whole job. */
  | { readonly kind: 'broken'; readonly error: ErrorData };
