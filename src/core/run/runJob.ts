import { hostname } from 'node:os';
import path from 'node:path';
import type { Problem } from '../model/dataset';
import { type ErrorData, type ExportError, toErrorData } from '../model/exportError';
import { EndingList, lastOutcomes } from '../model/endings';
import { jobStatus, type JobStatus, type ReadRecord } from '../model/jobStatus';
import type { JournalLine, WrittenFile } from '../model/journalLine';
import type { ItemList } from '../model/itemList';
import type { PlannedItem } from '../model/plan';
import type { RunnerInfo } from '../model/runnerInfo';
import { requireNoLinkOut } from '../read/linksOut';
import { sweepTemporaries } from '../write/writeFileWhole';
import { noteChangedSources } from './changedSources';
import { Committer, isThere } from './commitItems';
import { placeOf, requireDatasetAt, requireSources } from '../job/datasetPlace';
import { journalName, listJobs, outputOf } from '../job/jobFolder';
import { JobReader, openJournal } from '../job/jobJournal';
import { clearCancel, writeDatasetPlace, writeRunner } from '../job/jobNotes';
import { type Claim, claimJob, isAbandoned } from './claimJob';
import { freezeGallery } from '../again/freezeGallery';
import { makeGallery } from '../gallery/makeGallery';
import { writeManifests } from '../job/manifest';
import { keptBytesWithin, requireWithin, workersWithin } from '../plan/memoryBudget';
import { makeAside } from './makeAside';
import { noteOtherVersion } from './otherVersion';
import { type JobRequest, readJobRequest, requireWholeCells } from '../job/readJobRequest';
import { type CompleteLimits, completeLimits, type RunLimits } from './runLimits';
import { startHeart, watchCancel } from './runnerHeart';
import { sliceItems } from './sliceItems';
import { findUnchanged } from './unchangedItems';
import { WorkerPool } from './worker/workerPool';

export interface RunOptions extends RunLimits {
  /** Stops the job within the items in hand; it can be started again. */
  readonly signal?: AbortSignal;
  /** Stop at once if somebody has asked the job to stop, in place of forgetting that. */
  readonly keepCancel?: boolean;
  /** Where the job's dataset was moved to, absolute; the job knows it from then on. */
  readonly dataset?: string;
  /** Called for what does not keep the job from going on, and is worth knowing. */
  readonly onProblem?: (problem: Problem) => void;
  /** Called with what writes, and runs it: what the job is made of has been read by then. */
  readonly whileWriting?: <T>(write: () => Promise<T>) => Promise<T>;
  /** Called with a sentence when somebody else may be at work on the job, which takes a while to find out. */
  readonly onWait?: (sentence: string) => void;
  /** Called once for each item that ends, after its journal line was written. */
  readonly onItem?: (line: JournalLine, progress: { readonly done: number; readonly planned: number }) => void;
}

/**
 * Runs a job, or goes on with it: every item that has no outcome yet, in worker processes. Stops within the items in hand
 * when the signal is raised or the folder's `cancel` file appears. Failures of single items are journalled and the job
 * goes on; an error of the disk ends it, and `status.error` says so.
 * A request to stop that was made before the start is forgotten unless `keepCancel` says otherwise; one that is meant for
 * another runner, which is at work, is not.
 * Fails with `Usage` if another runner is at work on the job, `DatasetInvalid` if the dataset is another one.
 */
export async function runJob(jobFolder: string, options: RunOptions = {}): Promise<JobStatus> {
  const request = await readJobRequest(jobFolder, options.dataset);
  await requireWholeCells(jobFolder, request);
  await requireOwnJob(jobFolder);
  const run = (): Promise<JobStatus> => claimAndRun(jobFolder, request, options);
  return options.whileWriting?.(run) ?? run();
}

async function claimAndRun(jobFolder: string, request: JobRequest, options: RunOptions): Promise<JobStatus> {
  const { dataset } = options;
  const claim = await claimJob(jobFolder, options);
  try {
    if (dataset !== undefined) {
      await requireDatasetAt(dataset, request.plannedIn, request.sources);
      await writeDatasetPlace(jobFolder, placeOf(dataset, request.outputFolder));
    }
    if (!options.keepCancel) await clearCancel(jobFolder);
    return await runClaimed(jobFolder, claim, request, options);
  } finally {
    await claim.release().catch(() => undefined); // The folder may be gone.
  }
}

