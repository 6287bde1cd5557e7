import path from 'node:path';
import { ExportError, openDataset, readRecipeFile, recipeFileEnding } from '../core/index';
import { datasetFlags, readDatasetOptions } from './datasetFlags';
import { hashFlag, runFlags } from './exportCommands';
import { type Flag, parseFlags, requireChoice, requireOnePositional } from './flags';
import { overwriteFlag } from './lookFlags';
import { runRecipe } from './runRecipe';

export const runCommandFlags: readonly Flag[] = [
  { name: 'dataset', value: 'DATASET', group: 'Dataset', help: 'what to run the recipe on' },
  ...datasetFlags,
  { name: 'out', value: 'DIR', group: 'Where it goes', help: 'output folder', default: 'DATASET/exports' },
  { ...overwriteFlag, default: 'as the recipe says' },
  { name: 'dry-run', group: 'How it runs', help: 'say what would be made, and write nothing' },
  hashFlag,
  ...runFlags,
];

/** `batch-export run RECIPE.export.json --dataset DATASET --out DIR`: a saved recipe. Returns the exit code. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  const flags = parseFlags('run', runCommandFlags, args);
  const file = requireOnePositional(flags, 'run', 'recipe');
  const location = flags.text('dataset');
  if (location === undefined) {
    throw new ExportError('Usage', 'Expected --dataset DATASET, but found none. See batch-export run --help.');
  }
  if (path.extname(file).toLowerCase() !== '.json') {
    throw new ExportError(
      'Usage',
      `Expected a recipe file such as NAME${recipeFileEnding}, but found ${file}; the recipe inside a picture cannot be run yet.`,
    );
  }
  const saved = await readRecipeFile(path.resolve(file));
  const overwrite = flags.text('overwrite');
  const recipe =
    overwrite === undefined
      ? saved
      : { ...saved, overwrite: requireChoice(overwrite, '--overwrite', ['never', 'changed', 'always']) };
  const dataset = await openDataset(path.resolve(location), readDatasetOptions(flags));
  const out = path.resolve(flags.text('out') ?? path.join(dataset.folder, 'exports'));
  return runRecipe(recipe, dataset, out, flags, signal);
}
