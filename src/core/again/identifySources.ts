import path from 'node:path';
import type { SourceIdentity } from '../model/embeddedRecipe';
import type { PlannedFile, PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { shownColors, shownSources } from './shownSources';

/** Where an item's files are, and how large they are. */
export interface SourcesOfDataset {
  readonly datasetFolder: string;
  readonly cellTableFile?: string | undefined;
  /** The size of a file by its name in the dataset; absent if it is not there. */
  readonly bytesOf: (name: string) => Promise<number | undefined>;
}

/**
 * The files that one file of an item is made of, each once, by their names in the dataset and their sizes. Other bytes of
 * the same length are not noticed: hashing every channel would cost more than most pictures do.
 * @param recipe the item's own
 */
export async function identifySources(
  recipe: Recipe,
  item: PlannedItem,
  file: PlannedFile,
  { datasetFolder, cellTableFile, bytesOf }: SourcesOfDataset,
): Promise<SourceIdentity[]> {
  const files = new Set(shownSources(recipe, item, file).map((source) => source.file));
  const identities: SourceIdentity[] = [];
  for (const name of files) identities.push(toSourceIdentity(name, await bytesOf(name)));
  if (shownColors(recipe, file).length > 0 && cellTableFile !== undefined) {
    const name = path.relative(datasetFolder, cellTableFile);
    identities.push(toSourceIdentity(name, await bytesOf(name)));
  }
  return identities;
}

/**
 * A file by its name and size. One elsewhere goes by its name alone: where it is says more of a machine than of a picture.
 * @param relative to the dataset's folder
 */
export function toSourceIdentity(relative: string, bytes: number | undefined): SourceIdentity {
  const isOutside = path.isAbsolute(relative) || relative.split(/[\\/]/)[0] === '..';
  return {
    file: isOutside ? path.basename(relative) : relative.split(path.sep).join('/'),
    ...(isOutside && { isOutside }),
    ...(bytes !== undefined && { bytes }),
  };
}
