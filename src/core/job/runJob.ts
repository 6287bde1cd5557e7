import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { type ErrorData, exportErrorCodes, isExportError, toErrorData, toExportError } from '../model/exportError';
import { jobStatus, type JobStatus, lastOutcomes } from '../model/jobStatus';
import { type JournalLine, type PlannedItem, recipeOfItem, type RunnerInfo, type WrittenFile } from '../model/plan';
import { type StagedFile, stageFile, sweepTemporaries } from '../write/writeFileWhole';
import {
  claimJob,
  isCancelRequested,
  isRunnerAlive,
  type JobRequest,
  listJobs,
  openJournal,
  outputOf,
  readJobRecord,
  readJobRequest,
  writeRunner,
} from './jobFolder';
import { type MadeFile, makeFiles } from './makeFiles';
import { writeManifests } from './manifest';
import { SourceReader } from './sourceReader';

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Called once for each item that ends, after its journal line was written. */
  readonly onItem?: (line: JournalLine, progress: { readonly done: number; readonly planned: number }) => void;
}

const heartbeatMs = 2_000;
const cancelPollMs = 250;

/**
 * Runs a job, or goes on with it: every item that has no outcome yet, one after the other. Stops before the next step
 * when the signal is raised or the folder's `cancel` file appears. Failures of single items are journalled and the job
 * goes on; an error of the disk ends it, and `status.error` says so.
 * A request to stop that was made before the start counts: whoever wants the job to go on clears it first.
 * Fails with `Usage` if another runner is at work on the job.
 */
export async function runJob(jobFolder: string, options: RunOptions = {}): Promise<JobStatus> {
  const request = await readJobRequest(jobFolder);
  const claim = await claimJob(jobFolder);
  try {
    return await runClaimed(jobFolder, request, options);
  } finally {
    await claim.release().catch(() => undefined); // The folder may be gone.
  }
}

async function runClaimed(jobFolder: string, request: JobRequest, options: RunOptions): Promise<JobStatus> {
  const record = await readJobRecord(jobFolder);
  for (const owner of await ownersOfTemporaries(jobFolder)) await sweepTemporaries(request.outputFolder, owner);
  await sweepTemporaries(jobFolder, path.basename(jobFolder));

  const startedAt = new Date();
  const runner: RunnerInfo = {
    pid: process.pid,
    host: hostname(),
    startedAt: startedAt.toISOString(),
    heartbeatAt: startedAt.toISOString(),
  };
  await writeRunner(jobFolder, runner);
  const heart = startHeart(jobFolder, runner);
  const cancel = watchCancel(jobFolder, options.signal);
  const lines = [...record.journal];
  let jobError: ErrorData | undefined;
  try {
    const items = await unfinishedItems(request, record.journal);
    await runItems(jobFolder, request, items, {
      signal: cancel.signal,
      onItem(line, progress) {
        lines.push(line);
        options.onItem?.(line, progress);
      },
    });
    await writeManifests(jobFolder);
  } catch (error) {
    jobError = toErrorData(error);
    // What was made is said all the same, if the disk takes it.
    await writeManifests(jobFolder).catch(() => undefined);
  }
  cancel.stop();
  await heart.stop();
  const ended: RunnerInfo = {
    ...runner,
    heartbeatAt: new Date().toISOString(),
    endedAt: new Date().toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    ...(jobError && { error: jobError }),
  };
  // The folder may be what failed (full, or gone): the status comes from memory, and a lost last line is no new failure.
  await writeRunner(jobFolder, ended).catch(() => undefined);
  return jobStatus({ ...record, journal: lines, runner: ended }, false);
}

/** This job, and the others of its output folder that nobody runs: what they left behind is swept. */
async function ownersOfTemporaries(jobFolder: string): Promise<string[]> {
  const owners = [path.basename(jobFolder)];
  for (const other of await listJobs(outputOf(jobFolder))) {
    const record = await readJobRecord(other).catch(() => undefined);
    if (record && !isRunnerAlive(record.runner)) owners.push(path.basename(other));
  }
  return owners;
}

/** The status of a job at any time, from its folder alone. */
export async function readJobStatus(jobFolder: string): Promise<JobStatus> {
  const record = await readJobRecord(jobFolder);
  return jobStatus(record, isRunnerAlive(record.runner));
}

/**
 * Items without an outcome, and those that failed for a reason that was not known before the start: it may be gone. A
 * file that is not as its journal line says is made again.
 */
async function unfinishedItems(request: JobRequest, journal: readonly JournalLine[]): Promise<PlannedItem[]> {
  const outcomes = lastOutcomes({ items: request.items, journal });
  const unfinished: PlannedItem[] = [];
  for (const item of request.items) {
    const line = outcomes.get(item.id);
    const trusted =
      line?.outcome === 'failed'
        ? item.error !== undefined
        : line?.outcome === 'skipped' || (line && (await allWhole(line.files, request.outputFolder)));
    if (!trusted) unfinished.push(item);
  }
  return unfinished;
}

async function allWhole(files: readonly WrittenFile[], outputFolder: string): Promise<boolean> {
  for (const file of files) {
    if (!(await isThere(path.join(outputFolder, file.path), file))) return false;
  }
  return true;
}

async function runItems(
  jobFolder: string,
  request: JobRequest,
  items: readonly PlannedItem[],
  { signal, onItem }: RunOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const journal = await openJournal(jobFolder);
  const reader = new SourceReader(request.datasetFolder, request.cellTable);
  let done = request.items.length - items.length;
  try {
    for (const item of items) {
      if (signal.aborted || (await isCancelRequested(jobFolder))) return;
      const line = await runItem(jobFolder, request, item, reader, signal);
      if (!line) return;
      await journal.append(line);
      done++;
      onItem?.(line, { done, planned: request.items.length });
    }
  } finally {
    await journal.close();
  }
}

