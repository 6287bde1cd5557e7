import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { ExportError, isOutOfHandles, systemCodeOf, tooManyOpenFiles } from '../model/exportError';
import type { ItemList } from '../model/itemList';
import { jobsFolderName, type Plan } from '../model/plan';
import { programVersion } from '../model/programVersion';
import { toWriteError } from '../write/writeFileWhole';
import { writeHashed } from '../write/writeHashed';
import { snapshotCells } from './cellSnapshot';
import { datasetPlaceSchema, placeOf } from './datasetPlace';
import { digitsAfter } from './digitsAfter';
import { allSourcesOf, isInside, listSources, type SourceFile } from './listSources';

/** The output folder that a job folder belongs to. */
export function outputOf(jobFolder: string): string {
  return path.dirname(path.dirname(jobFolder));
}

/** The folder of the journals, which the runners write. */
export const journalName = 'journal';

/** A path of this system, or of another one on which the job was made. */
const absolutePath = z
  .string()
  .refine((text) => path.posix.isAbsolute(text) || path.win32.isAbsolute(text), 'must be an absolute path')
  .refine((text) => !text.includes('\0'), 'must be the name of a file');

/** Where a job comes from, and what its other files hold, so that one that was damaged is known. */
export const jobOriginSchema = z.object({
  /** Of the program that made the job. */
  version: z.string(),
  ...datasetPlaceSchema.shape,
  datasetFolder: absolutePath,
  /** Where colours by the cell table came from. */
  cellTableFile: absolutePath.optional(),
  /** Folders outside of the dataset that masks and annotations are in; absent in jobs of old. */
  otherFolders: z.array(absolutePath).readonly().optional(),
  /** How many lines the plan has; absent in jobs of old. */
  items: z.int().min(0).optional(),
  /** Of the other files, by name; absent in jobs of old. */
  sha256: z.record(z.string(), z.string()).readonly().optional(),
});

export type JobOrigin = Readonly<z.output<typeof jobOriginSchema>>;

/** A folder with this file is a job's. */
export const planFileName = 'plan.jsonl';

/** What a job is made with, and never changes. */
export const jobFiles = {
  recipe: 'recipe.json',
  plan: planFileName,
  origin: 'origin.json',
  sources: 'sources.json',
  cells: 'cells.jsonl',
};

/**
 * Freezes a plan as a new job folder inside the output folder, made aside and renamed, so that it appears whole.
 * What pictures are made of besides pixels is frozen with it: the settings, and what the cell table says.
 * @param hashSources whether the files that it reads are told apart by their content, too, and not by size and time alone
 * @returns the absolute path of the job folder
 */
export async function createJobFolder(asked: Plan, hashSources = false): Promise<string> {
  const plan = { ...asked, items: withoutMemoryErrors(asked.items) };
  const jobs = path.join(plan.outputFolder, jobsFolderName);
  const id = newJobId(await listJobs(plan.outputFolder));
  const aside = path.join(jobs, asidePrefix + id);
  try {
    await sweepAside(jobs);
    await mkdir(path.join(aside, journalName), { recursive: true });
    const sources = await listSources(plan, hashSources);
    const contents: Readonly<Record<string, Iterable<string> | AsyncIterable<string>>> = {
      [jobFiles.recipe]: [`${JSON.stringify(plan.recipe, undefined, 2)}\n`],
      [jobFiles.plan]: planLines(plan.items),
      [jobFiles.sources]: sourceLines(sources),
      [jobFiles.cells]: snapshotCells(plan),
    };
    const sha256: Record<string, string> = {};
    for (const [name, content] of Object.entries(contents)) {
      sha256[name] = await writeHashed(path.join(aside, name), content);
    }
    await writeHashed(path.join(aside, jobFiles.origin), [`${JSON.stringify(originOf(plan, sha256))}\n`]);
    await rename(aside, path.join(jobs, id));
  } catch (error) {
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    throw toWriteError(error, aside);
  }
  return path.join(jobs, id);
}