/** The job's folder, in which its runner writes, and that of its journals are what they seem. */
export async function requireOwnJob(jobFolder: string): Promise<void> {
  const advice = 'remove that link, or export into a folder of your own';
  await requireNoLinkOut(path.join(jobFolder, journalName), outputOf(jobFolder), advice);
}

async function runClaimed(
  jobFolder: string,
  claim: Claim,
  request: JobRequest,
  options: RunOptions,
): Promise<JobStatus> {
  const reader = new JobReader(jobFolder, request);
  const record = await reader.record();
  const startedAt = new Date();
  const runner: RunnerInfo = {
    pid: process.pid,
    host: hostname(),
    startedAt: startedAt.toISOString(),
    heartbeatAt: startedAt.toISOString(),
  };
  // First, so that another job that starts in this moment does not take this one for dead.
  await writeRunner(jobFolder, runner);
  await sweepTemporaries(request.outputFolder, ...(await ownersOfTemporaries(jobFolder)));
  await sweepTemporaries(jobFolder, path.basename(jobFolder));
  const heart = startHeart(jobFolder, claim, runner);
  const cancel = watchCancel(jobFolder, options.signal ? [options.signal, heart.isLost] : [heart.isLost]);
  // Should the folder not say it any more in the end.
  const lines = EndingList.of(request.items, record.journal);
  let jobError: ErrorData | undefined;
  let workersMiB = 0;
  let { gallery } = record;
  try {
    const unfinished = await unfinishedItems(request, record, cancel.signal);
    if (unfinished.some(({ skip, error }) => skip === undefined && !error)) {
      await requireSources(request.datasetFolder, request.sources);
    }
    const begun = record.journal.length > 0 || request.datasetFolder !== request.plannedIn;
    const changed = begun ? await noteChangedSources(request, unfinished, cancel.signal) : { items: unfinished };
    const { items, problem: otherVersion } = noteOtherVersion(request.version, changed.items);
    for (const problem of [changed.problem, otherVersion]) if (problem) options.onProblem?.(problem);
    const limits = completeLimits(options);
    const onItem: Running['onItem'] = (line, progress) => {
      lines.add(request.items.placeOf(line.item)!, line);
      options.onItem?.(line, progress);
    };
    workersMiB = await runItems(request, items, { jobFolder, claim, limits, signal: cancel.signal, onItem });
    await requireHeld(claim);
    const { journal, lineOf } = await reader.record();
    const known = { journal, lineOf, ...(gallery && { gallery }) };
    const made = await makeGallery(jobFolder, request, known, {
      owner: claim.owner,
      embed: freezeGallery,
      makePictures: (pictured, folder, onMade) =>
        makeAside(request, pictured, { folder, owner: claim.owner, limits, signal: cancel.signal, onMade }),
      signal: cancel.signal,
    });
    if (made) gallery = { file: made.gallery };
    workersMiB = Math.max(workersMiB, made?.workersMiB ?? 0);
    await requireHeld(claim);
    await writeManifests(jobFolder, request, reader);
  } catch (error) {
    // Asked to stop while it was still looking what there is to do: that is no error.
    if (error !== cancel.signal.reason) jobError = toErrorData(error);
    // What was made is said all the same, if the disk takes it.
    if (!(await claim.loss())) await writeManifests(jobFolder, request, reader).catch(() => undefined);
  }
  const loss = await claim.loss();
  if (loss) jobError = toErrorData(loss); // Whatever else went wrong came of that.
  // Workers that were ended in the middle of a file left it behind; those of another runner are its own.
  const owner = loss ? claim.owner : path.basename(jobFolder);
  await sweepTemporaries(request.outputFolder, owner).catch(() => undefined);
  cancel.stop();
  await heart.stop();
  const ended: RunnerInfo = {
    ...runner,
    heartbeatAt: new Date().toISOString(),
    endedAt: new Date().toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024) + workersMiB,
    ...(jobError && { error: jobError }),
  };
  // The folder may be what failed (full, or gone): then the status comes from memory, and a lost last line is no new failure.
  if (!loss) await writeRunner(jobFolder, ended).catch(() => undefined);
  const { journal } = await reader.record().catch(() => ({ journal: lines }));
  return jobStatus({ ...record, journal, ...(gallery && { gallery }), runner: ended }, 'gone');
}

async function requireHeld(claim: Claim): Promise<void> {
  const loss = await claim.loss();
  if (loss) throw loss;
}