/**
 * Makes the files of one item. They are put in place together, when all of them are made: an item that fails or is
 * cancelled leaves none. `undefined` if it was cancelled; throws what ends the whole job.
 */
async function runItem(
  jobFolder: string,
  request: JobRequest,
  item: PlannedItem,
  reader: SourceReader,
  signal: AbortSignal,
): Promise<JournalLine | undefined> {
  if (item.skip !== undefined) return { item: item.id, outcome: 'skipped', reason: item.skip };
  const staged: { readonly file: WrittenFile; readonly onDisk: StagedFile }[] = [];
  try {
    for await (const made of makeFiles(request.recipe, item, reader, signal)) {
      const target = path.join(request.outputFolder, made.file.path);
      const onDisk = await stageFile(target, made.content, path.basename(jobFolder));
      staged.push({ file: toWrittenFile(request, item, made), onDisk });
    }
    if (signal.aborted) return undefined;
    await placeFiles(request, staged);
    return { item: item.id, outcome: 'written', files: staged.map(({ file }) => file) };
  } catch (error) {
    if (signal.aborted) return undefined;
    const { code } = toExportError(error);
    // Bad requests are known before the start; what is found out while an item is made is the item's.
    if (exportErrorCodes[code].exitCode === 3) throw error;
    return { item: item.id, outcome: 'failed', error: toErrorData(error, foldersOf(request, item)) };
  } finally {
    for (const { onDisk } of staged) await onDisk.drop(); // What was placed has its temporary name no more.
  }
}

function toWrittenFile({ recipe }: JobRequest, item: PlannedItem, made: MadeFile): WrittenFile {
  const { path: name, format, channels } = made.file;
  const notes = [...(item.note === undefined ? [] : [item.note]), ...made.notes];
  const hash = createHash('sha256');
  for (const piece of made.content) hash.update(piece);
  return {
    path: name,
    format,
    ...(channels && { channel: channels.map((i) => recipeOfItem(recipe, item).channels[i].channel).join(' + ') }),
    bytes: made.content.reduce((sum, piece) => sum + piece.length, 0),
    sha256: hash.digest('hex'),
    region: item.region!,
    downsample: made.downsample,
    ...(item.pixelSize && { pixelSizeUm: item.pixelSize.um }),
    ...(made.scaleBar && { scaleBar: made.scaleBar }),
    ...(made.text && { altText: made.text.alt, caption: made.text.caption }),
    ...(notes.length > 0 && { note: notes.join('; ') }),
  };
}

/** Puts the files of an item in place, all or none: what was placed before one that could not be is taken back. */
async function placeFiles(
  request: JobRequest,
  staged: readonly { readonly file: WrittenFile; readonly onDisk: StagedFile }[],
): Promise<void> {
  const placed: string[] = [];
  try {
    for (const { file, onDisk } of staged) {
      if (await placeFile(request, file, onDisk)) placed.push(path.join(request.outputFolder, file.path));
    }
  } catch (error) {
    // Where files may be replaced, what was replaced is gone: the new ones are better than none.
    if (request.recipe.overwrite === 'never') for (const file of placed) await rm(file, { force: true });
    throw error;
  }
}

/**
 * Puts a file in place. One with the same bytes that is there already is ours: a runner that was killed between placing
 * it and its journal line left it.
 * @returns whether the file was not there before
 */
async function placeFile(request: JobRequest, file: WrittenFile, onDisk: StagedFile): Promise<boolean> {
  try {
    await onDisk.place(request.recipe.overwrite === 'always');
    return true;
  } catch (error) {
    const target = path.join(request.outputFolder, file.path);
    if (!isExportError(error, 'FileExists') || !(await isThere(target, file))) throw error;
    return false;
  }
}

/** Whether a file has the content that we wrote. Read in pieces: an OME-TIFF may be larger than a buffer can be. */
async function isThere(file: string, { bytes, sha256 }: WrittenFile): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile() || found.size !== bytes) return false;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex') === sha256;
}

/** The folders that a message may name, and a manifest must not. */
function foldersOf(request: JobRequest, item: PlannedItem): string[] {
  const overlays = [...item.masks, ...(item.annotation ? [item.annotation] : [])].map((source) =>
    path.dirname(path.resolve(request.datasetFolder, source.file)),
  );
  const tables = request.cellTable ? [path.dirname(request.cellTable.file)] : [];
  return [request.datasetFolder, request.outputFolder, ...overlays, ...tables];
}

/** A signal that is raised by the given one, and when the job's `cancel` file appears. */
function watchCancel(jobFolder: string, outer: AbortSignal | undefined): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    void isCancelRequested(jobFolder).then((asked) => {
      if (asked) controller.abort();
    });
  }, cancelPollMs);
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    stop() {
      clearInterval(timer);
    },
  };
}

/** Rewrites `runner.json` now and then, so that others see that the runner lives. */
function startHeart(jobFolder: string, runner: RunnerInfo): { stop(): Promise<void> } {
  let beat: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // A beat that cannot be written is no reason to stop: the pictures may well go elsewhere.
    beat = beat
      .then(() => writeRunner(jobFolder, { ...runner, heartbeatAt: new Date().toISOString() }))
      .catch(() => undefined);
  }, heartbeatMs);
  return {
    async stop() {
      clearInterval(timer);
      await beat;
    },
  };
}
