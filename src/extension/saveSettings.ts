import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { ExportError, ownFileText, type Recipe, recipeFileEnding, saveOwnFile, toRecipeFile } from '../core/index';
import { chooseNewFile } from './tell';

/**
 * Asks where to and writes a recipe, by default beside the dataset's own files.
 * @returns the name of the file; `undefined` if the user changed their mind
 */
export async function saveSettings(recipe: Recipe, datasetFolder: string): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new ExportError('OutputNotWritable', 'Saving settings writes a file, which needs a trusted workspace.');
  }
  const own = path.join(datasetFolder, '.batch-export');
  // A dialog cannot start in a folder that is not there.
  const folder = [path.join(own, 'recipes'), own].find((each) => existsSync(each)) ?? datasetFolder;
  const suggested = (recipe.markerSet ?? recipe.mode).replace(/[^\p{L}\p{N}._ -]/gu, '_');
  const chosen = await chooseNewFile('Save Settings', {
    saveLabel: 'Save',
    defaultUri: vscode.Uri.file(path.join(folder, `${suggested}${recipeFileEnding}`)),
    filters: { Recipes: ['json'] },
  });
  if (chosen === undefined) return undefined;
  const isNamed = chosen.endsWith(recipeFileEnding);
  const file = isNamed ? chosen : `${chosen.replace(/(\.export)?(\.json)?$/i, '')}${recipeFileEnding}`;
  // The dialog asked whether what is there may be replaced, but of the name that it knew.
  await saveOwnFile(file, ownFileText('recipe', toRecipeFile(recipe)), isNamed);
  return path.basename(file);
}
