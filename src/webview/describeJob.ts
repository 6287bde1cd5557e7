import type { JobView } from './protocol';

/** How the job of the panel stands, in a sentence or two. */
export function describeJob(job: JobView): string {
  const counts = [
    `${job.written} of ${job.planned} written`,
    job.unchanged > 0 ? `${job.unchanged} unchanged` : '',
    job.skipped > 0 ? `${job.skipped} skipped` : '',
    job.failed > 0 ? `${job.failed} failed` : '',
    job.cancelled > 0 ? `${job.cancelled} cancelled` : '',
    job.state === 'stopped' && job.gallery === 'missing' ? 'no gallery' : '',
  ].filter(Boolean);
  const titles: Readonly<Record<JobView['state'], string>> = {
    ready: 'Starting',
    running: 'Exporting',
    cancelling: 'Cancelling',
    unknown: 'Not yet known whether somebody is at work',
    stopped: 'Stopped',
    ended: 'Done',
  };
  const reason = job.error === undefined ? '' : ` ${job.error}`;
  const pace = job.pace
    ? ` ${job.pace.perSecond.toFixed(1)} per second, about ${inWords(job.pace.secondsLeft)} left.`
    : '';
  return `${titles[job.state]}: ${counts.join(', ')}.${pace} Output: ${job.outputFolder}.${reason}`;
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
