import * as vscode from 'vscode';
import {
  createJobFolder,
  isOver,
  type JobStatus,
  listJobs,
  messageOf,
  outputOf,
  type Plan,
  readJobStatus,
} from '../core/index';
import { log } from './log';
import { describeOutcome } from './panelViews';
import { openGallery, showFolder, showReport } from './showResult';
import { startRunner } from './startRunner';
import { stoppedWith, watchJob } from './watchJob';

/** How long a job that another window has just made may take until its runner shows up. */
const graceMs = 10_000;

/**
 * Starts and follows jobs for as long as the window lives: panels come and go, a job's progress and its result message
 * do not depend on them. One per window.
 */
export class JobMonitor {
  private readonly statuses = new Map<string, JobStatus>();
  private readonly emitter = new vscode.EventEmitter<string>();

  /** Fires with the folder of a job whose status has changed. */
  readonly onDidChange = this.emitter.event;

  constructor(private readonly extensionFolder: string) {}

  statusOf(jobFolder: string | undefined): JobStatus | undefined {
    return jobFolder === undefined ? undefined : this.statuses.get(jobFolder);
  }

  /** Makes a job of a plan, starts its runner and follows it. Returns the job's folder. */
  async start(plan: Plan): Promise<string> {
    const jobFolder = await createJobFolder(plan);
    log.info(`Started a job of ${plan.items.length} items: ${jobFolder}`);
    this.statuses.set(jobFolder, await readJobStatus(jobFolder));
    void this.follow(jobFolder, startRunner(this.extensionFolder, jobFolder));
    return jobFolder;
  }

  /** Follows a job that was found, if somebody is or should be at work on it. False if there is no such job. */
  async attach(jobFolder: string): Promise<boolean> {
    if (this.statuses.has(jobFolder)) return true;
    const status = await readJobStatus(jobFolder).catch(() => undefined);
    if (!status) return false;
    this.statuses.set(jobFolder, status);
    if (!isOver(status)) {
      const waited = new Promise<string>((resolve) => {
        setTimeout(resolve, graceMs, 'Nobody has begun with this job; resume it on the command line.').unref();
      });
      void this.follow(jobFolder, waited);
    }
    return true;
  }

  /** The newest job of an output folder, if it is not over; followed from now on. */
  async findRunning(outputFolder: string): Promise<string | undefined> {
    const newest = (await listJobs(outputFolder)).at(-1);
    if (newest === undefined || !(await this.attach(newest))) return undefined;
    return isOver(this.statuses.get(newest)!) ? undefined : newest;
  }

  dispose(): void {
    this.emitter.dispose();
  }

  private set(jobFolder: string, status: JobStatus): void {
    this.statuses.set(jobFolder, status);
    this.emitter.fire(jobFolder);
  }

  private async follow(jobFolder: string, runnerEnded: Promise<string>): Promise<void> {
    let status: JobStatus;
    try {
      status = await watchJob(jobFolder, runnerEnded, (newest) => {
        this.set(jobFolder, newest);
      });
    } catch (error) {
      status = stoppedWith(this.statuses.get(jobFolder)!, `The job cannot be followed any more: ${messageOf(error)}.`);
    }
    this.set(jobFolder, status);
    await tellOutcome(jobFolder, status);
  }
}

async function tellOutcome(jobFolder: string, status: JobStatus): Promise<void> {
  const message = describeOutcome(status);
  log.info(message);
  for (const { item, error } of status.failures) log.warn(`${item}: ${error.code}: ${error.message}`);
  const { showErrorMessage, showInformationMessage, showWarningMessage } = vscode.window;
  const show = status.error ? showErrorMessage : status.failed > 0 ? showWarningMessage : showInformationMessage;
  const gallery = status.gallery === 'made' ? ['Open Gallery'] : [];
  const answer = await show(message, 'Open Folder', 'Show Report', ...gallery);
  try {
    if (answer === 'Open Folder') await showFolder(outputOf(jobFolder));
    if (answer === 'Show Report') await showReport(outputOf(jobFolder));
    if (answer === 'Open Gallery') await openGallery(outputOf(jobFolder));
  } catch (error) {
    void showErrorMessage(messageOf(error));
  }
}
