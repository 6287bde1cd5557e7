import { ExportError, messageOf } from '../model/exportError';
import type { Recipe } from '../model/recipe';
import { fromRecipeFile, recipeFileSchema } from '../model/recipeFile';
import { parseJsonText, readJson } from './readJson';

/** The recipe of a file. `Usage` if there is no such file, `RecipeInvalid` with every place that is wrong. */
export async function readRecipeFile(file: string): Promise<Recipe> {
  const content = await readJson(file, recipeFileSchema).catch(refuse);
  if (!content) throw new ExportError('Usage', `Expected a recipe in ${file}, but there is no such file.`);
  return fromRecipeFile(content);
}

/** The recipe in a text; `name` is for messages. `RecipeInvalid` with every place that is wrong. */
export function parseRecipeFile(text: string, name: string): Recipe {
  try {
    return fromRecipeFile(parseJsonText(name, text, recipeFileSchema));
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): never {
  throw new ExportError('RecipeInvalid', messageOf(error), undefined, error);
}
