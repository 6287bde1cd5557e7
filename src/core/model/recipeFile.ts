import * as z from 'zod';
import { type Recipe, recipeSchema } from './recipe';

/** `*.export.json`: a recipe, what it is called, and what the file may hold, for completion in editors. */
export const recipeFileSchema = recipeSchema.safeExtend({
  /** What this file may hold, for completion in editors. */
  $schema: z.string().optional(),
  /** What the recipe is called; absent: as its file is. */
  name: z.string().min(1).optional(),
  /** What the pictures' files are called, before their endings; `{tokens}` stand for what differs. */
  fileName: recipeSchema.shape.name,
});

/** How the name of a recipe's file ends. */
export const recipeFileEnding = '.export.json';

/** A recipe as its file holds it, where the pattern of file names leaves `name` to the recipe itself. */
export function toRecipeFile({ name: fileName, ...recipe }: Recipe): z.input<typeof recipeFileSchema> {
  return { ...recipe, ...(fileName !== undefined && { fileName }) };
}

/** The recipe that a file holds. */
export function fromRecipeFile(content: z.output<typeof recipeFileSchema>): Recipe {
  const { fileName, ...recipe } = content;
  delete recipe.$schema;
  delete recipe.name;
  return { ...recipe, ...(fileName !== undefined && { name: fileName }) };
}
