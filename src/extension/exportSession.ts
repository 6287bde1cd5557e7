import path from 'node:path';
import * as vscode from 'vscode';
import {
  createJobFolder,
  type Dataset,
  ExportError,
  type Fov,
  type JobStatus,
  type LocatedDataset,
  locateDataset,
  messageOf,
  planJob,
  previewItem,
  readFovHeader,
  readJobStatus,
  type Recipe,
  requestCancel,
  resolveContrastLimits,
} from '../core/index';
import {
  type HostState,
  type Method,
  type PreviewResult,
  type RequestMessage,
  type Requests,
  supersededCode,
} from '../webview/protocol';
import { log } from './log';
import { describeOutcome, displayPath, toDatasetView, toFovDetails, toJobView } from './panelViews';
import { showFolder, showReport } from './showResult';
import { startRunner } from './startRunner';
import { watchJob } from './watchJob';

type Handlers = {
  [M in Method]: (params: Requests[M]['params']) => Requests[M]['result'] | Promise<Requests[M]['result']>;
};

/** Percentiles of automatic contrast limits: they leave out empty pixels and single hot ones. */
const autoPercentiles = [{ percentile: 1 }, { percentile: 99.8 }] as const;

/** A preview that a newer one replaced. */
class SupersededError extends Error {
  readonly panelCode = supersededCode;
}

/**
 * What a panel is about: a dataset, an output folder, a job. Knows every folder, so that the webview need not name one;
 * the webview shows what `state` says and asks for what `handle` answers.
 */
export class ExportSession {
  private dataset: Dataset | undefined;
  private chosenFovs: readonly string[] = [];
  private datasetVersion = 0;
  private outputFolder = '';
  private error: string | undefined;
  private job: { readonly folder: string; status: JobStatus } | undefined;
  private preview: AbortController | undefined;
  private disposed = false;

  /** @param changed called whenever `state` has something new to say */
  constructor(
    private readonly extensionFolder: string,
    private readonly changed: () => void,
  ) {}

  get hasDataset(): boolean {
    return this.dataset !== undefined;
  }

  /** What must be remembered to show this session again. */
  get folders(): { datasetFolder?: string; outputFolder: string; jobFolder?: string } {
    return {
      ...(this.dataset && { datasetFolder: this.dataset.folder }),
      outputFolder: this.outputFolder,
      ...(this.job && { jobFolder: this.job.folder }),
    };
  }

  dispose(): void {
    this.disposed = true;
    this.preview?.abort();
  }

  openDataset({ dataset, fovs }: LocatedDataset, outputFolder?: string): void {
    const configured = this.configuration(dataset.folder).get<string>('outputFolder', 'exports');
    this.dataset = dataset;
    this.chosenFovs = fovs;
    this.datasetVersion++;
    this.outputFolder = outputFolder ?? path.resolve(dataset.folder, configured || 'exports');
    this.error = undefined;
    log.info(`Opened ${dataset.folder}: ${dataset.fovs.length} FOVs`);
    for (const warning of dataset.warnings) log.warn(`${warning.code}: ${warning.message}`);
    this.changed();
  }

  showError(message: string): void {
    this.error = message;
    this.changed();
  }

  state(): HostState {
    return {
      ...(this.dataset && { dataset: toDatasetView(this.dataset) }),
      chosenFovs: this.chosenFovs,
      datasetVersion: this.datasetVersion,
      outputFolder: displayPath(this.outputFolder),
      trusted: vscode.workspace.isTrusted,
      defaults: { scaleBar: this.configuration(this.dataset?.folder).get<'auto' | 'off'>('scaleBar', 'auto') },
      ...(this.job && { job: toJobView(this.job.status, outputOf(this.job.folder)) }),
      ...(this.error !== undefined && { error: this.error }),
    };
  }

  async handle(request: RequestMessage): Promise<Requests[Method]['result']> {
    const handler = this.handlers[request.method] as (
      params: unknown,
    ) => Requests[Method]['result'] | Promise<Requests[Method]['result']>;
    return handler(request.params);
  }

  /** Goes on showing a job: one that we have just started, or one that was found when the window was reloaded. */
  attach(
    jobFolder: string,
    status: JobStatus,
    runnerEnded: Promise<number | null> = new Promise(() => undefined),
  ): void {
    this.job = { folder: jobFolder, status };
    this.changed();
    const over = status.state === 'ended' || status.state === 'stopped';
    if (!over) void this.follow(jobFolder, runnerEnded);
  }

