import { createHash } from 'node:crypto';
import { type JobRecord, lastOutcomes } from '../model/jobStatus';
import { mapEntry } from '../model/mapEntry';
import type { WrittenFile } from '../model/journalLine';
import { type PlannedItem, recipeOfItem } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { cellsOfSnapshot } from '../job/cellSnapshot';
import { isThere } from './commitItems';
import { listJobs } from '../job/jobFolder';
import { JobReader } from '../job/jobJournal';
import { type SourceFile, sourcesOf } from '../job/listSources';
import { type JobRequest, readJobRequest, requireWholeCells } from '../job/readJobRequest';

/**
 * Items whose files an earlier job of the same output folder has made of the same images with the same settings, and
 * whose files are as they were then: with `--overwrite changed` they stay. Whoever made a file last counts.
 */
export async function findUnchanged(
  jobFolder: string,
  request: JobRequest,
  items: readonly PlannedItem[],
  signal: AbortSignal,
): Promise<Map<string, readonly WrittenFile[]>> {
  const unchanged = new Map<string, readonly WrittenFile[]>();
  if (request.recipe.overwrite !== 'changed') return unchanged;
  const current = await fingerprintsOf(request, items);
  const makerOf = new Map<string, { readonly fingerprint: string; readonly file: WrittenFile }>();
  for (const other of (await listJobs(request.outputFolder)).filter((job) => job < jobFolder)) {
    signal.throwIfAborted();
    const before = await tryRead(other);
    if (!before) continue;
    for (const [id, line] of lastOutcomes(before.record)) {
      if (line.outcome !== 'written' && line.outcome !== 'unchanged') continue;
      for (const file of line.files) makerOf.set(file.path, { fingerprint: before.fingerprints.get(id)!, file });
    }
  }
  for (const item of items) {
    signal.throwIfAborted();
    const makers = item.files.map((file) => makerOf.get(file.path));
    if (!makers.every((maker) => maker?.fingerprint === current.get(item.id))) continue;
    const files = makers.map((maker) => maker!.file);
    const there = await Promise.all(files.map((file) => isThere(request.outputFolder, file)));
    if (there.every(Boolean)) unchanged.set(item.id, files);
  }
  return unchanged;
}

/** An older job that was damaged says nothing. */
async function tryRead(
  jobFolder: string,
): Promise<{ record: JobRecord; fingerprints: ReadonlyMap<string, string> } | undefined> {
  try {
    const request = await readJobRequest(jobFolder);
    await requireWholeCells(jobFolder, request);
    const record = await new JobReader(jobFolder, request).record();
    return { record, fingerprints: await fingerprintsOf(request, request.items) };
  } catch {
    return undefined;
  }
}

/** For each item, what its files are made of: settings, place, the images' size and time, and the colours of its cells. */
async function fingerprintsOf(
  { recipe, cellsFile, version, sources: files }: JobRequest,
  items: readonly PlannedItem[],
): Promise<Map<string, string>> {
  const sources = new Map(files.map((source) => [source.file, source]));
  const read = cellsOfSnapshot(cellsFile);
  // Of all cells of a FOV: once for the thousands of crops that it may have.
  const digests = new Map<string, Promise<string>>();
  const digestOf = (column: string, fov: string): Promise<string> =>
    mapEntry(digests, JSON.stringify([column, fov]), async () => hashOf([...(await read.values(column, fov)).texts]));
  const fingerprints = new Map<string, string>();
  for (const item of items) {
    const own = recipeOfItem(recipe, item);
    const cells: string[] = [];
    for (const { color } of own.masks) {
      if (isPlainColor(color)) continue;
      for (const fov of new Set([item.fov, ...(item.tiles ?? []).map((tile) => tile.fov)])) {
        cells.push(await digestOf(color.column, fov));
      }
    }
    const parts = [
      version,
      lookOf(own),
      placeOf(own, item),
      sourcesOf(item).map((file) => identityOf(sources, file)),
      cells,
    ];
    fingerprints.set(item.id, hashOf(parts));
  }
  return fingerprints;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** The settings without those that say which items there are and how they are written. */
function lookOf(recipe: Recipe): unknown {
  const { cells, rois } = recipe;
  return {
    ...recipe,
    ...{ fovs: undefined, formats: undefined, name: undefined, overwrite: undefined, gallery: undefined },
    cells: cells && { isolate: cells.isolate, onlyFocal: cells.onlyFocal },
    rois: rois && { drawShape: rois.drawShape, cutShape: rois.cutShape },
  };
}

/**
 * An item without its number, where no text of the picture names it, without its place in a gallery, and without the
 * list of its files: each of them is as it is whichever others are made.
 */
function placeOf({ title, caption }: Recipe, { index, ...item }: PlannedItem): unknown {
  const shown = { ...item, files: undefined, galleryPlace: undefined, otherPixelSize: undefined };
  return JSON.stringify([title, caption]).includes('{index}') ? { ...shown, index } : shown;
}

/** A hash, where there is one, says more than the time. */
function identityOf(sources: ReadonlyMap<string, SourceFile>, file: string): unknown {
  const source = sources.get(file);
  if (source?.sha256 !== undefined) return [file, source.sha256];
  return [file, source?.bytes, source?.modified];
}
