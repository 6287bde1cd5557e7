import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { ExportError, messageOf, systemCodeOf } from '../model/exportError';
import type { JobRecord } from '../model/jobStatus';
import { type JournalLine, jobsFolderName, type Plan, type PlannedItem, type RunnerInfo } from '../model/plan';
import { parseRecipe, type Recipe } from '../model/recipe';
import { toWriteError, writeFileWhole } from '../write/writeFileWhole';

/** What a job was started with; never changes. */
export interface JobRequest {
  readonly recipe: Recipe;
  readonly items: readonly PlannedItem[];
  readonly datasetFolder: string;
  readonly outputFolder: string;
}

/** A runner that has not beaten for so long is gone, even if its process id is in use (by something else, then). */
const heartbeatTimeoutMs = 120_000;

const files = {
  recipe: 'recipe.json',
  plan: 'plan.jsonl',
  source: 'source.json',
  runner: 'runner.json',
  cancel: 'cancel',
};

/**
 * Freezes a plan as a new job folder inside the output folder, made aside and renamed, so that it appears whole.
 * @returns the absolute path of the job folder
 */
export async function createJobFolder(plan: Plan): Promise<string> {
  const jobs = path.join(plan.outputFolder, jobsFolderName);
  const id = newJobId();
  const aside = path.join(jobs, `.new-${id}`);
  try {
    await mkdir(path.join(aside, 'journal'), { recursive: true });
    await writeFile(path.join(aside, files.recipe), `${JSON.stringify(plan.recipe, undefined, 2)}\n`);
    await writeFile(path.join(aside, files.plan), plan.items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    await writeFile(path.join(aside, files.source), `${JSON.stringify({ datasetFolder: plan.datasetFolder })}\n`);
    await rename(aside, path.join(jobs, id));
  } catch (error) {
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    throw toWriteError(error, aside);
  }
  return path.join(jobs, id);
}

/** Sorts by time of creation; the random end keeps two jobs of one moment apart. */
function newJobId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '').replace('Z', '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/** The jobs of an output folder, oldest first, as absolute paths. */
export async function listJobs(outputFolder: string): Promise<string[]> {
  const jobs = path.join(outputFolder, jobsFolderName);
  const names = await readdir(jobs).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.'))
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
    const source = JSON.parse(await readFile(path.join(jobFolder, files.source), 'utf8')) as { datasetFolder: string };
    return {
      recipe: parseRecipe(JSON.parse(await readFile(path.join(jobFolder, files.recipe), 'utf8'))),
      items: parseLines<PlannedItem>(await readFile(path.join(jobFolder, files.plan), 'utf8')),
      datasetFolder: source.datasetFolder,
      outputFolder: path.dirname(path.dirname(jobFolder)),
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

/** The state of a job: its plan, and every journal line that was written whole. */
export async function readJobRecord(jobFolder: string): Promise<JobRecord> {
  const { items } = await readJobRequest(jobFolder);
  const journal: JournalLine[] = [];
  for (const name of (await readdir(path.join(jobFolder, 'journal'))).sort()) {
    journal.push(...parseLines<JournalLine>(await readFile(path.join(jobFolder, 'journal', name), 'utf8')));
  }
  const runner = await readRunner(jobFolder);
  return { items, journal, cancelRequested: await isCancelRequested(jobFolder), ...(runner && { runner }) };
}

/** One JSON value per line. A last line without its line break was cut off by a crash and is not trusted. */
function parseLines<T>(text: string): T[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

/** A journal of one runner, appended to and never rewritten. */
export interface JournalWriter {
  append(line: JournalLine): Promise<void>;
  /** Flushes to disk. */
  close(): Promise<void>;
}

/** Opens a new journal file; runners that follow each other sort in order of their start. */
export async function openJournal(jobFolder: string): Promise<JournalWriter> {
  const name = `${Date.now()}-${process.pid}-${randomBytes(3).toString('hex')}.jsonl`;
  const handle: FileHandle = await open(path.join(jobFolder, 'journal', name), 'ax');
  return {
    append: (line) => handle.appendFile(`${JSON.stringify(line)}\n`),
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

export async function isCancelRequested(jobFolder: string): Promise<boolean> {
  return (await stat(path.join(jobFolder, files.cancel)).catch(() => undefined)) !== undefined;
}

export async function clearCancel(jobFolder: string): Promise<void> {
  await rm(path.join(jobFolder, files.cancel), { force: true });
}

export async function writeRunner(jobFolder: string, runner: RunnerInfo): Promise<void> {
  const content = `${JSON.stringify(runner)}\n`;
  await writeFileWhole(path.join(jobFolder, files.runner), content, String(runner.pid), true);
}

async function readRunner(jobFolder: string): Promise<RunnerInfo | undefined> {
  try {
    return JSON.parse(await readFile(path.join(jobFolder, files.runner), 'utf8')) as RunnerInfo;
  } catch {
    return undefined; // No runner yet.
  }
}

/** Whether the runner is at work: beating, and, where we can see its process, there. */
export function isRunnerAlive(runner: RunnerInfo | undefined): boolean {
  if (!runner || runner.endedAt) return false;
  if (Date.now() - Date.parse(runner.heartbeatAt) > heartbeatTimeoutMs) return false;
  if (runner.host !== hostname()) return true;
  try {
    process.kill(runner.pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'; // Somebody else's process, but there.
  }
}
