import assert from 'node:assert/strict';
import { type EmbeddedRecipe, findEmbedded, requireEmbedded } from '../../src/core/index';

/** What a picture, which is no gallery, says of how it was made. */
export async function embeddedPicture(file: string): Promise<EmbeddedRecipe> {
  const embedded = requireEmbedded(await findEmbedded(file), file);
  assert.ok('item' in embedded, `${file} is a gallery`);
  return embedded;
}
