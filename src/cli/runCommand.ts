import path from 'node:path';
import {
  ExportError,
  findEmbedded,
  openDataset,
  outputFor,
  planAgain,
  planGalleryAgain,
  readRecipeFile,
  requireEmbedded,
} from '../core/index';
import { datasetFlags, readDatasetOptions } from './datasetFlags';
import { hashFlag, runFlags } from './exportCommands';
import { type Flag, parseFlags, requireChoice, requireOnePositional } from './flags';
import type { Interruption } from './interruption';
import { readLimits } from './limitFlags';
import { allowMismatchFlag, overwriteFlag } from './lookFlags';
import { runPlan, runRecipe } from './runRecipe';

export const runCommandFlags: readonly Flag[] = [
  { name: 'dataset', value: 'DATASET', group: 'Dataset', help: 'what to run the recipe on' },
  ...datasetFlags,
  allowMismatchFlag,
  { name: 'out', value: 'DIR', group: 'Where it goes', help: 'output folder', default: 'DATASET/exports' },
  { ...overwriteFlag, default: 'as the recipe says' },
  { name: 'dry-run', group: 'How it runs', help: 'say what would be made, and write nothing' },
  hashFlag,
  ...runFlags,
];

/**
 * `batch-export run RECIPE.export.json|PICTURE --dataset DATASET --out DIR`: a saved recipe, or a picture or gallery again.
 * Returns the exit code.
 */
export async function run(args: readonly string[], interruption: Interruption): Promise<number> {
  const flags = parseFlags('run', runCommandFlags, args);
  const file = requireOnePositional(flags, 'run', 'recipe or picture');
  const location = flags.text('dataset');
  if (location === undefined) {
    throw new ExportError('Usage', 'Expected --dataset DATASET, but found none. See batch-export run --help.');
  }
  const overwrite = flags.text('overwrite');
  const replace =
    overwrite === undefined ? undefined : requireChoice(overwrite, '--overwrite', ['never', 'changed', 'always']);
  const isPicture = path.extname(file).toLowerCase() !== '.json';
  const made = isPicture ? requireEmbedded(await findEmbedded(path.resolve(file)), file) : undefined;
  const saved = made?.recipe ?? (await readRecipeFile(path.resolve(file)));
  const goesOn = flags.on('allow-mismatch') ? { allowMismatch: true as const } : {};
  const dataset = await openDataset(path.resolve(location), readDatasetOptions(flags));
  const out = await outputFor(dataset, flags.text('out'));
  if (made) {
    const again = { ...made, recipe: { ...saved, ...goesOn } };
    const { memoryBytes } = readLimits(flags);
    const plan = await interruption.whileComputing(() =>
      'gallery' in again
        ? planGalleryAgain(again, dataset, out, { overwrite: replace, memoryBytes })
        : planAgain(again, file, dataset, out, { overwrite: replace, memoryBytes }),
    );
    return runPlan(plan, dataset, flags, interruption);
  }
  return runRecipe(
    { ...saved, ...(replace && { overwrite: replace }), ...goesOn },
    { dataset, out },
    flags,
    interruption,
  );
}
