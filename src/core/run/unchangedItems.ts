import { createHash } from 'node:crypto';
import { lastOutcomes } from '../model/endings';
import { mapEntry } from '../model/mapEntry';
import type { WrittenFile } from '../model/journalLine';
import type { ItemList } from '../model/itemList';
import { recipeOfItem } from '../model/plan';
import { freezeRecipe } from '../again/freezeRecipe';
import { shownColors, shownSources } from '../again/shownSources';
import { cellsOfSnapshot } from '../job/cellSnapshot';
import { isThere } from './commitItems';
import { listJobs } from '../job/jobFolder';
import { JobReader } from '../job/jobJournal';
import type { SourceFile } from '../job/listSources';
import { type JobRequest, readJobRequest, requireWholeCells } from '../job/readJobRequest';

/**
 * Items whose files an earlier job of the same output folder has made of the same images with the same settings, and
 * whose files are as they were then: with `--overwrite changed` they stay. Whoever made a file last counts.
 */
export async function findUnchanged(
  jobFolder: string,
  request: JobRequest,
  items: ItemList,
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
    for (const file of before.files) makerOf.set(file.path, { fingerprint: before.fingerprints.get(file.path)!, file });
  }
  for (const item of items) {
    signal.throwIfAborted();
    const makers = item.files.flatMap(({ path }) => {
      const maker = makerOf.get(path);
      return maker && maker.fingerprint === current.get(path) ? [maker] : [];
    });
    if (makers.length < item.files.length) continue;
    const files = makers.map((maker) => maker.file);
    const there = await Promise.all(files.map((file) => isThere(request.outputFolder, file)));
    if (there.every(Boolean)) unchanged.set(item.id, files);
  }
  return unchanged;
}

/** An older job that was damaged says nothing. */
async function tryRead(
  jobFolder: string,
): Promise<{ files: readonly WrittenFile[]; fingerprints: ReadonlyMap<string, string> } | undefined> {
  try {
    const request = await readJobRequest(jobFolder);
    await requireWholeCells(jobFolder, request);
    const record = await new JobReader(jobFolder, request).record();
    const files: WrittenFile[] = [];
    const outcomes = lastOutcomes(record);
    for (let place = 0; place < request.items.length; place++) {
      const ending = outcomes.of(place);
      const line = ending && (await record.lineOf(ending));
      if (line && 'files' in line) files.push(...line.files);
    }
    return { files, fingerprints: await fingerprintsOf(request, request.items) };
  } catch {
    return undefined;
  }
}

/**
 * For each file of the items, by its path, what it is made of: what it says of itself, and of the images and of the colours of
 * cells more than their names.
 */
async function fingerprintsOf(
  { recipe, cellsFile, version, sources: files }: JobRequest,
  items: ItemList,
): Promise<Map<string, string>> {
  const sources = new Map(files.map((source) => [source.file, source]));
  const read = cellsOfSnapshot(cellsFile);
  // Of all cells of a FOV: once for the thousands of crops that it may have.
  const digests = new Map<string, Promise<string>>();
  const digestOf = (column: string, fov: string): Promise<string> =>
    mapEntry(digests, JSON.stringify([column, fov]), async () => hashOf([...(await read.values(column, fov)).texts]));
  const fingerprints = new Map<string, string>();
  for (const item of items) {
    if (item.error || item.skip !== undefined) continue; // Nothing is made of it.
    const own = recipeOfItem(recipe, item);
    const fovs = new Set([item.fov, ...(item.tiles ?? []).map((tile) => tile.fov)]);
    for (const file of item.files) {
      const images = shownSources(own, item, file).map((source) => [source, identityOf(sources, source.file)]);
      const cells: string[] = [];
      for (const { column } of shownColors(own, file)) for (const fov of fovs) cells.push(await digestOf(column, fov));
      // The manifest says the note of whoever made the file.
      const parts = [version, freezeRecipe(own, item, file, { sources: [] }), images, cells, item.note];
      fingerprints.set(file.path, hashOf(parts));
    }
  }
  return fingerprints;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** A hash, where there is one, says more than the time. */
function identityOf(sources: ReadonlyMap<string, SourceFile>, file: string): unknown {
  const source = sources.get(file);
  if (source?.sha256 !== undefined) return [file, source.sha256];
  return [file, source?.bytes, source?.modified];
}
