import path from 'node:path';
import { ExportError, ownFileText, type Recipe, recipeFileEnding, saveOwnFile, toRecipeFile } from '../core/index';
import type { Flag, ParsedFlags } from './flags';
import { say, sayJson } from './say';

export const saveRecipeFlag: Flag = {
  name: 'save-recipe',
  value: `FILE${recipeFileEnding}`,
  group: 'How it runs',
  help: 'write the settings as a recipe in place of running them; it names no folder',
};

/** Where `--save-recipe` writes to, absolute; `undefined` without the flag. */
export function recipeFileOf(flags: ParsedFlags): string | undefined {
  const given = flags.text(saveRecipeFlag.name);
  if (given === undefined) return undefined;
  if (!path.basename(given).endsWith(recipeFileEnding) || path.basename(given) === recipeFileEnding) {
    throw new ExportError('Usage', `Expected --save-recipe FILE${recipeFileEnding}, but found "${given}".`);
  }
  if (flags.on('dry-run')) {
    throw new ExportError('Usage', 'Expected --save-recipe, which writes a file, or --dry-run, but found both.');
  }
  return path.resolve(given);
}

/** Writes a recipe for `batch-export run`. `FileExists` if one is there and the recipe does not say `overwrite: always`. */
export async function saveRecipe(recipe: Recipe, file: string, flags: ParsedFlags): Promise<void> {
  await saveOwnFile(file, ownFileText('recipe', toRecipeFile(recipe)), recipe.overwrite === 'always');
  if (flags.on('json')) sayJson({ event: 'saved', recipe: file });
  else if (!flags.on('quiet')) {
    say(`The recipe is in ${file}: batch-export run RECIPE --dataset DATASET --out DIR`);
  }
}
