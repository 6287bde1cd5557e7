import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { isExportError, systemCodeOf } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import { lastOutcomes } from '../model/endings';
import type { ReadRecord } from '../model/jobStatus';
import type { JournalLine, WrittenFile } from '../model/journalLine';
import { type PlannedItem, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { writeFileWhole } from '../write/writeFileWhole';
import { inPieces } from './inPieces';
import { listJobs } from './jobFolder';
import { JobReader } from './jobJournal';
import { manifestColumns, manifestCsv, type ManifestRow } from './manifestCsv';
import type { JobRequest } from './readJobRequest';

/**
 * The rows of one job, a pure function of what its folder holds; the last one is the gallery's. Made one after the other:
 * those of a large job together are more than its plan.
 */
export async function* manifestRows(
  recipe: Recipe,
  record: Pick<ReadRecord, 'items' | 'journal' | 'gallery' | 'lineOf'>,
): AsyncGenerator<ManifestRow> {
  const outcomes = lastOutcomes(record);
  for (const [place, item] of record.items.entries()) {
    const ending = outcomes.of(place);
    yield* itemRows(recipe, item, ending && (await record.lineOf(ending)));
  }
  const gallery = record.gallery?.file;
  if (!gallery) return;
  const { mode } = recipe;
  const { cells, pages, sha256 } = gallery;
  const note = `${cells} picture${cells === 1 ? '' : 's'} on ${pages} page${pages === 1 ? '' : 's'}`;
  yield { item: '', mode, outcome: 'written', format: 'pdf', path: galleryFileName, note, sha256 };
}

function itemRows(recipe: Recipe, item: PlannedItem, line: JournalLine | undefined): ManifestRow[] {
  const { markerSet, downsample } = recipeOfItem(recipe, item);
  if (line && 'files' in line)
    return line.files.map((file) => fileRow({ recipe, item, markerSet, outcome: line.outcome }, file));
  const unmade: ManifestRow = {
    item: item.id,
    mode: recipe.mode,
    fov: item.fov,
    label: item.label,
    roi_id: item.roi?.id,
    marker_set: markerSet,
    downsample,
    x: item.region?.x,
    y: item.region?.y,
    width_px: item.region?.widthPx,
    height_px: item.region?.heightPx,
  };
  if (!line) return [{ ...unmade, outcome: 'cancelled' }];
  if (line.outcome === 'skipped') return [{ ...unmade, outcome: 'skipped', note: line.reason }];
  const { code, message } = line.error;
  return [{ ...unmade, outcome: 'failed', error_code: code, error_message: message }];
}

/** What a file's row says besides the file. */
interface FileOf {
  readonly recipe: Recipe;
  readonly item: PlannedItem;
  readonly markerSet: string | undefined;
  readonly outcome: string;
}

/** In one piece, with what is absent as `undefined`: all rows have one form then, which takes a tenth of the time. */
function fileRow({ recipe, item, markerSet, outcome }: FileOf, file: WrittenFile): ManifestRow {
  const { region, scaleBar } = file;
  return {
    item: item.id,
    mode: recipe.mode,
    fov: item.fov,
    label: item.label,
    roi_id: item.roi?.id,
    marker_set: markerSet,
    outcome,
    format: file.format,
    path: file.path,
    x: region.x,
    y: region.y,
    width_px: region.widthPx,
    height_px: region.heightPx,
    downsample: file.downsample,
    channel: file.channel,
    pixel_size_um: file.pixelSizeUm,
    scale_bar_um: scaleBar?.lengthUm,
    scale_bar_x: scaleBar?.xPx,
    scale_bar_y: scaleBar?.yPx,
    scale_bar_px: scaleBar?.lengthPx,
    note: file.note,
    caption: file.caption,
    alt_text: file.altText,
    sha256: file.sha256,
  };
}

/** An object as JSON, piece by piece: one line for each of its entries, and for each element of a list among them. */
export async function* manifestJson(content: Readonly<Record<string, unknown>>): AsyncGenerator<string> {
  let before = '{';
  for (const [key, value] of Object.entries(content)) {
    yield `${before}\n ${JSON.stringify(key)}: `;
    before = ',';
    if (!isList(value)) {
      yield JSON.stringify(value);
      continue;
    }
    let comma = '[';
    for await (const piece of inPieces(value)) {
      yield comma + piece.map((element) => `\n  ${JSON.stringify(element)}`).join(',');
      comma = ',';
    }
    yield comma === '[' ? '[]' : '\n ]';
  }
  yield '\n}\n';
}

function isList(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** Whether the output folder's manifest may be rewritten: there is none, or it is one of ours. */
export async function isOwnManifest(outputFolder: string): Promise<boolean> {
  const beginning = `${manifestColumns.slice(0, 6).join(',')},`;
  try {
    const handle = await open(path.join(outputFolder, 'manifest.csv'), 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning.length), 0, beginning.length, 0);
      return buffer.toString('utf8', 0, bytesRead) === beginning;
    } finally {
      await handle.close();
    }
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
  }
}

/**
 * Writes the job's own manifests and the merged one of the output folder.
 * @param reader of the job
 */
