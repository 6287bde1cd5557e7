import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import Papa from 'papaparse';
import { isExportError, systemCodeOf } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import { type JobRecord, lastOutcomes } from '../model/jobStatus';
import { type PlannedItem, recipeOfItem, type WrittenFile } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { writeFileWhole } from '../write/writeFileWhole';
import { listJobs } from './jobFolder';
import { JobReader, readJobRecord } from './jobJournal';
import { readJobRequest } from './readJobRequest';

/** In this order in the file; scripts rely on the names. */
export const manifestColumns = [
  'item',
  'mode',
  'fov',
  'label',
  'roi_id',
  'outcome',
  'format',
  'path',
  'x',
  'y',
  'width_px',
  'height_px',
  'downsample',
  'pixel_size_um',
  'scale_bar_um',
  'scale_bar_x',
  'scale_bar_y',
  'scale_bar_px',
  'marker_set',
  'channel',
  'error_code',
  'error_message',
  'note',
  'caption',
  'alt_text',
  'sha256',
] as const;

/** One file that was made, or one item of which none was. Absent values are empty cells. */
export type ManifestRow = Partial<Record<(typeof manifestColumns)[number], string | number>>;

/** The rows of one job, a pure function of what its folder holds; the last one is the gallery's. */
export function manifestRows(recipe: Recipe, record: Pick<JobRecord, 'items' | 'journal' | 'gallery'>): ManifestRow[] {
  const outcomes = lastOutcomes(record);
  const rows = record.items.flatMap((item): ManifestRow[] => {
    const { markerSet, downsample } = recipeOfItem(recipe, item);
    const base: ManifestRow = {
      item: item.id,
      mode: recipe.mode,
      fov: item.fov,
      ...(item.label !== undefined && { label: item.label }),
      ...(item.roi && { roi_id: item.roi.id }),
      ...(markerSet !== undefined && { marker_set: markerSet }),
    };
    const line = outcomes.get(item.id);
    const unmade = { ...base, downsample, ...regionColumns(item) };
    if (!line) return [{ ...unmade, outcome: 'cancelled' }];
    if (line.outcome === 'failed') {
      const { code, message } = line.error;
      return [{ ...unmade, outcome: 'failed', error_code: code, error_message: message }];
    }
    if (line.outcome === 'skipped') return [{ ...unmade, outcome: 'skipped', note: line.reason }];
    return line.files.map((file) => ({ ...base, outcome: line.outcome, ...fileColumns(file) }));
  });
  const gallery = record.gallery?.file;
  if (!gallery) return rows;
  const { mode } = recipe;
  const { cells, pages, sha256 } = gallery;
  const note = `${cells} picture${cells === 1 ? '' : 's'} on ${pages} page${pages === 1 ? '' : 's'}`;
  return [...rows, { item: '', mode, outcome: 'written', format: 'pdf', path: galleryFileName, note, sha256 }];
}

function regionColumns({ region }: Pick<PlannedItem, 'region'>): ManifestRow {
  return region ? { x: region.x, y: region.y, width_px: region.widthPx, height_px: region.heightPx } : {};
}

function fileColumns(file: WrittenFile): ManifestRow {
  return {
    format: file.format,
    path: file.path,
    ...regionColumns(file),
    downsample: file.downsample,
    ...(file.channel !== undefined && { channel: file.channel }),
    ...(file.pixelSizeUm !== undefined && { pixel_size_um: file.pixelSizeUm }),
    ...(file.scaleBar && {
      scale_bar_um: file.scaleBar.lengthUm,
      scale_bar_x: file.scaleBar.xPx,
      scale_bar_y: file.scaleBar.yPx,
      scale_bar_px: file.scaleBar.lengthPx,
    }),
    ...(file.note !== undefined && { note: file.note }),
    ...(file.caption !== undefined && { caption: file.caption }),
    ...(file.altText !== undefined && { alt_text: file.altText }),
    sha256: file.sha256,
  };
}

/** In pieces of so many rows a manifest is written: the rows of a large job do not fit into one text. */
const rowsPerPiece = 1000;

/** Rows as CSV with a header line and LF line ends, piece by piece. */
export function* manifestCsv(rows: readonly ManifestRow[]): Generator<string> {
  const toCsv = (data: readonly ManifestRow[], header: boolean): string =>
    `${Papa.unparse({ fields: [...manifestColumns], data: [...data] }, { newline: '\n', header })}\n`;
  if (rows.length === 0) yield toCsv([], true);
  for (let at = 0; at < rows.length; at += rowsPerPiece) yield toCsv(rows.slice(at, at + rowsPerPiece), at === 0);
}