  private readonly handlers: Handlers = {
    ready: () => this.state(),
    chooseDataset: async () => {
      const folder = await pickFolder('Choose a Dataset Folder', this.dataset?.folder);
      if (folder) this.openDataset(await locateDataset([folder]));
      return null;
    },
    describeFov: async ({ fov }) => toFovDetails(await readFovHeader(this.requireDataset(), this.requireFov(fov))),
    autoContrast: async ({ fovs, channels }) => {
      const requests = channels.map((channel) => ({ channel, color: '#ffffff' as const, limits: autoPercentiles }));
      const resolved = await resolveContrastLimits(
        requests,
        fovs.map((fov) => this.requireFov(fov)),
      );
      return resolved.channels.map(({ channel, contrastLimits }) => ({ channel, contrastLimits }));
    },
    preview: ({ fov, recipe }) => this.renderPreview(fov, recipe),
    chooseOutput: async () => {
      const folder = await pickFolder('Choose the Output Folder', this.outputFolder);
      if (folder) {
        this.outputFolder = folder;
        this.changed();
      }
      return null;
    },
    start: async ({ recipe }) => {
      await this.start(recipe);
      return null;
    },
    cancel: async () => {
      if (this.job) await requestCancel(this.job.folder);
      return null;
    },
    openFolder: async () => {
      await showFolder(this.job ? outputOf(this.job.folder) : this.outputFolder);
      return null;
    },
    showReport: async () => {
      await showReport(this.job ? outputOf(this.job.folder) : this.outputFolder);
      return null;
    },
  };

  private requireDataset(): Dataset {
    if (this.dataset) return this.dataset;
    throw new ExportError('DatasetInvalid', 'Choose a dataset first.');
  }

  private requireFov(name: string): Fov {
    const fov = this.requireDataset().fovs.find((candidate) => candidate.name === name);
    if (fov) return fov;
    throw new ExportError(
      'FovNotFound',
      `Expected FOV ${name} in ${this.dataset?.folder}, but there is none of this name.`,
    );
  }

  private configuration(folder: string | undefined): vscode.WorkspaceConfiguration {
    return vscode.workspace.getConfiguration(
      'multiplexBatchExport',
      folder === undefined ? null : vscode.Uri.file(folder),
    );
  }

  /** The newest request wins: an older one that is still at work is stopped and answered as superseded. */
  private async renderPreview(fov: string, recipe: Recipe): Promise<PreviewResult> {
    this.preview?.abort();
    const controller = new AbortController();
    this.preview = controller;
    const maxSidePx = this.configuration(undefined).get<number>('previewMaxPixels', 1024);
    try {
      const { png, ...facts } = await previewItem(recipe, this.requireDataset(), fov, maxSidePx, controller.signal);
      // A Node buffer may be a view on a larger pool; what travels is cut to size.
      return { ...facts, png: new Uint8Array(png).buffer };
    } catch (error) {
      throw controller.signal.aborted ? new SupersededError('A newer preview was asked for.') : error;
    }
  }

  private async start(recipe: Recipe): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      throw new ExportError('OutputNotWritable', 'Exporting writes files, which needs a trusted workspace.');
    }
    if (this.job && ['ready', 'running', 'cancelling'].includes(this.job.status.state)) {
      throw new ExportError('Usage', 'An export of this panel is running; wait for its end, or cancel it.');
    }
    const plan = await planJob(recipe, this.requireDataset(), this.outputFolder);
    const jobFolder = await createJobFolder(plan);
    log.info(`Started a job of ${plan.items.length} items: ${jobFolder}`);
    this.attach(jobFolder, await readJobStatus(jobFolder), startRunner(this.extensionFolder, jobFolder));
  }

  private async follow(jobFolder: string, runnerEnded: Promise<number | null>): Promise<void> {
    try {
      const status = await watchJob(jobFolder, runnerEnded, (newest) => {
        if (this.job?.folder === jobFolder) this.job.status = newest;
        if (!this.disposed) this.changed();
      });
      const message = describeOutcome(status);
      log.info(message);
      for (const { item, error } of status.failures) log.warn(`${item}: ${error.code}: ${error.message}`);
      const show =
        status.error || status.failed > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
      const answer = await show(message, 'Open Folder', 'Show Report');
      if (answer === 'Open Folder') await showFolder(outputOf(jobFolder));
      if (answer === 'Show Report') await showReport(outputOf(jobFolder));
    } catch (error) {
      log.error(messageOf(error));
      void vscode.window.showErrorMessage(`The job cannot be followed any more: ${messageOf(error)}`);
    }
  }
}

function outputOf(jobFolder: string): string {
  return path.dirname(path.dirname(jobFolder));
}

async function pickFolder(title: string, start: string | undefined): Promise<string | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Choose',
      canSelectFiles: false,
      canSelectFolders: true,
      ...(start ? { defaultUri: vscode.Uri.file(start) } : {}),
    })) ?? [];
  return uri?.fsPath;
}
