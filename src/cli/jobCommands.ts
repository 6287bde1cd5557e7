import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { datasetFolderOf, describeUnknown, ExportJob, JobReader, type JobStatus } from '../core/index';
import { exitCodeOf } from './exitCode';
import { type Flag, parseFlags, requireOnePositional } from './flags';
import { runFlags } from './exportCommands';
import type { Interruption } from './interruption';
import { readLimits } from './limitFlags';
import { namedFrom, Reporter } from './reporter';
import { say, sayJson } from './say';

export const statusFlags: readonly Flag[] = [
  { name: 'json', group: 'How it runs', help: 'one JSON document on stdout' },
];
export const cancelFlags: readonly Flag[] = [];
export const resumeFlags: readonly Flag[] = [
  {
    name: 'dataset',
    value: 'DIR',
    group: 'Dataset',
    help: 'where the dataset of the job was moved to; it is known from then on',
    default: 'where it was, or beside the pictures that were moved with it',
  },
  ...runFlags,
  {
    name: 'keep-cancel',
    group: 'How it runs',
    help: 'stop at once if the job was asked to stop, as the panel wants it',
  },
];

const what = 'OUT or JOB_DIR';

/** So long a job is watched of which one look does not tell whether somebody is at work: some heartbeats. */
const mostWatchMs = 11_000;
const watchMs = 500;

async function watchedStatus(job: ExportJob): Promise<JobStatus> {
  const reader = new JobReader(job.folder);
  const untilMs = performance.now() + mostWatchMs;
  for (;;) {
    const found = await reader.status();
    if (found.state !== 'unknown' || performance.now() > untilMs) return found;
    await pause(watchMs);
  }
}

/** `batch-export status OUT|JOB_DIR`: how a job stands, from its folder alone. */
export async function status(args: readonly string[]): Promise<number> {
  const flags = parseFlags('status', statusFlags, args);
  const job = await ExportJob.open(requireOnePositional(flags, 'status', what));
  const { failures, ...counts } = await watchedStatus(job);
  if (flags.on('json')) {
    sayJson({ job: path.basename(job.folder), ...counts, failures });
    return 0;
  }
  const { state, planned, written, unchanged, skipped, failed, cancelled, remaining, gallery, error: ended } = counts;
  say(
    `${path.basename(job.folder)}: ${state === 'unknown' ? 'not yet known' : state}; ${planned} planned, ${written} written, ${unchanged} unchanged, ${skipped} skipped, ${failed} failed, ${cancelled} cancelled, ${remaining} left${gallery ? `; gallery ${gallery}` : ''}`,
  );
  if (state === 'unknown') say(`It is not yet known ${describeUnknown(counts)}: resume waits until it is.`);
  if (ended) say(`${ended.code}: ${ended.message}`);
  for (const { item, error } of failures) say(`${item}: ${error.code}: ${error.message}`);
  if (failures.length > 0) say(namedFrom(await job.datasetFolder()));
  return 0;
}

/** `batch-export resume OUT|JOB_DIR`: makes the items that have no outcome yet. Returns the exit code of the job. */
export async function resume(args: readonly string[], interruption: Interruption): Promise<number> {
  const flags = parseFlags('resume', resumeFlags, args);
  const limits = readLimits(flags);
  const job = await ExportJob.open(requireOnePositional(flags, 'resume', what));
  const reporter = new Reporter(flags);
  const place = flags.text('dataset');
  const dataset = place === undefined ? {} : { dataset: await datasetFolderOf(path.resolve(place)) };
  const ended = await reporter.follow(job, {
    ...limits,
    ...dataset,
    signal: interruption.signal,
    keepCancel: flags.on('keep-cancel'),
    whileWriting: (write) => interruption.whileWriting(write),
  });
  reporter.notTriedAgain(ended);
  return exitCodeOf(ended);
}

/** `batch-export cancel OUT|JOB_DIR`: asks whoever runs the job to stop after the item in hand. */
export async function cancel(args: readonly string[], interruption: Interruption): Promise<number> {
  const flags = parseFlags('cancel', cancelFlags, args);
  const job = await ExportJob.open(requireOnePositional(flags, 'cancel', what));
  await interruption.whileWriting(() => job.cancel());
  return 0;
}
