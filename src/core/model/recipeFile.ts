import { z } from 'zod';
import { recipeSchema } from './recipe';

/** `*.export.json`: a recipe, what it is called, and what the file may hold, for completion in editors. */
export const recipeFileSchema = recipeSchema.safeExtend({
  /** What this file may hold, for completion in editors. */
  $schema: z.string().optional(),
  /** What the recipe is called; absent: as its file is. */
  name: z.string().min(1).optional(),
});

/** How the name of a recipe's file ends. */
export const recipeFileEnding = '.export.json';
