import path from 'node:path';
import { pictureEndings } from '../model/fileExtension';
import { findRepeats } from '../model/findRepeats';
import { galleryFileName } from '../model/gallery';
import type { ItemList } from '../model/itemList';
import { type PlannedItem, type PlannedSource, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import type { JobOrigin } from './jobFolder';
import { isInside, type SourceFile } from './listSources';

/**
 * That a plan which was read again is one that a planner can have made: each item and each of its files once, all that its
 * settings draw, and nothing from elsewhere. A job folder may come from a stranger.
 * @throws Error with the end of a sentence
 */
export function requireSoundPlan(items: ItemList, recipe: Recipe, origin: JobOrigin): void {
  // First: items of one id make it slow to find any of them by it.
  const [repeated] = findRepeats(function* () {
    for (const { id } of items) yield id;
  });
  if (repeated !== undefined) throw new Error(`item ${repeated} is in it twice`);
  const reserved = ['manifest.csv', ...(recipe.gallery ? [galleryFileName] : [])];
  // Without regard to letter case, as on the disks of macOS and Windows.
  const twice = findRepeats(function* () {
    yield* reserved;
    for (const { files } of items) for (const file of files) yield file.path.toLowerCase();
  });
  const taken = new Set(reserved);
  const own: OwnFiles = { channels: new Set(), labels: new Set() };
  for (const item of items) {
    for (const file of item.files) {
      if (!pictureEndings[file.format].test(file.path))
        throw new Error(`file ${file.path} of item ${item.id} is not named as ${file.format} is`);
      const name = file.path.toLowerCase();
      if (twice.has(name) && taken.size === taken.add(name).size)
        throw new Error(`file ${file.path} of item ${item.id} is that of another one`);
    }
    requireOwnSources(item, origin, own);
    if (item.error === undefined && item.skip === undefined) requireAllImages(item, recipeOfItem(recipe, item));
  }
}

/** That a job's list of files names none that its plan may not. @throws Error with the end of a sentence */
export function requireOwnFiles(sources: readonly SourceFile[], origin: JobOrigin): void {
  for (const { file } of sources) {
    if (!isInside(file) && !isTable(file, origin) && !isInOtherFolder(file, origin)) throw foreign(file);
  }
}

/** Files that a plan may name, by what for; thousands of items are of the same ones. */
interface OwnFiles {
  readonly channels: Set<string>;
  readonly labels: Set<string>;
}

/** Channels lie in the dataset. Masks and annotations may lie elsewhere, where the job's origin says that the user has them. */
function requireOwnSources(item: PlannedItem, origin: JobOrigin, own: OwnFiles): void {
  const isOwn = (file: string): boolean => isInside(file);
  const isOwnLabels = (file: string): boolean => isInside(file) || isInOtherFolder(file, origin);
  for (const { channels, masks, annotation, cellMask } of [item, ...(item.tiles ?? [])]) {
    for (const { file } of channels) requireOwn(file, own.channels, isOwn);
    for (const { file } of masks) requireOwn(file, own.labels, isOwnLabels);
    if (annotation) requireOwn(annotation.file, own.labels, isOwnLabels);
    if (cellMask) requireOwn(cellMask.file, own.labels, isOwnLabels);
  }
}

function requireOwn(file: string, own: Set<string>, isOwn: (file: string) => boolean): void {
  if (own.has(file)) return;
  if (!isOwn(file)) throw foreign(file);
  own.add(file);
}

function foreign(file: string): Error {
  return new Error(`it names ${file}, which is not in the dataset`);
}

function isInOtherFolder(file: string, { datasetFolder, otherFolders }: JobOrigin): boolean {
  // A job of old does not say where else its masks are.
  if (!otherFolders) return true;
  const folder = path.dirname(path.resolve(datasetFolder, file));
  return otherFolders.some((other) => folder === other);
}

function isTable(file: string, { datasetFolder, cellTableFile }: JobOrigin): boolean {
  return cellTableFile !== undefined && path.resolve(datasetFolder, file) === path.resolve(cellTableFile);
}

/** For each channel and layer that is drawn there is an image, and files show channels that there are. */
function requireAllImages(item: PlannedItem, recipe: Recipe): void {
  const fail = (what: string): never => {
    throw new Error(`item ${item.id} has other ${what} than its settings`);
  };
  const channels = recipe.masksOnly ? 0 : recipe.channels.length;
  // An OME-TIFF has channels alone.
  const isDrawn = item.files.some(({ format }) => format !== 'ome-tiff');
  for (const part of item.tiles ?? [item]) {
    // A tile that only meets the others has no channels.
    const isBeside = part !== item && part.channels.length === 0;
    if (part.channels.length !== channels && !isBeside) fail('channels');
    if (isDrawn) requireLayers(part, recipe, fail);
    if (isDrawn && recipe.cells?.isolate && !part.cellMask) fail('masks');
  }
  for (const file of item.files) if (file.channels?.some((i) => i >= recipe.channels.length)) fail('files');
  if ((recipe.mode === 'cells') !== (item.label !== undefined)) fail('labels');
}

function requireLayers(
  { masks, annotation }: { readonly masks: readonly PlannedSource[]; readonly annotation?: PlannedSource | undefined },
  recipe: Recipe,
  fail: (what: string) => never,
): void {
  if (masks.length !== recipe.masks.length) fail('masks');
  if ((annotation === undefined) !== (recipe.annotation === undefined)) fail('annotations');
}
