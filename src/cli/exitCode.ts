import { type JobStatus } from '../core/index';

/** 0 nothing failed or was cancelled · 1 some items failed · 3 the job could not go on · 130 cancelled. */
export function exitCodeOf(status: JobStatus): number {
  if (status.error) return 3;
  // Stopped with all items done: the gallery is what was cancelled.
  if (status.cancelled > 0 || status.gallery === 'missing') return 130;
  return status.failed > 0 ? 1 : 0;
}
