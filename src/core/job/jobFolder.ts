import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { version } from '../../../package.json';
import { ExportError, messageOf, systemCodeOf } from '../model/exportError';
import type { JobRecord } from '../model/jobStatus';
import {
  type GalleryFile,
  type JournalLine,
  jobsFolderName,
  type Plan,
  type PlannedItem,
  type RunnerInfo,
} from '../model/plan';
import { formats, parseRecipe, type Recipe } from '../model/recipe';
import { toWriteError, writeFileWhole } from '../write/writeFileWhole';
import { snapshotCells } from './cellSnapshot';
import { listSources, type SourceFile } from './listSources';

/** What a job was started with; never changes. */
export interface JobRequest {
  readonly recipe: Recipe;
  readonly items: readonly PlannedItem[];
  /** Of the program that made the job. */
  readonly version: string;
  readonly datasetFolder: string;
  /** What the cell table said of the cells when the job was made; see `snapshotCells`. */
  readonly cellsFile: string;
  readonly outputFolder: string;
}

/** A runner that has not beaten for so long is gone, even if its process id is in use (by something else, then). */
const heartbeatTimeoutMs = 120_000;

const originSchema = z.object({ version: z.string(), datasetFolder: z.string().min(1) });

const plannedSourceSchema = z.looseObject({
  name: z.string(),
  file: z.string(),
  plane: z
    .union([
      z.object({ page: z.int().min(0), sample: z.int().min(0) }),
      z.object({ zarrIndex: z.array(z.int().min(0)) }),
    ])
    .optional(),
});

const plannedImages = {
  channels: z.array(plannedSourceSchema),
  masks: z.array(plannedSourceSchema),
  annotation: plannedSourceSchema.optional(),
};

/** The parts of a planned item that say where a runner reads and writes; a damaged plan must not lead it elsewhere. */
const plannedItemSchema = z.looseObject({
  id: z.string(),
  fov: z.string(),
  files: z
    .array(
      z.looseObject({
        path: z
          .string()
          .refine((file) => file === path.basename(file) && !file.startsWith('.'), 'must be a plain file name'),
        format: z.enum(formats),
      }),
    )
    .min(1),
  ...plannedImages,
  tiles: z
    .array(
      z.looseObject({
        ...plannedImages,
        fov: z.string(),
        x: z.int(),
        y: z.int(),
        widthPx: z.int().min(1),
        heightPx: z.int().min(1),
      }),
    )
    .optional(),
});

/** The output folder that a job folder belongs to. */
export function outputOf(jobFolder: string): string {
  return path.dirname(path.dirname(jobFolder));
}

const files = {
  recipe: 'recipe.json',
  plan: 'plan.jsonl',
  origin: 'origin.json',
  sources: 'sources.json',
  cells: 'cells.jsonl',
  claim: 'claim',
  runner: 'runner.json',
  gallery: 'gallery.json',
  cancel: 'cancel',
};

/**
 * Freezes a plan as a new job folder inside the output folder, made aside and renamed, so that it appears whole.
 * What pictures are made of besides pixels is frozen with it: the settings, and what the cell table says.
 * @param hashSources whether the files that it reads are told apart by their content, too, and not by size and time alone
 * @returns the absolute path of the job folder
 */
export async function createJobFolder(plan: Plan, hashSources = false): Promise<string> {
  const jobs = path.join(plan.outputFolder, jobsFolderName);
  const id = newJobId();
  const aside = path.join(jobs, `.new-${id}`);
  try {
    await mkdir(path.join(aside, 'journal'), { recursive: true });
    const sources = await listSources(plan, hashSources);
    const contents: Readonly<Record<string, Iterable<string> | AsyncIterable<string>>> = {
      [files.recipe]: [`${JSON.stringify(plan.recipe, undefined, 2)}\n`],
      [files.plan]: planLines(plan.items),
      [files.origin]: [`${JSON.stringify({ version, datasetFolder: plan.datasetFolder })}\n`],
      [files.sources]: [`${JSON.stringify(sources, undefined, 1)}\n`],
      [files.cells]: snapshotCells(plan),
    };
    for (const [name, content] of Object.entries(contents)) {
      await writeFile(path.join(aside, name), content, { flush: true });
    }
    await rename(aside, path.join(jobs, id));
  } catch (error) {
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    throw toWriteError(error, aside);
  }
  return path.join(jobs, id);
}

