import path from 'node:path';
import * as vscode from 'vscode';
import {
  ExportJob,
  HeartWatch,
  isOver,
  JobReader,
  jobsFolderName,
  type JobStatus,
  listJobs,
  messageOf,
  outcomePage,
  outputOf,
  paceOf,
  planFileName,
  runnerVersion,
  type Plan,
  type RunLimits,
} from '../core/index';
import { log } from './log';
import { describeOutcome } from './panelViews';
import { openGallery, showFolder, showReport } from './showResult';
import { startRunner } from './startRunner';
import { tell } from './tell';
import { stoppedWith, watchJob } from './watchJob';

/** How long a job that another window has just made may take until its runner shows up. */
const graceMs = 10_000;

const memoryKey = 'multiplexBatchExport.jobs';

/** Jobs of this workspace that are remembered; older ones are still found by their output folder. */
const mostRemembered = 50;

/** Jobs that are looked for below the workspace's folders; each is read to know whether it is over. */
const mostFound = 500;

/** Failures of a job that the log tells one by one; the report has all of them. */
const mostLogged = 100;

/** A job of which items are left. */
export interface UnfinishedJobFolder {
  readonly folder: string;
  readonly status: JobStatus;
}

/** A job as the window knows it. */
interface KnownJob {
  readonly job: ExportJob;
  /** Keeps the plan and the journals that it has read. */
  reader: JobReader;
  status: JobStatus;
  /** Since when it has been watched, and what was left then. */
  watched?: { readonly sinceMs: number; readonly remaining: number };
}

/**
 * Starts and follows jobs for as long as the window lives: panels come and go, a job's progress and its result message
 * do not depend on them. One per window.
 */
export class JobMonitor {
  private readonly jobs = new Map<string, KnownJob>();
  /** Job folders below the workspace's folders, by whomever they were started. */
  private found: readonly string[] = [];
  /** How jobs stood that nobody was at work on, as long as no runner says anything new. */
  private readonly standing = new Map<string, { readonly version: string; readonly status: JobStatus }>();
  /** What was seen of the runners of jobs, also of those that are only listed: one look does not tell whether they live. */
  private readonly watches = new Map<string, HeartWatch>();
  private readonly emitter = new vscode.EventEmitter<string>();

  /** Fires with the folder of a job whose status has changed. */
  readonly onDidChange = this.emitter.event;

  /** @param memory where the jobs of the workspace are remembered across windows */
  constructor(
    private readonly extensionFolder: string,
    private readonly memory: vscode.Memento,
  ) {}

  statusOf(jobFolder: string | undefined): JobStatus | undefined {
    return jobFolder === undefined ? undefined : this.jobs.get(jobFolder)?.status;
  }

  /** How fast a job goes, while it is watched. */
  paceOf(jobFolder: string): ReturnType<typeof paceOf> {
    const known = this.jobs.get(jobFolder);
    if (!known?.watched || isOver(known.status)) return undefined;
    const { sinceMs, remaining } = known.watched;
    return paceOf(Date.now() - sinceMs, remaining - known.status.remaining, known.status.remaining);
  }

  /** A page of a job's items and how they stand. */
  async outcomesOf(jobFolder: string, ...page: PageArguments): ReturnType<typeof outcomePage> {
    return outcomePage(await this.jobs.get(jobFolder)!.reader.record(), ...page);
  }

  /** Makes a job of a plan, starts its runner and follows it. Returns the job's folder. */
  async start(plan: Plan, limits: RunLimits): Promise<string> {
    const job = await ExportJob.create(plan);
    log.info(`Started a job of ${plan.items.length} items: ${job.folder}`);
    await this.remember(job.folder);
    const known = await this.know(job);
    this.forgetEnded();
    void this.follow(known, startRunner(this.extensionFolder, job.folder, limits));
    return job.folder;
  }

  /**
   * Goes on with a job that nobody runs: what is left of it, and what failed.
   * @param openFolder of the dataset that is open: where the job's own is not there any more, it may have been moved to it
   */
  async resume(jobFolder: string, limits: RunLimits, openFolder: string | undefined): Promise<void> {
    const known = this.jobs.get(jobFolder) ?? (await this.know(await ExportJob.open(jobFolder)));
    if (known.watched) return; // Somebody was faster.
    const dataset = openFolder !== undefined && !(await known.job.isDatasetThere()) ? openFolder : undefined;
    if (dataset !== undefined) await known.job.requireDataset(dataset);
    log.info(`Going on with ${jobFolder}`);
    await known.job.allow();
    const { error, ...status } = known.status;
    if (error) log.info(`It had ended with: ${error.message}`);
    this.set(known, { ...status, state: 'ready', cancelled: 0 });
    void this.follow(known, startRunner(this.extensionFolder, jobFolder, limits, dataset), true);
  }

  async cancel(jobFolder: string): Promise<void> {
    await this.jobs.get(jobFolder)?.job.cancel();
  }

  /** Follows a job that was found, if somebody is or should be at work on it. False if there is no such job. */
  async attach(jobFolder: string): Promise<boolean> {
    if (this.jobs.has(jobFolder)) return true;
    const known = await this.tryKnow(jobFolder);
    if (!known) return false;
    if (!isOver(known.status)) {
      const waited = new Promise<string>((resolve) => {
        setTimeout(resolve, graceMs, 'Nobody has begun with this job; Resume goes on.').unref();
      });
      void this.follow(known, waited);
    }
    return true;
  }

