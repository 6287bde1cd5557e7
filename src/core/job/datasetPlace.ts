import path from 'node:path';
import * as z from 'zod';
import { ExportError } from '../model/exportError';
import type { PlannedItem, PlannedSource } from '../model/plan';
import { describeFile, isPresent } from '../read/describeFile';
import { isFolder } from '../read/listFolder';
import type { SourceFile } from './listSources';

/** Where a dataset is, for a job that may be moved with it. */
export const datasetPlaceSchema = z.object({
  /** Absolute. */
  datasetFolder: z.string().min(1),
  /** From the output folder, with `/`; of an output inside of the dataset, which the two keep when they are moved. */
  datasetFromOutput: z
    .string()
    .regex(/^\.\.(?:\/\.\.)*$/, 'must lead to a folder above')
    .optional(),
});

export type DatasetPlace = Readonly<z.output<typeof datasetPlaceSchema>>;

export function placeOf(datasetFolder: string, outputFolder: string): DatasetPlace {
  const isInside = outputFolder.startsWith(datasetFolder + path.sep);
  const fromOutput = path.relative(outputFolder, datasetFolder).split(path.sep).join('/');
  return { datasetFolder, ...(isInside && { datasetFromOutput: fromOutput }) };
}

/** Of many files so many are looked at to tell where a dataset is. */
const mostLookedAt = 200;

/**
 * The folder that a job's dataset is in now: where it was, or beside the pictures that were moved with it. Of several that
 * could be it, the one whose files are most as they were; where there is none, the first place.
 * @param places what is known of it, the newest first
 */
export async function findDatasetFolder(
  places: readonly DatasetPlace[],
  outputFolder: string,
  sources: readonly SourceFile[],
): Promise<string> {
  const candidates = new Set<string>();
  for (const { datasetFromOutput } of places) {
    if (datasetFromOutput !== undefined) candidates.add(path.resolve(outputFolder, datasetFromOutput));
  }
  for (const { datasetFolder } of places) candidates.add(datasetFolder);
  if (candidates.size === 1) return [...candidates][0];
  const looked = spreadInside(sources);
  let best = { folder: places[0].datasetFolder, score: 0 };
  for (const folder of candidates) {
    const score = await likeness(folder, looked);
    if (score > best.score) best = { folder, score };
  }
  return best.folder;
}

/** How much the files in a folder are as they were: of the same size counts most, of the same time a little besides. */
async function likeness(folder: string, sources: readonly SourceFile[]): Promise<number> {
  let score = 0;
  for (const { file, bytes, modified } of sources) {
    const now = await describeFile(path.resolve(folder, file), false);
    if (now.bytes === bytes) score += now.modified === modified ? 1.5 : 1;
  }
  return score;
}

/** Whether any of the files of a job's dataset that are looked at is in this folder. */
export async function hasSources(folder: string, sources: readonly SourceFile[]): Promise<boolean> {
  const inside = spreadInside(sources);
  for (const { file } of inside) {
    if (await isPresent(path.resolve(folder, file))) return true;
  }
  return inside.length === 0;
}

/** The files of a job are not where it looks for them: `DatasetInvalid`, with the whole path of one of them. */
export async function requireSources(folder: string, sources: readonly SourceFile[]): Promise<void> {
  if (await hasSources(folder, sources)) return;
  const [first] = sources.filter(isKnownInside);
  throw new ExportError(
    'DatasetInvalid',
    `Expected the dataset of this job at ${folder}, but its files are not there (${path.resolve(folder, first.file)}); if it was moved, resume with --dataset DIR, or open it in the panel and resume there.`,
  );
}

/**
 * A folder that somebody names as the place that a job's dataset was moved to has its files: at least half of those that are
 * looked at, as large as they were, for some may have been mended since. `DatasetInvalid` if it is another dataset.
 */
export async function requireDatasetAt(folder: string, job: string, sources: readonly SourceFile[]): Promise<void> {
  const fail = (found: string): never => {
    throw new ExportError(
      'DatasetInvalid',
      `Expected the dataset of this job (${job}) in ${folder}, but ${found}; choose the folder that has them.`,
    );
  };
  if (!(await isFolder(folder))) fail('there is no such folder');
  const known = spreadInside(sources);
  const missing: string[] = [];
  const others: string[] = [];
  for (const { file, bytes } of known) {
    const place = path.resolve(folder, file);
    const now = await describeFile(place, false);
    if (now.bytes === undefined) missing.push(place);
    else if (now.bytes !== bytes) others.push(`${place} (${now.bytes} bytes, not ${bytes})`);
  }
  const all = sources.filter(isKnownInside).length;
  const count =
    known.length === all ? `its ${all} files` : `the ${known.length} of its ${all} files that were looked at`;
  if (known.length > 0 && missing.length === known.length) fail(`none of ${count} is there, such as ${missing[0]}`);
  const unlike = missing.length + others.length;
  if (unlike * 2 <= known.length) return;
  fail(`${unlike} of ${count} are not there or of another size, such as ${[...others, ...missing][0]}`);
}

/** Of the files that were in the dataset when the job was made at most so many as are looked at, from all over the list. */
function spreadInside(sources: readonly SourceFile[]): SourceFile[] {
  const inside = sources.filter(isKnownInside);
  const step = Math.max(1, Math.ceil(inside.length / mostLookedAt));
  return inside.filter((_, i) => i % step === 0);
}

/** A file in the dataset that was there when the job was made. */
function isKnownInside({ file, bytes }: SourceFile): boolean {
  return bytes !== undefined && !isOutside(file);
}

function isOutside(file: string): boolean {
  return path.isAbsolute(file) || file.split('/')[0] === '..';
}

/**
 * What names of files that lie outside of the dataset become when it is moved: they stay where they are, or, where they
 * are gone, have been moved with it.
 * @returns the names that change, by those of before
 */
export async function renameOutside(
  files: readonly string[],
  from: string,
  to: string,
): Promise<ReadonlyMap<string, string>> {
  const renamed = new Map<string, string>();
  for (const file of new Set(files.filter(isOutside))) {
    const stayed = path.resolve(from, file);
    if (await isPresent(stayed)) renamed.set(file, path.relative(to, stayed).split(path.sep).join('/'));
  }
  return renamed;
}

/** An item with other names for some of its files. */
export function withRenamed(item: PlannedItem, renamed: ReadonlyMap<string, string>): PlannedItem {
  if (renamed.size === 0) return item;
  const source = (old: PlannedSource): PlannedSource => ({ ...old, file: renamed.get(old.file) ?? old.file });
  const images = <T extends Pick<PlannedItem, 'channels' | 'masks' | 'annotation' | 'cellMask'>>(part: T): T => ({
    ...part,
    channels: part.channels.map(source),
    masks: part.masks.map(source),
    ...(part.annotation && { annotation: source(part.annotation) }),
    ...(part.cellMask && { cellMask: source(part.cellMask) }),
  });
  return { ...images(item), ...(item.tiles && { tiles: item.tiles.map(images) }) };
}
