import { type JobStatus } from '../core/index';

/** 0 nothing failed or was cancelled · 1 some items failed · 2 its dataset is not there · 3 the job could not go on · 130 cancelled. */
export function exitCodeOf(status: JobStatus): number {
  // A dataset that is not where it was is the user's to find; else the job could not go on.
  if (status.error) return status.error.code === 'DatasetInvalid' ? 2 : 3;
  // Stopped with all items done: the gallery is what was cancelled.
  if (status.cancelled > 0 || status.gallery === 'missing') return 130;
  return status.failed > 0 ? 1 : 0;
}
