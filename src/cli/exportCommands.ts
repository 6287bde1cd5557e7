import path from 'node:path';
import { openDataset, outputFor, type Recipe } from '../core/index';
import { cellFlags } from './cellFlags';
import { datasetFlags, readDatasetOptions } from './datasetFlags';
import { type Flag, parseFlags, requireOnePositional } from './flags';
import type { Interruption } from './interruption';
import { allowMismatchFlag, fileFlags, lookFlags, overwriteFlag, readRecipe } from './lookFlags';
import { limitFlags } from './limitFlags';
import { roiFlags } from './roiFlags';
import { runRecipe } from './runRecipe';
import { recipeFileOf, saveRecipe, saveRecipeFlag } from './saveRecipe';

/** The flags of every command that runs a job. */
export const runFlags: readonly Flag[] = [
  { name: 'json', group: 'How it runs', help: 'events as NDJSON on stdout' },
  { name: 'quiet', group: 'How it runs', help: 'say nothing but errors' },
  ...limitFlags,
];

export const hashFlag: Flag = {
  name: 'hash-sources',
  group: 'How it runs',
  help: 'keep the SHA-256 of every image with the job, and tell changed ones by it',
};

export const fovsFlags: readonly Flag[] = [
  ...lookFlags,
  ...datasetFlags,
  allowMismatchFlag,
  { name: 'out', value: 'DIR', group: 'Where it goes', help: 'output folder', default: 'DATASET/exports' },
  ...fileFlags,
  overwriteFlag,
  { name: 'dry-run', group: 'How it runs', help: 'say what would be made, and write nothing' },
  saveRecipeFlag,
  hashFlag,
  ...runFlags,
];

export const cellsFlags: readonly Flag[] = [...cellFlags, ...fovsFlags];

export const roisFlags: readonly Flag[] = [...roiFlags, ...fovsFlags];

/** `batch-export fovs DATASET`: one picture per FOV. Returns the exit code. */
export function fovs(args: readonly string[], interruption: Interruption): Promise<number> {
  return exportItems('fovs', fovsFlags, args, interruption);
}

/** `batch-export cells DATASET`: one picture per chosen cell. Returns the exit code. */
export function cells(args: readonly string[], interruption: Interruption): Promise<number> {
  return exportItems('cells', cellsFlags, args, interruption);
}

/** `batch-export rois DATASET`: one picture per chosen ROI. Returns the exit code. */
export function rois(args: readonly string[], interruption: Interruption): Promise<number> {
  return exportItems('rois', roisFlags, args, interruption);
}

async function exportItems(
  mode: Recipe['mode'],
  table: readonly Flag[],
  args: readonly string[],
  interruption: Interruption,
): Promise<number> {
  const flags = parseFlags(mode, table, args);
  const location = requireOnePositional(flags, mode, 'DATASET');
  const recipeFile = recipeFileOf(flags);
  const dataset = await openDataset(path.resolve(location), readDatasetOptions(flags));
  const recipe = await readRecipe(mode, flags, dataset);
  if (recipeFile !== undefined) {
    await interruption.whileWriting(() => saveRecipe(recipe, recipeFile, flags));
    return 0;
  }
  const out = await outputFor(dataset, flags.text('out'));
  return runRecipe(recipe, { dataset, out }, flags, interruption);
}
