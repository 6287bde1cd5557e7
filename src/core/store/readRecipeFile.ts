import { ExportError, messageOf } from '../model/exportError';
import type { Recipe } from '../model/recipe';
import { recipeFileSchema } from '../model/recipeFile';
import { readJson } from './readJson';

/** The recipe of a file. `Usage` if there is no such file, `RecipeInvalid` with every place that is wrong. */
export async function readRecipeFile(file: string): Promise<Recipe> {
  let content;
  try {
    content = await readJson(file, recipeFileSchema);
  } catch (error) {
    throw new ExportError('RecipeInvalid', messageOf(error), undefined, error);
  }
  if (!content) throw new ExportError('Usage', `Expected a recipe in ${file}, but there is no such file.`);
  const recipe = { ...content };
  delete recipe.$schema;
  delete recipe.name;
  return recipe;
}
