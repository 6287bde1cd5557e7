import { cellTableText, type Dataset, estimateJob, ExportJob, type Plan, planJob, type Recipe } from '../core/index';
import { exitCodeOf } from './exitCode';
import type { ParsedFlags } from './flags';
import { readLimits } from './limitFlags';
import { Reporter } from './reporter';

/**
 * Plans a recipe on a dataset and runs it, or, with `--dry-run`, says what it would make. Returns the exit code.
 * @param out absolute path of the output folder
 */
export async function runRecipe(
  recipe: Recipe,
  dataset: Dataset,
  out: string,
  flags: ParsedFlags,
  signal: AbortSignal,
): Promise<number> {
  const { memoryBytes } = readLimits(flags);
  return runPlan(await planJob(recipe, dataset, out, signal, memoryBytes), dataset, flags, signal);
}

/** Runs what was planned, or, with `--dry-run`, says what it would make. Returns the exit code. */
export async function runPlan(plan: Plan, dataset: Dataset, flags: ParsedFlags, signal: AbortSignal): Promise<number> {
  const limits = readLimits(flags);
  const reporter = new Reporter(flags);
  if (flags.on('dry-run')) {
    if (plan.recipe.mode === 'cells' && dataset.cellTable) reporter.cellTable(cellTableText(dataset.cellTable));
    reporter.dryRun(plan, await estimateJob(plan, limits, signal));
    return 0;
  }
  const job = await ExportJob.create(plan, { hashSources: flags.on('hash-sources'), signal });
  reporter.planned(plan, job.folder);
  return exitCodeOf(await reporter.follow(job, { ...limits, signal }));
}