export async function writeManifests(jobFolder: string, request: JobRequest, reader: JobReader): Promise<void> {
  const { recipe, outputFolder, version, sources } = request;
  const owner = path.basename(jobFolder);
  const record = await reader.record();
  const program = { 'multiplex-batch-export': version, node: process.versions.node };
  const json = manifestJson({ version: 1, program, recipe, sources, rows: manifestRows(recipe, record) });
  const own = { file: path.join(jobFolder, 'manifest.csv'), said: wordsOf([[jobFolder, reader]]) };
  await writeFileWhole(own.file, manifestCsv(manifestRows(recipe, record)), owner, true);
  await writeFileWhole(path.join(jobFolder, 'manifest.json'), json, owner, true);
  await writeMergedManifest(outputFolder, { own, reader, jobFolder, replaceForeign: recipe.overwrite === 'always' });
}

/** A job's own manifest, written a moment ago. */
interface OwnManifest {
  readonly file: string;
  /** What it says; see `wordsOf`. */
  readonly said: string;
}

/** What is merged, on behalf of a job. */
interface Merging {
  readonly own: OwnManifest;
  readonly jobFolder: string;
  readonly reader: JobReader;
  /** Whether a `manifest.csv` that is not ours may be replaced. */
  readonly replaceForeign: boolean;
}

/** Jobs that end at the same moment read what the others have not said yet; whoever writes last looks again. */
async function writeMergedManifest(
  outputFolder: string,
  { own, jobFolder, reader, replaceForeign }: Merging,
): Promise<void> {
  const file = path.join(outputFolder, 'manifest.csv');
  const readers = new Map([[jobFolder, reader]]);
  let written: string | undefined;
  // A job that goes on at full speed has always more to say; it writes the manifest itself when it ends.
  for (let look = 0; look < 5; look++) {
    const jobs = await readAllJobs(outputFolder, readers);
    const said = wordsOf(jobs.map((job) => [job.folder, job.reader]));
    if (said === written) return;
    // The rows of a job alone are as they are, and were made already.
    const merged = said === own.said ? piecesOf(own.file) : mergedCsv(jobs);
    const replace = replaceForeign || (await isOwnManifest(outputFolder));
    await writeFileWhole(file, merged, path.basename(jobFolder), replace);
    written = said;
  }
}

/** Which words of which jobs were read: rows that are made of the same ones are the same. */
function wordsOf(heard: readonly (readonly [string, JobReader])[]): string {
  return JSON.stringify(heard.map(([job, reader]) => [job, reader.heard()]));
}

async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  yield* createReadStream(file, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>;
}

/** A job as it was read last. */
interface ReadJob {
  readonly folder: string;
  readonly reader: JobReader;
  readonly recipe: Recipe;
  readonly record: ReadRecord;
}

/** @param readers of the jobs that were read before, which read on from there */
async function readAllJobs(outputFolder: string, readers: Map<string, JobReader>): Promise<ReadJob[]> {
  const all: ReadJob[] = [];
  for (const folder of await listJobs(outputFolder)) {
    const reader = readers.get(folder) ?? new JobReader(folder);
    readers.set(folder, reader);
    try {
      all.push({ folder, reader, recipe: await reader.recipe(), record: await reader.record() });
    } catch (error) {
      // An older job that was damaged must not keep this one from its manifest; its own files stay where they are.
      if (!isExportError(error, 'RecipeInvalid')) throw error;
    }
  }
  return all;
}

async function* mergedCsv(jobs: readonly ReadJob[]): AsyncGenerator<string> {
  const rowsOf = ({ recipe, record }: ReadJob): AsyncIterable<ManifestRow> => manifestRows(recipe, record);
  if (jobs.length === 1) yield* manifestCsv(rowsOf(jobs[0]));
  else
    yield* manifestCsv(await mergeRows(jobs.map((job) => ({ rows: rowsOf(job), saidIn: job.reader.lastJournals() }))));
}

/** The rows of a job, and of each item the journal that says it; journals sort by time. */
export interface JobRows {
  readonly rows: Iterable<ManifestRow> | AsyncIterable<ManifestRow>;
  readonly saidIn: ReadonlyMap<string, string>;
}

/**
 * The latest word on each file, by the journals: a job that was resumed after another one has made its files again. A file
 * that was made stays in the manifest until another job makes it again: a later failure leaves the file as it was. Items
 * without a file show how they last ended.
 * @param jobs in the order of their rows
 */
export async function mergeRows(jobs: readonly JobRows[]): Promise<ManifestRow[]> {
  const latest = new Map<string, { readonly row: ManifestRow; readonly said: string }>();
  const filesSaid = new Map<string, string>();
  for (const { rows, saidIn } of jobs) {
    const newest = [...saidIn.values()].reduce((last, name) => (name > last ? name : last), '');
    for await (const row of rows) {
      const said = saidIn.get(String(row.item)) ?? newest; // Cancelled in the end, and the gallery: by the last runner.
      const item = `item ${row.mode} ${row.item}`;
      const key = row.path === undefined ? item : `file ${row.path}`;
      const known = [latest.get(key)?.said, row.path === undefined ? filesSaid.get(item) : undefined];
      if (known.some((other) => other !== undefined && other > said)) continue;
      latest.set(key, { row, said });
      if (row.path === undefined) continue;
      filesSaid.set(item, said);
      if ((latest.get(item)?.said ?? '') <= said) latest.delete(item);
    }
  }
  return [...latest.values()].map(({ row }) => row);
}