/** This job, and the others of its output folder that nobody runs: what they left behind is swept. */
async function ownersOfTemporaries(jobFolder: string): Promise<string[]> {
  const owners = [path.basename(jobFolder)];
  for (const other of await listJobs(outputOf(jobFolder))) {
    if (await isAbandoned(other)) owners.push(path.basename(other));
  }
  return owners;
}

/**
 * Items without an outcome, and those that failed for a reason that was not known before the start: it may be gone. A
 * file that is not as its journal line says is made again.
 */
async function unfinishedItems(
  request: JobRequest,
  record: Pick<ReadRecord, 'items' | 'journal' | 'lineOf'>,
  signal: AbortSignal,
): Promise<ItemList> {
  const outcomes = lastOutcomes(record);
  const unfinished: number[] = [];
  for (const [place, item] of request.items.entries()) {
    signal.throwIfAborted();
    const ending = outcomes.of(place);
    const line = ending && (await record.lineOf(ending));
    const trusted =
      line?.outcome === 'failed'
        ? item.error !== undefined
        : line?.outcome === 'skipped' || (line && (await areAllThere(line.files, request.outputFolder)));
    if (!trusted) unfinished.push(place);
  }
  return request.items.pick(unfinished);
}

async function areAllThere(files: readonly WrittenFile[], outputFolder: string): Promise<boolean> {
  for (const file of files) if (!(await isThere(outputFolder, file))) return false;
  return true;
}

/** A job that is claimed, and how it runs. */
interface Running {
  readonly jobFolder: string;
  readonly claim: Claim;
  readonly limits: CompleteLimits;
  readonly signal: AbortSignal;
  readonly onItem: NonNullable<RunOptions['onItem']>;
}

/** Brings items to their ends. Returns the peak memory of the workers together, in MiB. */
async function runItems(
  request: JobRequest,
  items: ItemList,
  { jobFolder, claim, limits: { memoryBytes, ...limits }, signal, onItem }: Running,
): Promise<number> {
  const { recipe } = request;
  const journal = await openJournal(jobFolder);
  let done = request.items.length - items.length;
  let pool: WorkerPool | undefined;
  const heard = {
    onLine(line: JournalLine) {
      done++;
      onItem(line, { done, planned: request.items.length });
    },
    onRoom: () => pool?.feed(),
    onBroken: (error: ExportError) => pool?.breakOff(error),
  };
  const committer = new Committer({ ...request, overwrite: recipe.overwrite }, journal, heard, claim.loss);
  try {
    const unchanged = await findUnchanged(jobFolder, request, items, signal);
    const work = items.filter((item) => {
      const line = settledBefore(item, unchanged) ?? beyondBudget(request, item, memoryBytes);
      if (line) committer.take({ line, staged: [] });
      return !line;
    });
    const { items: planned, ...settings } = request;
    const budget = { ...limits, memoryBytes, planned: planned.length };
    const workers = workersWithin(recipe, work, budget);
    const keptBytes = keptBytesWithin(recipe, work, { ...budget, workers });
    const task = { request: settings, owner: claim.owner, retries: limits.retries, keptBytes };
    pool = new WorkerPool(task, sliceItems(work, workers, keptBytes), {
      workers,
      signal,
      itemTimeoutMs: limits.itemTimeoutMs,
      ...(limits.itemsPerSecond !== undefined && { itemsPerSecond: limits.itemsPerSecond }),
      take: (made) => {
        committer.take(made);
      },
      hasRoom: () => committer.hasRoom(),
    });
    return await pool.run();
  } finally {
    try {
      await committer.finish();
    } finally {
      await journal.close();
    }
  }
}

/** What is known of an item before anything is made. */
function settledBefore(
  item: PlannedItem,
  unchanged: ReadonlyMap<string, readonly WrittenFile[]>,
): JournalLine | undefined {
  if (item.skip !== undefined) return { item: item.id, outcome: 'skipped', reason: item.skip };
  if (item.error) return { item: item.id, outcome: 'failed', error: item.error };
  const files = unchanged.get(item.id);
  return files && { item: item.id, outcome: 'unchanged', files };
}

function beyondBudget({ recipe }: JobRequest, item: PlannedItem, memoryBytes: number): JournalLine | undefined {
  try {
    requireWithin(recipe, item, memoryBytes);
    return undefined;
  } catch (error) {
    const { code, message } = toErrorData(error);
    return { item: item.id, outcome: 'failed', error: { code, message } };
  }
}
