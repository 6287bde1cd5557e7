import path from 'node:path';
import * as vscode from 'vscode';
import {
  describeStanding,
  ExportError,
  isOver,
  listLines,
  messageOf,
  outputOf,
  type Plan,
  type RunLimits,
} from '../core/index';
import { type HostState, itemsPerPage, type Requests } from '../webview/protocol';
import type { JobMonitor, UnfinishedJobFolder } from './jobMonitor';
import { log } from './log';
import { displayPath, maxRemarks, toJobView } from './panelViews';

/** When jobs are looked at again of which it is not yet known whether somebody is at work. */
const lookAgainMs = 10_000;

type Outcomes = Requests['listOutcomes'];

/** The job that a panel shows, and others that were left unfinished where its pictures go. */
export class ShownJob implements vscode.Disposable {
  private folder: string | undefined;
  /** What was to be looked at in the plan of a job that was started here. */
  private started: { readonly folder: string; readonly remarks: readonly string[] } | undefined;
  private unfinished: readonly UnfinishedJobFolder[] = [];
  private starting = false;
  private readonly listener: vscode.Disposable;
  private nextLook: NodeJS.Timeout | undefined;
  private isDisposed = false;
  private search: vscode.CancellationTokenSource | undefined;

  /**
   * @param outputFolder where the pictures of new jobs go; none before there is a dataset
   * @param changed called whenever `state` has something new to say
   */
  constructor(
    private readonly jobs: JobMonitor,
    private readonly outputFolder: () => string | undefined,
    private readonly changed: () => void,
  ) {
    this.listener = jobs.onDidChange((jobFolder) => {
      if (jobFolder === this.folder) changed();
      const status = jobs.statusOf(jobFolder)!;
      if (isOver(status)) return void this.lookForUnfinished();
      if (!this.unfinished.some(({ folder }) => folder === jobFolder)) return;
      this.unfinished = this.unfinished.map((listed) => (listed.folder === jobFolder ? { ...listed, status } : listed));
      changed();
    });
  }

  dispose(): void {
    this.listener.dispose();
    this.search?.cancel();
    clearTimeout(this.nextLook);
    this.isDisposed = true;
  }

  /** Absolute; absent if none is shown. */
  get jobFolder(): string | undefined {
    return this.folder;
  }

  /** Where its pictures are. */
  get resultFolder(): string | undefined {
    return this.folder === undefined ? undefined : outputOf(this.folder);
  }

  get state(): Pick<HostState, 'job' | 'unfinished' | 'starting'> {
    const job = this.jobs.statusOf(this.folder);
    return {
      starting: this.starting,
      ...(job && {
        job: toJobView(job, {
          outputFolder: outputOf(this.folder!),
          pace: this.jobs.paceOf(this.folder!),
          remarks: this.started?.folder === this.folder ? this.started!.remarks : [],
        }),
      }),
      unfinished: this.unfinished
        .filter(({ folder }) => folder !== this.folder)
        .map(({ folder, status }) => ({
          id: path.basename(folder),
          outputFolder: displayPath(outputOf(folder)),
          text: describeStanding(status),
        })),
    };
  }

  /** Shows the job that is at work in the output folder, or else this one, if it is still there. */
  async find(shown: string | undefined): Promise<void> {
    const outputFolder = this.outputFolder();
    const running = outputFolder === undefined ? undefined : await this.jobs.findRunning(outputFolder);
    this.folder = running ?? (shown !== undefined && (await this.jobs.attach(shown)) ? shown : undefined);
    await this.lookForUnfinished();
    void this.searchWorkspace();
  }

  /**
   * Starts a job; it goes on after the result.
   * @param isWanted whether it is still to be shown: another dataset may have been opened meanwhile
   */
  async start(plan: () => Promise<Plan>, limits: RunLimits, isWanted: () => boolean): Promise<void> {
    requireTrust();
    const job = this.jobs.statusOf(this.folder);
    if (this.starting || (job && !isOver(job))) {
      throw new ExportError('Usage', 'An export of this panel is running; wait for its end, or cancel it.');
    }
    this.starting = true;
    this.changed();
    try {
      const made = await plan();
      const folder = await this.jobs.start(made, limits);
      if (!isWanted()) return;
      this.folder = folder;
      const messages = made.problems.map(({ message }) => message);
      this.started = { folder, remarks: listLines(messages, maxRemarks) };
    } finally {
      this.starting = false;
      this.changed();
    }
  }

  async cancel(): Promise<void> {
    if (this.folder !== undefined) await this.jobs.cancel(this.folder);
  }

  /** @param openFolder of the dataset that is open */
  async resume(limits: RunLimits, openFolder: string | undefined): Promise<void> {
    requireTrust();
    if (this.folder !== undefined) await this.jobs.resume(this.folder, limits, openFolder);
  }

  /** Shows one of the unfinished jobs. */
  async choose(id: string): Promise<void> {
    const found = this.unfinished.find(({ folder }) => path.basename(folder) === id);
    if (found && (await this.jobs.attach(found.folder))) this.folder = found.folder;
    await this.lookForUnfinished();
  }

  async listOutcomes({ state, offset }: Outcomes['params']): Promise<Outcomes['result']> {
    if (this.folder === undefined) return { offset: 0, count: 0, items: [] };
    return this.jobs.outcomesOf(this.folder, state, offset, itemsPerPage);
  }

  /** Jobs elsewhere in the workspace may take a while to be found; they are shown when they are. */
  private async searchWorkspace(): Promise<void> {
    this.search?.cancel();
    const search = (this.search = new vscode.CancellationTokenSource());
    try {
      await this.jobs.searchWorkspace(search.token);
      if (!search.token.isCancellationRequested) await this.lookForUnfinished();
    } catch (error) {
      log.warn(`The workspace was not searched for unfinished jobs: ${messageOf(error)}`);
    }
  }

  private async lookForUnfinished(): Promise<void> {
    const outputFolder = this.outputFolder();
    if (outputFolder !== undefined) this.unfinished = await this.jobs.listUnfinished(outputFolder);
    clearTimeout(this.nextLook);
    if (!this.isDisposed && this.unfinished.some(({ status }) => status.state === 'unknown')) {
      this.nextLook = setTimeout(() => void this.lookForUnfinished(), lookAgainMs);
    }
    this.changed();
  }
}

function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ExportError('OutputNotWritable', 'Exporting writes files, which needs a trusted workspace.');
}