function* planLines(items: readonly PlannedItem[]): Generator<string> {
  for (const item of items) yield `${JSON.stringify(item)}\n`;
}

/** Sorts by time of creation; the random end keeps two jobs of one moment apart. */
function newJobId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '').replace('Z', '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

const jobIdPattern = /^\d{8}-\d{9}-[0-9a-f]{6}$/;

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
  const isJob = await stat(path.join(outputOrJobFolder, files.plan)).catch(() => undefined);
  const job = isJob ? outputOrJobFolder : (await listJobs(outputOrJobFolder)).at(-1);
  if (job) return job;
  throw new ExportError(
    'Usage',
    `Expected a job or an output folder with jobs at ${outputOrJobFolder}, but found neither.`,
  );
}

/** What a job was started with. `RecipeInvalid` if the folder was damaged. */
export async function readJobRequest(jobFolder: string): Promise<JobRequest> {
  try {
    const origin = originSchema.parse(JSON.parse(await readFile(path.join(jobFolder, files.origin), 'utf8')));
    const lines = (await readFile(path.join(jobFolder, files.plan), 'utf8')).trimEnd().split('\n');
    return {
      recipe: parseRecipe(JSON.parse(await readFile(path.join(jobFolder, files.recipe), 'utf8'))),
      items: lines.map((line) => plannedItemSchema.parse(JSON.parse(line)) as PlannedItem),
      ...origin,
      cellsFile: path.join(jobFolder, files.cells),
      outputFolder: outputOf(jobFolder),
    };
  } catch (error) {
    throw new ExportError(
      'RecipeInvalid',
      `Expected a whole job folder at ${jobFolder}, but ${messageOf(error)}.`,
      undefined,
      error,
    );
  }
}

/** The files that a job reads, as they were when it was made; none if the job's folder does not say. */
export async function readJobSources(jobFolder: string): Promise<SourceFile[]> {
  try {
    return JSON.parse(await readFile(path.join(jobFolder, files.sources), 'utf8')) as SourceFile[];
  } catch {
    return [];
  }
}

/** The state of a job: its plan, and every journal line that was written whole. */
export async function readJobRecord(jobFolder: string): Promise<JobRecord> {
  const { items, recipe } = await readJobRequest(jobFolder);
  const journal: JournalLine[] = [];
  for (const name of (await readdir(path.join(jobFolder, 'journal'))).sort()) {
    journal.push(...parseJournal(await readFile(path.join(jobFolder, 'journal', name), 'utf8')));
  }
  const runner = await readRunner(jobFolder);
  return {
    items,
    journal,
    cancelRequested: await isCancelRequested(jobFolder),
    ...(recipe.gallery && { gallery: await readGallery(jobFolder) }),
    ...(runner && { runner }),
  };
}

/**
 * The lines that were written whole. One that a crash or a disk cut off says nothing: its item counts as not done, and
 * making it again does no harm, because a picture of the same bytes is recognised.
 */
function parseJournal(text: string): JournalLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value = JSON.parse(line) as Partial<JournalLine>;
      return typeof value.item === 'string' && typeof value.outcome === 'string' ? [value as JournalLine] : [];
    } catch {
      return [];
    }
  });
}

/** A journal of one runner, appended to and never rewritten. */
export interface JournalWriter {
  append(lines: readonly JournalLine[]): Promise<void>;
  /** Flushes to disk. */
  close(): Promise<void>;
}

