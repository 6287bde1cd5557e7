import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  compareGallery,
  type ComparedSource,
  type Embedded,
  findEmbedded,
  openDataset,
  planItemAgain,
  requireEmbedded,
} from '../core/index';
import { readDatasetOptions } from './datasetFlags';
import type { ParsedFlags } from './flags';
import { galleryLines, pictureJson, pictureLines } from './pictureText';

export interface InspectedPicture {
  readonly lines: readonly string[];
  readonly json: object;
  /** Whether that is all that the file is; an OME-TIFF is a dataset besides. */
  readonly isAll: boolean;
}

/** Names of files that can be no dataset. */
const picturePattern = /\.(png|jpe?g|webp|pdf|svg)$/i;

/**
 * How a picture was made; `undefined` for what is a dataset and no picture of ours.
 * `Usage` for a picture that says nothing, `RecipeInvalid` for one that is damaged.
 */
export async function inspectPicture(place: string, flags: ParsedFlags): Promise<InspectedPicture | undefined> {
  const file = path.resolve(place);
  if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined;
  const mayBeDataset = !picturePattern.test(file);
  // A damaged one is inspected as the dataset that it may be.
  const found = await findEmbedded(file).catch((error: unknown) => {
    if (!mayBeDataset) throw error;
    return undefined;
  });
  if (!found && mayBeDataset) return undefined;
  const embedded = requireEmbedded(found, place);
  const location = flags.text('dataset');
  const compared =
    location === undefined ? undefined : await compareWith(location, embedded, path.basename(file), flags);
  const json = pictureJson(place, embedded, compared);
  if ('gallery' in embedded) return { lines: galleryLines(place, embedded, compared), json, isAll: true };
  return { lines: pictureLines(place, embedded, compared), json, isAll: embedded.file.format !== 'ome-tiff' };
}

async function compareWith(
  location: string,
  embedded: Embedded,
  name: string,
  flags: ParsedFlags,
): Promise<readonly ComparedSource[]> {
  const dataset = await openDataset(path.resolve(location), readDatasetOptions(flags));
  if ('gallery' in embedded) return compareGallery(embedded, dataset);
  return (await planItemAgain(embedded, name, dataset)).sources;
}
