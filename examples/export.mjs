// Runs a saved recipe from a script of one's own: plans, says what it would make and cost, then makes it.
//   node examples/export.mjs DATASET RECIPE.export.json OUT
import {
  describePreflight,
  estimateJob,
  ExportJob,
  isExportError,
  openDataset,
  planJob,
  readRecipeFile,
} from 'multiplex-batch-export';

const [folder, recipeFile, out] = process.argv.slice(2);
if (out === undefined) throw new Error('Usage: node export.mjs DATASET RECIPE.export.json OUT');

// Ctrl-C stops within the items in hand; `job.start()`, or `batch-export resume OUT`, goes on.
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

try {
  const dataset = await openDataset(folder);
  const plan = await planJob(await readRecipeFile(recipeFile), dataset, out, { signal: stop.signal });
  const { sentence, remarks } = describePreflight(plan, await estimateJob(plan));
  console.log([sentence, ...remarks].join('\n'));

  const job = await ExportJob.create(plan);
  const status = await job.start({
    signal: stop.signal,
    onEvent(event) {
      if (event.event === 'item' && event.outcome === 'failed') console.log(`${event.id}: ${event.error?.message}`);
      if (event.event === 'ended') console.log(`${event.written} of ${event.planned} written in ${event.seconds} s`);
    },
  });
  process.exitCode = status.error || status.failed + status.cancelled > 0 ? 1 : 0;
} catch (error) {
  // What was asked for and cannot be, in one sentence; anything else is a defect and keeps its stack.
  if (!isExportError(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 2;
}