/** Opens a new journal file; runners that follow each other sort in order of their start. */
export async function openJournal(jobFolder: string): Promise<JournalWriter> {
  const name = `${Date.now()}-${process.pid}-${randomBytes(3).toString('hex')}.jsonl`;
  const handle: FileHandle = await open(path.join(jobFolder, 'journal', name), 'ax');
  return {
    append: (lines) => handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    async close() {
      await handle.sync();
      await handle.close();
    },
  };
}

/** Asks whoever runs the job to stop; the panel, the command line and a cluster task all look for this file. */
export async function requestCancel(jobFolder: string): Promise<void> {
  await writeFile(path.join(jobFolder, files.cancel), '');
}

/** Whether somebody asked this job to stop. */
export async function isCancelRequested(jobFolder: string): Promise<boolean> {
  return (await stat(path.join(jobFolder, files.cancel)).catch(() => undefined)) !== undefined;
}

/** Forgets that somebody asked this job to stop, for whoever wants it to go on. */
export async function clearCancel(jobFolder: string): Promise<void> {
  await rm(path.join(jobFolder, files.cancel), { force: true });
}

/** Says who runs the job, and that they are alive. */
export async function writeRunner(jobFolder: string, runner: RunnerInfo): Promise<void> {
  const content = `${JSON.stringify(runner)}\n`;
  await writeFileWhole(path.join(jobFolder, files.runner), content, path.basename(jobFolder), true);
}

async function readRunner(jobFolder: string): Promise<RunnerInfo | undefined> {
  try {
    return JSON.parse(await readFile(path.join(jobFolder, files.runner), 'utf8')) as RunnerInfo;
  } catch {
    return undefined; // No runner yet.
  }
}

/** Says that the job's gallery is in place. */
export async function writeGallery(jobFolder: string, gallery: GalleryFile): Promise<void> {
  const content = `${JSON.stringify(gallery)}\n`;
  await writeFileWhole(path.join(jobFolder, files.gallery), content, path.basename(jobFolder), true);
}

async function readGallery(jobFolder: string): Promise<NonNullable<JobRecord['gallery']>> {
  try {
    return { file: JSON.parse(await readFile(path.join(jobFolder, files.gallery), 'utf8')) as GalleryFile };
  } catch {
    return {}; // None yet.
  }
}

/**
 * Makes this process the one that runs the job; `release` lets others. Made by the file system, so that of two
 * processes that start at the same moment only one gets it. `Usage` if a living runner holds the job.
 */
export async function claimJob(jobFolder: string): Promise<{ release(): Promise<void> }> {
  const claim = path.join(jobFolder, files.claim);
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(claim, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
      return { release: () => rm(claim, { force: true }) };
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw toWriteError(error, claim);
    }
    const holder = await readFile(claim, 'utf8').then(
      (text) => claimSchema.safeParse(JSON.parse(text)).data,
      () => undefined,
    );
    const runner = await readRunner(jobFolder);
    // The holder may not have written runner.json yet: on this machine, its process says whether it is there.
    const alive = holder?.host === hostname() ? isProcessThere(holder.pid) : isRunnerAlive(runner);
    if (alive || attempt > 0) {
      throw new ExportError(
        'Usage',
        `Expected a job that nobody runs, but process ${holder?.pid ?? '?'} on ${holder?.host ?? 'another machine'} is at work on ${jobFolder}.`,
      );
    }
    await rm(claim, { force: true }); // Left behind by a runner that was killed.
  }
}

const claimSchema = z.object({ pid: z.number(), host: z.string() });

function isProcessThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'; // Somebody else's process, but there.
  }
}

/** Whether the runner is at work: beating, and, where we can see its process, there. */
export function isRunnerAlive(runner: RunnerInfo | undefined): boolean {
  if (!runner || runner.endedAt) return false;
  if (Date.now() - Date.parse(runner.heartbeatAt) > heartbeatTimeoutMs) return false;
  return runner.host !== hostname() || isProcessThere(runner.pid);
}
