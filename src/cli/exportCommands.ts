import path from 'node:path';
import { createJobFolder, estimateJob, openDataset, planJob, type Recipe, runJob } from '../core/index';
import { cellFlags } from './cellFlags';
import { datasetFlags, readDatasetOptions } from './datasetFlags';
import { exitCodeOf } from './exitCode';
import { type Flag, parseFlags, requireOnePositional } from './flags';
import { fileFlags, lookFlags, overwriteFlag, readRecipe } from './lookFlags';
import { Reporter } from './reporter';

/** The flags of every command that runs a job. */
export const runFlags: readonly Flag[] = [
  { name: 'json', group: 'How it runs', help: 'events as NDJSON on stdout' },
  { name: 'quiet', group: 'How it runs', help: 'say nothing but errors' },
];

export const fovsFlags: readonly Flag[] = [
  ...lookFlags,
  ...datasetFlags,
  { name: 'out', value: 'DIR', group: 'Where it goes', help: 'output folder', default: 'DATASET/exports' },
  ...fileFlags,
  overwriteFlag,
  { name: 'dry-run', group: 'How it runs', help: 'say what would be made, and write nothing' },
  ...runFlags,
];

export const cellsFlags: readonly Flag[] = [...cellFlags, ...fovsFlags];

/** `batch-export fovs DATASET`: one picture per FOV. Returns the exit code. */
export function fovs(args: readonly string[], signal: AbortSignal): Promise<number> {
  return exportItems('fovs', fovsFlags, args, signal);
}

/** `batch-export cells DATASET`: one picture per chosen cell. Returns the exit code. */
export function cells(args: readonly string[], signal: AbortSignal): Promise<number> {
  return exportItems('cells', cellsFlags, args, signal);
}

async function exportItems(
  mode: Recipe['mode'],
  table: readonly Flag[],
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const flags = parseFlags(mode, table, args);
  const location = requireOnePositional(flags, mode, 'DATASET');
  const dataset = await openDataset(path.resolve(location), readDatasetOptions(flags));
  const out = path.resolve(flags.text('out') ?? path.join(dataset.folder, 'exports'));
  const plan = await planJob(await readRecipe(mode, flags, dataset), dataset, out, signal);
  const reporter = new Reporter(flags);
  if (flags.on('dry-run')) {
    reporter.dryRun(plan, await estimateJob(plan, signal));
    return 0;
  }
  const job = await createJobFolder(plan);
  reporter.planned(job, plan);
  const status = await runJob(job, {
    signal,
    onItem: (line, progress) => {
      reporter.item(line, progress);
    },
  });
  reporter.ended(status, out);
  return exitCodeOf(status);
}
