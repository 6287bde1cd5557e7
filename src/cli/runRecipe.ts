import {
  cellTableText,
  createJobFolder,
  type Dataset,
  estimateJob,
  type Plan,
  planJob,
  type Recipe,
  runJob,
} from '../core/index';
import { exitCodeOf } from './exitCode';
import type { ParsedFlags } from './flags';
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
  return runPlan(await planJob(recipe, dataset, out, signal), dataset, flags, signal);
}

/** Runs what was planned, or, with `--dry-run`, says what it would make. Returns the exit code. */
export async function runPlan(plan: Plan, dataset: Dataset, flags: ParsedFlags, signal: AbortSignal): Promise<number> {
  const reporter = new Reporter(flags);
  if (flags.on('dry-run')) {
    if (plan.recipe.mode === 'cells' && dataset.cellTable) reporter.cellTable(cellTableText(dataset.cellTable));
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
  reporter.ended(status, plan.outputFolder);
  return exitCodeOf(status);
}