/** Items as they are whatever memory there is: a job may go on with more. */
function withoutMemoryErrors(items: ItemList): ItemList {
  return items.changeEach((item) => {
    if (!item.isBeyondMemory) return item;
    const { error, isBeyondMemory, ...rest } = item;
    return error && isBeyondMemory ? rest : item;
  });
}

function originOf(plan: Plan, sha256: JobOrigin['sha256']): JobOrigin {
  const { datasetFolder, outputFolder, cellTable, items } = plan;
  const table = cellTable ? { cellTableFile: cellTable.file } : {};
  const otherFolders = foldersOutside(plan);
  const place = placeOf(datasetFolder, outputFolder);
  return { version: programVersion, ...place, ...table, otherFolders, items: items.length, sha256 };
}

/** Where an honest plan finds what is not in its dataset: no other place is believed when it is read again. */
function foldersOutside({ datasetFolder, items }: Plan): string[] {
  const outside = [...allSourcesOf(items)].filter((file) => !isInside(file));
  return [...new Set(outside.map((file) => path.dirname(path.resolve(datasetFolder, file))))];
}

/** How the name of a job folder begins while it is being made. */
const asidePrefix = '.new-';

/** A folder that is still being made after so long was left by a process that was killed. */
const asideMs = 24 * 3600 * 1000;

/** Removes what processes left that were killed while they made a job folder. */
async function sweepAside(jobs: string): Promise<void> {
  for (const name of await readdir(jobs).catch(() => [])) {
    if (!name.startsWith(asidePrefix)) continue;
    const folder = path.join(jobs, name);
    const found = await stat(folder).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > asideMs) await rm(folder, { recursive: true, force: true });
  }
}

/** A JSON array, an element a line. */
function* sourceLines(sources: readonly SourceFile[]): Generator<string> {
  for (const [i, source] of sources.entries()) yield `${i === 0 ? '[' : ','}\n ${JSON.stringify(source)}`;
  yield sources.length > 0 ? '\n]\n' : '[]\n';
}

function* planLines(items: ItemList): Generator<string> {
  for (const item of items) yield `${JSON.stringify(item)}\n`;
}

/** Sorts after the jobs that are there; the random end keeps two jobs of one moment apart. */
function newJobId(jobs: readonly string[]): string {
  const now = new Date().toISOString().replace(/\D/g, '');
  const digits = digitsAfter(
    now,
    jobs.map((job) => path.basename(job).replace(jobIdPattern, '$1$2')),
  );
  return `${digits.slice(0, 8)}-${digits.slice(8)}-${randomBytes(3).toString('hex')}`;
}

/** The time of its creation, to the millisecond, or what follows the job before it. */
const jobIdPattern = /^(\d{8})-(\d{9})-[0-9a-f]{6}$/;

/** The jobs of an output folder, oldest first, as absolute paths. */
export async function listJobs(outputFolder: string): Promise<string[]> {
  const jobs = path.join(outputFolder, jobsFolderName);
  const names = await readdir(jobs).catch(() => []);
  return names
    .filter((name) => jobIdPattern.test(name)) // file managers and NAS systems leave files of their own everywhere
    .sort()
    .map((name) => path.join(jobs, name));
}

/** The job folder that the user means: one itself, or the newest in an output folder. `Usage` if there is none. */
export async function findJob(outputOrJobFolder: string): Promise<string> {
  await requireReadable(outputOrJobFolder);
  const isJob = await stat(path.join(outputOrJobFolder, jobFiles.plan)).catch(() => undefined);
  const job = isJob ? outputOrJobFolder : (await listJobs(outputOrJobFolder)).at(-1);
  if (job) return job;
  throw new ExportError(
    'Usage',
    `Expected a job or an output folder with jobs at ${outputOrJobFolder}, but found neither.`,
  );
}

async function requireReadable(folder: string): Promise<void> {
  try {
    await readdir(folder);
  } catch (error) {
    if (isOutOfHandles(error)) throw tooManyOpenFiles(error);
    if (!['EACCES', 'EPERM'].includes(systemCodeOf(error) ?? '')) return; // Nothing is there, which is said anyway.
    throw new ExportError('Usage', `Expected a job or an output folder at ${folder}, but reading it is not permitted.`);
  }
}
