import {
  cellTableText,
  type Dataset,
  estimateJob,
  ExportJob,
  type Plan,
  planJob,
  type Recipe,
  requireRoom,
} from '../core/index';
import { exitCodeOf } from './exitCode';
import type { ParsedFlags } from './flags';
import { readLimits } from './limitFlags';
import type { Interruption } from './interruption';
import { Reporter } from './reporter';

/**
 * Plans a recipe on a dataset and runs it, or, with `--dry-run`, says what it would make. Returns the exit code.
 * @param place.out absolute path of the output folder
 */
export async function runRecipe(
  recipe: Recipe,
  { dataset, out }: { readonly dataset: Dataset; readonly out: string },
  flags: ParsedFlags,
  interruption: Interruption,
): Promise<number> {
  const { memoryBytes } = readLimits(flags);
  const plan = await interruption.whileComputing(() => planJob(recipe, dataset, out, { memoryBytes }));
  return runPlan(plan, dataset, flags, interruption);
}

/** Runs what was planned, or, with `--dry-run`, says what it would make. Returns the exit code. */
export async function runPlan(
  plan: Plan,
  dataset: Dataset,
  flags: ParsedFlags,
  interruption: Interruption,
): Promise<number> {
  const limits = readLimits(flags);
  const reporter = new Reporter(flags);
  if (flags.on('dry-run')) {
    if (plan.recipe.mode === 'cells' && dataset.cellTable) reporter.cellTable(cellTableText(dataset.cellTable));
    reporter.dryRun(plan, await interruption.whileComputing(() => estimateJob(plan, limits)));
    return 0;
  }
  await interruption.whileComputing(() => requireRoom(plan));
  return makePlanned(plan, { reporter, limits, hashSources: flags.on('hash-sources') }, interruption);
}

interface Making {
  readonly reporter: Reporter;
  readonly limits: ReturnType<typeof readLimits>;
  readonly hashSources: boolean;
}

/**
 * Makes what was planned. The plan is let go of once it is in the job's folder, where it is read again: it may be of a million
 * items, and who runs a job has them once. So this function is not async, which would keep it.
 */
function makePlanned(
  plan: Plan,
  { reporter, limits, hashSources }: Making,
  interruption: Interruption,
): Promise<number> {
  let planned: Plan | undefined = plan;
  return interruption.whileWriting(async () => {
    const job = await ExportJob.create(planned!, { hashSources, hasRoom: true });
    reporter.planned(planned!, job.folder);
    planned = undefined;
    return exitCodeOf(await reporter.follow(job, { ...limits, signal: interruption.signal }));
  });
}
