import { type EmbeddedGallery, embeddedText, maxEmbeddedBytes } from '../model/embeddedRecipe';
import { programVersion } from '../model/programVersion';
import { recipeSchema } from '../model/recipe';
import { toSourceIdentity } from './identifySources';
import type { JobRequest } from '../job/readJobRequest';

/**
 * The text that a gallery holds, so that its batch can be made again: the settings, and the files that it was made of as
 * they were when the job was made. Of very many files the list is left out, so that the text can still be read.
 */
export function freezeGallery({ recipe, items, sources }: Pick<JobRequest, 'recipe' | 'items' | 'sources'>): string {
  const frozen: EmbeddedGallery = {
    batchExport: 1,
    version: programVersion,
    // Keys in the schema's order, whichever way the recipe came; whether files were replaced changes none of them.
    recipe: recipeSchema.parse({ ...recipe, overwrite: 'never' }),
    gallery: { items: items.length },
  };
  const whole = embeddedText({ ...frozen, sources: sources.map(({ file, bytes }) => toSourceIdentity(file, bytes)) });
  return Buffer.byteLength(whole) <= maxEmbeddedBytes ? whole : embeddedText(frozen);
}