/** An object as JSON, piece by piece: one line for each of its entries, and for each element of an array among them. */
export function* manifestJson(content: Readonly<Record<string, unknown>>): Generator<string> {
  let before = '{';
  for (const [key, value] of Object.entries(content)) {
    yield `${before}\n ${JSON.stringify(key)}: `;
    before = ',';
    if (!Array.isArray(value)) {
      yield JSON.stringify(value);
      continue;
    }
    yield '[';
    for (let at = 0; at < value.length; at += rowsPerPiece) {
      const lines = value.slice(at, at + rowsPerPiece).map((element) => `\n  ${JSON.stringify(element)}`);
      yield `${at > 0 ? ',' : ''}${lines.join(',')}`;
    }
    yield value.length > 0 ? '\n ]' : ']';
  }
  yield '\n}\n';
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

/** Writes the job's own manifests and the merged one of the output folder. */
export async function writeManifests(jobFolder: string): Promise<void> {
  const { recipe, outputFolder, version, sources } = await readJobRequest(jobFolder);
  const owner = path.basename(jobFolder);
  const rows = manifestRows(recipe, await readJobRecord(jobFolder));
  const program = { 'multiplex-batch-export': version, node: process.versions.node };
  const json = manifestJson({ version: 1, program, recipe, sources, rows });
  await writeFileWhole(path.join(jobFolder, 'manifest.csv'), manifestCsv(rows), owner, true);
  await writeFileWhole(path.join(jobFolder, 'manifest.json'), json, owner, true);
  await writeMergedManifest(outputFolder, recipe.overwrite === 'always', owner);
}

/** Jobs that end at the same moment read what the others have not said yet; whoever writes last looks again. */
async function writeMergedManifest(outputFolder: string, replaceForeign: boolean, owner: string): Promise<void> {
  const file = path.join(outputFolder, 'manifest.csv');
  const readers = new Map<string, JobReader>();
  let written: string | undefined;
  // A job that goes on at full speed has always more to say; it writes the manifest itself when it ends.
  for (let look = 0; look < 5; look++) {
    const merged = mergeRows(await rowsOfAllJobs(outputFolder, readers));
    const digest = digestOf(merged);
    if (digest === written) return;
    await writeFileWhole(file, manifestCsv(merged), owner, replaceForeign || (await isOwnManifest(outputFolder)));
    written = digest;
  }
}

function digestOf(rows: readonly ManifestRow[]): string {
  const hash = createHash('sha256');
  for (const piece of manifestCsv(rows)) hash.update(piece);
  return hash.digest('hex');
}

/** @param readers of the jobs that were read before, which read on from there */
async function rowsOfAllJobs(outputFolder: string, readers: Map<string, JobReader>): Promise<JobRows[]> {
  const all: JobRows[] = [];
  for (const job of await listJobs(outputFolder)) {
    const reader = readers.get(job) ?? new JobReader(job);
    readers.set(job, reader);
    try {
      const rows = manifestRows(await reader.recipe(), await reader.record());
      all.push({ rows, saidIn: reader.lastJournals() });
    } catch (error) {
      // An older job that was damaged must not keep this one from its manifest; its own files stay where they are.
      if (!isExportError(error, 'RecipeInvalid')) throw error;
    }
  }
  return all;
}

/** The rows of a job, and of each item the journal that says it; journals sort by time. */
export interface JobRows {
  readonly rows: readonly ManifestRow[];
  readonly saidIn: ReadonlyMap<string, string>;
}

/**
 * The latest word on each file, by the journals: a job that was resumed after another one has made its files again. A file
 * that was made stays in the manifest until another job makes it again: a later failure leaves the file as it was. Items
 * without a file show how they last ended.
 * @param jobs in the order of their rows
 */
export function mergeRows(jobs: readonly JobRows[]): ManifestRow[] {
  const latest = new Map<string, { readonly row: ManifestRow; readonly said: string }>();
  const filesSaid = new Map<string, string>();
  for (const { rows, saidIn } of jobs) {
    const newest = [...saidIn.values()].reduce((last, name) => (name > last ? name : last), '');
    for (const row of rows) {
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