  /** The newest job of an output folder, if it is not over; followed from now on. */
  async findRunning(outputFolder: string): Promise<string | undefined> {
    const newest = (await listJobs(outputFolder)).at(-1);
    if (newest === undefined || !(await this.attach(newest))) return undefined;
    return isOver(this.jobs.get(newest)!.status) ? undefined : newest;
  }

  /** Looks for jobs below the workspace's folders, also those of the command line; takes as long as a search for files. */
  async searchWorkspace(token: vscode.CancellationToken): Promise<void> {
    const pattern = `**/${jobsFolderName}/*/${planFileName}`;
    const plans = await vscode.workspace.findFiles(pattern, null, mostFound, token);
    if (!token.isCancellationRequested) this.found = plans.map((plan) => path.dirname(plan.fsPath));
  }

  /** Jobs of this workspace and of an output folder of which items are left, newest first. */
  async listUnfinished(outputFolder: string): Promise<UnfinishedJobFolder[]> {
    const remembered = this.memory.get<string[]>(memoryKey, []);
    const folders = new Set([...remembered, ...this.found, ...(await listJobs(outputFolder))]);
    const unfinished: UnfinishedJobFolder[] = [];
    const kept: string[] = [];
    for (const folder of folders) {
      const status = this.statusOf(folder) ?? (await this.look(folder));
      if (!status) continue;
      if (remembered.includes(folder)) kept.push(folder);
      if (status.state !== 'ended') unfinished.push({ folder, status });
    }
    // Folders that are gone are forgotten.
    if (kept.length < remembered.length) await this.memory.update(memoryKey, kept);
    return unfinished.sort((a, b) => (a.folder.slice(-26) < b.folder.slice(-26) ? 1 : -1));
  }

  dispose(): void {
    this.emitter.dispose();
  }

  /** How a job stands that is not followed. Its plan and journals are read only when a runner has been at it. */
  private async look(folder: string): Promise<JobStatus | undefined> {
    const version = await runnerVersion(folder);
    const known = this.standing.get(folder);
    if (known?.version === version) return known.status;
    const status = await this.readerOf(folder)
      .status()
      .catch(() => undefined);
    if (status && isOver(status)) this.standing.set(folder, { version, status });
    return status;
  }

  /** Lets go of what was read of jobs that are over; it is read again when somebody asks for it. */
  private forgetEnded(): void {
    for (const known of this.jobs.values()) {
      if (isOver(known.status)) known.reader = this.readerOf(known.job.folder);
    }
  }

  private readerOf(folder: string): JobReader {
    const watch = this.watches.get(folder) ?? new HeartWatch();
    this.watches.set(folder, watch);
    return new JobReader(folder, undefined, watch);
  }

  private async remember(jobFolder: string): Promise<void> {
    const jobs = [...this.memory.get<string[]>(memoryKey, []), jobFolder];
    await this.memory.update(memoryKey, jobs.slice(-mostRemembered));
  }

  private async know(job: ExportJob): Promise<KnownJob> {
    const reader = this.readerOf(job.folder);
    const known = { job, reader, status: await reader.status() };
    this.jobs.set(job.folder, known);
    return known;
  }

  private async tryKnow(jobFolder: string): Promise<KnownJob | undefined> {
    try {
      return await this.know(await ExportJob.open(jobFolder));
    } catch {
      return undefined;
    }
  }

  private set(known: KnownJob, status: JobStatus): void {
    known.status = status;
    this.emitter.fire(known.job.folder);
  }

  /** @param isAgain the job was over, and its runner is only now being started */
  private async follow(known: KnownJob, runnerEnded: Promise<string>, isAgain = false): Promise<void> {
    known.watched = { sinceMs: Date.now(), remaining: known.status.remaining };
    let status: JobStatus;
    try {
      status = await watchJob(known.job, known.reader, {
        runnerEnded,
        isAgain,
        onStatus: (newest) => {
          this.set(known, newest);
        },
      });
    } catch (error) {
      status = stoppedWith(known.status, `The job cannot be followed any more: ${messageOf(error)}.`);
    }
    delete known.watched;
    this.set(known, status);
    await tellOutcome(known.job.folder, status);
  }
}

type PageArguments = Parameters<typeof outcomePage> extends [unknown, ...infer Rest] ? Rest : never;

async function tellOutcome(jobFolder: string, status: JobStatus): Promise<void> {
  const message = describeOutcome(status);
  log.info(message);
  for (const { item, error } of status.failures.slice(0, mostLogged)) {
    log.warn(`${item}: ${error.code}: ${error.message}`);
  }
  if (status.failures.length > mostLogged)
    log.warn(`… and ${status.failures.length - mostLogged} more; see the report.`);
  const level = status.error ? 'error' : status.failed > 0 ? 'warning' : 'information';
  const gallery = status.gallery === 'made' ? ['Open Gallery'] : [];
  const answer = await tell(level, message, 'Open Folder', 'Show Report', ...gallery);
  try {
    if (answer === 'Open Folder') await showFolder(outputOf(jobFolder));
    if (answer === 'Show Report') await showReport(outputOf(jobFolder));
    if (answer === 'Open Gallery') await openGallery(outputOf(jobFolder));
  } catch (error) {
    void tell('error', messageOf(error));
  }
}
