import path from 'node:path';
import type { Problem } from '../model/dataset';
import type { ExportErrorCode } from '../model/exportError';
import type { JobStatus } from '../model/jobStatus';
import type { JournalLine } from '../model/journalLine';
import type { JobCounts, Plan, PlannedItem } from '../model/plan';

/** An error without what only a report needs. */
interface EventError {
  readonly code: ExportErrorCode;
  readonly message: string;
}

/** What a job tells while it runs, in this order: planned, problems, one for each item as it ends, ended. Plain data, for JSON. */
export type ExportEvent = PlannedEvent | ProblemEvent | ItemEvent | EndedEvent;

export interface PlannedEvent {
  readonly event: 'planned';
  /** The name of the job's folder; absent when nothing will be made. */
  readonly job?: string;
  readonly items: number;
  readonly problems: readonly Problem[];
}

/** Of a job that goes on: what has changed since it was planned. */
export interface ProblemEvent extends Problem {
  readonly event: 'problem';
}

export interface ItemEvent {
  readonly event: 'item';
  readonly id: string;
  readonly outcome: JournalLine['outcome'];
  /** Relative to the output folder. */
  readonly paths: readonly string[];
  readonly error?: EventError;
}

export interface EndedEvent extends JobCounts {
  readonly event: 'ended';
  readonly seconds?: number;
  readonly peakMemoryMiB?: number;
  /** Of a job that makes one. */
  readonly gallery?: 'made' | 'missing';
  /** What ended the whole job, if something did. */
  readonly error?: EventError;
}

export function plannedEvent(plan: Plan, jobFolder?: string): PlannedEvent {
  const job = jobFolder === undefined ? {} : { job: path.basename(jobFolder) };
  return { event: 'planned', ...job, items: plan.items.length, problems: plan.problems };
}

/** Of a dry run: what would become of an item. */
export interface PlannedItemEvent {
  readonly event: 'planned-item';
  readonly id: string;
  /** Relative to the output folder. */
  readonly paths: readonly string[];
  /** Why nothing would be made of it, as the recipe wants. */
  readonly skip?: string;
  /** What was decided that nobody asked for in so many words. */
  readonly note?: string;
  readonly error?: EventError;
}

export function plannedItemEvent({ id, files, skip, note, error }: PlannedItem): PlannedItemEvent {
  return {
    event: 'planned-item',
    id,
    paths: files.map((file) => file.path),
    ...(skip !== undefined && { skip }),
    ...(note !== undefined && { note }),
    ...(error && { error: toEventError(error) }),
  };
}

export function itemEvent(line: JournalLine): ItemEvent {
  const paths = 'files' in line ? line.files.map((file) => file.path) : [];
  const error = line.outcome === 'failed' ? { error: toEventError(line.error) } : {};
  return { event: 'item', id: line.item, outcome: line.outcome, paths, ...error };
}

export function endedEvent(status: JobStatus): EndedEvent {
  const { planned, written, unchanged, skipped, failed, cancelled, seconds, peakMemoryMiB, gallery, error } = status;
  return {
    event: 'ended',
    ...{ planned, written, unchanged, skipped, failed, cancelled },
    ...(seconds !== undefined && { seconds }),
    ...(peakMemoryMiB !== undefined && { peakMemoryMiB }),
    ...(gallery && { gallery }),
    ...(error && { error: toEventError(error) }),
  };
}

function toEventError({ code, message }: EventError): EventError {
  return { code, message };
}
