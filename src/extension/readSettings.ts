import path from 'node:path';
import * as vscode from 'vscode';
import {
  type Embedded,
  type EmbeddedRecipe,
  ExportError,
  findEmbedded,
  findEmbeddedIn,
  parseRecipeFile,
  readRecipeFile,
  type Recipe,
  recipeFileEnding,
  requireEmbedded,
} from '../core/index';
import type { DroppedFile } from '../webview/protocol';

/** Settings as a file has them. */
export interface ReadSettings {
  /** The file's, without its folder. */
  readonly name: string;
  readonly recipe: Recipe;
  /** Of a picture, what it shows. */
  readonly item?: EmbeddedRecipe['item'];
}

/** What VS Code's dialog and menu offer. */
export const settingsEndings = ['png', 'jpg', 'jpeg', 'tif', 'tiff', 'webp', 'pdf', 'svg', 'json'];

/**
 * Reads the settings of a picture or gallery, or of a recipe file.
 * `Usage` if it is neither, or holds none; `RecipeInvalid` if it is damaged.
 */
export async function readSettings(file: string): Promise<ReadSettings> {
  const name = path.basename(file);
  requireKnown(name);
  if (isRecipeFile(name)) return { name, recipe: await readRecipeFile(file) };
  return ofPicture(name, await findEmbedded(file));
}

/** The same of a file that was dropped on the panel. */
export async function readDropped(dropped: DroppedFile): Promise<ReadSettings> {
  if ('uri' in dropped) return readSettings(toFile(dropped.uri));
  const name = path.basename(dropped.name);
  requireKnown(name);
  const bytes = new Uint8Array(dropped.bytes);
  if (isRecipeFile(name)) return { name, recipe: parseRecipeFile(new TextDecoder().decode(bytes), name) };
  return ofPicture(name, await findEmbeddedIn(bytes, name));
}

function ofPicture(name: string, found: Embedded | undefined): ReadSettings {
  const { recipe, ...embedded } = requireEmbedded(found, name);
  return { name, recipe, ...('item' in embedded && { item: embedded.item }) };
}

function isRecipeFile(name: string): boolean {
  return name.toLowerCase().endsWith('.json');
}

/** The page may name any file; what is no picture by its name is not even opened. */
function requireKnown(name: string): void {
  if (settingsEndings.includes(path.extname(name).slice(1).toLowerCase())) return;
  throw new ExportError(
    'Usage',
    `Expected a picture that Multiplex Batch Export made, or a recipe NAME${recipeFileEnding}, but found ${name}.`,
  );
}

/** A file that VS Code's explorer names: on this machine, or, seen from a browser or another one, on the one we run on. */
function toFile(uri: string): string {
  const { scheme, path: place, fsPath } = vscode.Uri.parse(uri);
  if (scheme === 'file') return fsPath;
  if (scheme === 'vscode-remote') return vscode.Uri.file(place).fsPath;
  throw new ExportError('Usage', `Expected a file on disk, but ${uri} is elsewhere.`);
}
