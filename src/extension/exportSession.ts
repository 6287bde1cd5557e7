import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  type Dataset,
  type DatasetOptions,
  type DatasetPart,
  datasetParts,
  ExportError,
  type Fov,
  isOver,
  type JobStatus,
  type LocatedDataset,
  locateDataset,
  openDataset,
  outputOf,
  describePreflight,
  estimateJob,
  planJob,
  type RunLimits,
  inkColors,
  places,
  Previewer,
  readFovHeader,
  type Recipe,
  resolveContrastLimits,
} from '../core/index';
import {
  type HostState,
  type ItemsView,
  itemsPerPage,
  type LoadedSettings,
  type Method,
  type PreviewResult,
  type RequestMessage,
  type Requests,
} from '../webview/protocol';
import { importFromUeler } from './importFromUeler';
import { describeJob, type JobMonitor } from './jobMonitor';
import { log } from './log';
import { NewestOnly, SupersededError } from './newestOnly';
import { displayPath, toDatasetView, toFovDetails, toJobView } from './panelViews';
import { readDropped, type ReadSettings, readSettings, settingsEndings } from './readSettings';
import { saveSettings } from './saveSettings';
import { openGallery, showFolder, showReport } from './showResult';
import { toLoadedSettings } from './toLoadedSettings';

type Handlers = {
  [M in Method]: (params: Requests[M]['params']) => Requests[M]['result'] | Promise<Requests[M]['result']>;
};

/** What must be remembered to show a session again after the window was reloaded. */
export interface RememberedSession {
  readonly datasetFolder?: string;
  /** What the user named in place of what is found beside the images. */
  readonly datasetOptions?: DatasetOptions;
  /** Only a folder that the user chose; the one that the settings name may change. */
  readonly chosenOutput?: string;
  readonly jobFolder?: string;
}

/** Of what is found out before a start, as much as can be read. */
const maxProblems = 50;

/** Columns are those of one table: another one is understood anew. */
const noColumns = { columns: undefined, cellMask: undefined };

/** Percentiles of automatic contrast limits: they leave out empty pixels and single hot ones. */
const autoLimits = [{ percentile: 1 }, { percentile: 99.8 }] as const;

/**
 * What a panel is about: a dataset, an output folder, a job. Knows every folder, so that the webview need not name one;
 * the webview shows what `state` says and asks for what `handle` answers.
 */
export class ExportSession {
  private dataset: Dataset | undefined;
  private datasetOptions: DatasetOptions = {};
  private previewer: Previewer | undefined;
  private readonly choice = new NewestOnly();
  private readonly steps = new NewestOnly();
  private datasetId = '';
  private chosenFovs: readonly string[] = [];
  private chosenOutput: string | undefined;
  private jobFolder: string | undefined;
  private loaded: LoadedSettings | undefined;
  private starting = false;
  private error: string | undefined;
  private readonly preview = new NewestOnly();
  private readonly checks = new NewestOnly();
  private unfinished: Awaited<ReturnType<JobMonitor['listUnfinished']>> = [];
  private readonly closed = new AbortController();
  private readonly jobListener: vscode.Disposable;

  /** @param changed called whenever `state` has something new to say */
  constructor(
    private readonly jobs: JobMonitor,
    private readonly changed: () => void,
  ) {
    this.jobListener = jobs.onDidChange((jobFolder) => {
      if (jobFolder === this.jobFolder) changed();
      const isListed = this.unfinished.some(({ folder }) => folder === jobFolder);
      if (isListed || isOverNow(jobs.statusOf(jobFolder))) void this.lookForUnfinished();
    });
  }

  get hasDataset(): boolean {
    return this.dataset !== undefined;
  }

  get remembered(): RememberedSession {
    return {
      ...(this.dataset && { datasetFolder: this.dataset.folder }),
      ...(Object.keys(this.datasetOptions).length > 0 && { datasetOptions: this.datasetOptions }),
      ...(this.chosenOutput !== undefined && { chosenOutput: this.chosenOutput }),
      ...(this.jobFolder !== undefined && { jobFolder: this.jobFolder }),
    };
  }

  dispose(): void {
    this.jobListener.dispose();
    this.closed.abort();
    this.preview.stop();
    this.choice.stop();
    this.steps.stop();
    this.checks.stop();
    this.previewer?.dispose();
  }

  /** Shows a dataset, with the job that is at work in its output folder, or the one that was shown before a reload. */
  async openDataset({ dataset, fovs }: LocatedDataset, remembered: RememberedSession = {}): Promise<void> {
    this.dataset = dataset;
    this.datasetOptions = remembered.datasetOptions ?? {};
    this.previewer?.dispose();
    this.previewer = new Previewer(dataset);
    this.datasetId = randomUUID();
    this.chosenFovs = fovs;
    this.chosenOutput = remembered.chosenOutput;
    this.loaded = undefined;
    this.error = undefined;
    log.info(`Opened ${dataset.folder}: ${dataset.fovs.length} FOVs`);
    for (const warning of dataset.warnings) log.warn(`${warning.code}: ${warning.message}`);
    const running = await this.jobs.findRunning(this.outputFolder);
    const shown = remembered.jobFolder;
    this.jobFolder = running ?? (shown !== undefined && (await this.jobs.attach(shown)) ? shown : undefined);
    await this.lookForUnfinished();
  }

  /** Gives the panel the settings of a picture or recipe file. */
  async loadSettings(file: string): Promise<void> {
    this.takeSettings(await readSettings(file));
  }

  showError(message: string): void {
    this.error = message;
    this.changed();
  }

  state(): HostState {
    const job = this.jobs.statusOf(this.jobFolder);
    return {
      ...(this.dataset && { dataset: toDatasetView(this.dataset, this.datasetOptions) }),
      datasetId: this.datasetId,
      chosenFovs: this.chosenFovs,
      outputFolder: this.dataset ? displayPath(this.outputFolder) : '',
      trusted: vscode.workspace.isTrusted,
      starting: this.starting,
      defaults: {
        scaleBar: this.setting('scaleBar', ['auto', 'off']),
        color: this.setting('scaleBarColor', inkColors),
        place: this.setting('scaleBarPlace', places, 'bottom-right'),
      },
      ...(this.loaded && { loaded: this.loaded }),
      ...(job && { job: toJobView(job, outputOf(this.jobFolder!), this.jobs.paceOf(this.jobFolder!)) }),
      unfinished: this.unfinished
        .filter(({ folder }) => folder !== this.jobFolder)
        .map(({ folder, status }) => ({
          id: path.basename(folder),
          outputFolder: displayPath(outputOf(folder)),
          text: describeJob({ status }),
        })),
      ...(this.error !== undefined && { error: this.error }),
    };
  }

  async handle(request: RequestMessage): Promise<Requests[Method]['result']> {
    const { datasetId } = request;
    // Sent while the host was switching to another dataset: the answer would be about the wrong one.
    if (datasetId !== undefined && datasetId !== this.datasetId)
      throw new SupersededError('Another dataset was opened.');
    const handler = this.handlers[request.method] as (
      params: unknown,
    ) => Requests[Method]['result'] | Promise<Requests[Method]['result']>;
    return handler(request.params);
  }

  private readonly handlers: Handlers = {
    ready: () => this.state(),
    ping: () => null,
    chooseDataset: async () => {
      const folder = await pick('Choose a Dataset Folder', 'folder', this.dataset?.folder);
      if (folder) await this.openDataset(await locateDataset([folder]));
      return null;
    },
    importUeler: async () => {
      const { folder } = this.requireDataset();
      await importFromUeler(vscode.Uri.file(folder));
      await this.openAgain({});
      return null;
    },
    choosePart: async ({ part }) => {
      const place = await this.pickPart(part);
      if (place !== undefined) await this.openAgain({ [part]: place, ...(part === 'cellTableFile' && noColumns) });
      return null;
    },
    resetPart: async ({ part }) => {
      await this.openAgain({ [part]: undefined, ...(part === 'cellTableFile' && noColumns) });
      return null;
    },
    describeCells: async ({ columns, mask }) => {
      await this.openAgain({ columns: Object.keys(columns).length > 0 ? columns : undefined, cellMask: mask });
      return null;
    },
    describeFov: async ({ fov }) => toFovDetails(await readFovHeader(this.requireDataset(), this.requireFov(fov))),
    autoContrast: async ({ fovs, channels }) => {
      const requests = channels.map((channel) => ({ channel, contrastLimits: autoLimits }));
      const chosen = fovs.map((fov) => this.requireFov(fov));
      const { limits } = await resolveContrastLimits(requests, chosen, this.closed.signal);
      return channels.map((channel, i) => ({ channel, contrastLimits: limits[i] }));
    },
    listItems: (params) => this.listItems(params),
    stepItem: ({ recipe, from, by }) => this.steps.run((signal) => this.previewer!.stepItem(recipe, from, by, signal)),
    preview: (params) => this.renderPreview(params),
    chooseSettings: async () => {
      const start = this.jobFolder === undefined ? this.requireDataset().folder : this.resultFolder;
      const filters = { 'Pictures and recipes': settingsEndings };
      const file = await pick('Load Settings of a Picture or Recipe', 'file', start, filters);
      if (file !== undefined) await this.loadSettings(file);
      return null;
    },
    dropSettings: async (dropped) => {
      this.takeSettings(await readDropped(dropped));
      return null;
    },
    saveSettings: async ({ recipe }) => (await saveSettings(recipe, this.requireDataset().folder)) ?? null,
    chooseOutput: async () => {
      const folder = await pick('Choose the Output Folder', 'folder', this.outputFolder);
      if (folder) {
        this.chosenOutput = folder;
        this.changed();
      }
      return null;
    },
    start: async ({ recipe }) => {
      await this.start(recipe);
      return null;
    },
    cancel: async () => {
      if (this.jobFolder !== undefined) await this.jobs.cancel(this.jobFolder);
      return null;
    },
    preflight: ({ recipe }) =>
      this.checks.run(async (signal) => {
        const plan = await planJob(recipe, this.requireDataset(), this.outputFolder, signal);
        const estimate = await estimateJob(plan, this.limits, signal);
        const problems = plan.problems.slice(0, maxProblems).map(({ message }) => message);
        return { ...describePreflight(plan, estimate), problems };
      }),
    resume: async () => {
      requireTrust();
      if (this.jobFolder !== undefined) await this.jobs.resume(this.jobFolder, this.limits);
      return null;
    },
    showJob: async ({ id }) => {
      const found = this.unfinished.find(({ folder }) => path.basename(folder) === id);
      if (found && (await this.jobs.attach(found.folder))) this.jobFolder = found.folder;
      await this.lookForUnfinished();
      return null;
    },
    listOutcomes: async ({ state, offset }) => {
      if (this.jobFolder === undefined) return { offset: 0, count: 0, items: [] };
      return this.jobs.outcomesOf(this.jobFolder, state, offset, itemsPerPage);
    },
    openFolder: async () => {
      await showFolder(this.resultFolder);
      return null;
    },
    showReport: async () => {
      await showReport(this.resultFolder);
      return null;
    },
    openGallery: async () => {
      await openGallery(this.resultFolder);
      return null;
    },
  };

  /**
   * Reads the dataset again; fails, with what is shown as it was, where it cannot be opened like that.
   * @param changes to what the user named; `undefined` takes a choice back
   */
  private async openAgain(changes: { [K in keyof DatasetOptions]: DatasetOptions[K] | undefined }): Promise<void> {
    const { folder } = this.requireDataset();
    const named = Object.entries({ ...this.datasetOptions, ...changes }).filter(([, value]) => value !== undefined);
    const datasetOptions: DatasetOptions = Object.fromEntries(named);
    const dataset = await openDataset(folder, datasetOptions);
    // Meanwhile the user may have gone on to another one.
    if (this.dataset?.folder !== folder) return;
    await this.openDataset({ dataset, fovs: [] }, { ...this.remembered, datasetOptions });
  }

  private takeSettings(settings: ReadSettings): void {
    this.loaded = toLoadedSettings(settings, this.requireDataset());
    this.error = undefined;
    this.changed();
  }

  private async pickPart(part: DatasetPart): Promise<string | undefined> {
    const { label, isFolder } = datasetParts.find((each) => each.part === part)!;
    const start = this.datasetOptions[part] ?? this.requireDataset().folder;
    return pick(`Choose ${label}`, isFolder ? 'folder' : 'file', start);
  }

  /** Where pictures go: the user's choice, else what the settings say, which may change (and wait for trust). */
  private get outputFolder(): string {
    const configured = this.configuration().get<string>('outputFolder', 'exports');
    return this.chosenOutput ?? path.resolve(this.requireDataset().folder, configured || 'exports');
  }

  private get resultFolder(): string {
    return this.jobFolder === undefined ? this.outputFolder : outputOf(this.jobFolder);
  }

  /** What a job may take of the machine, as the settings say; 0 stands for what suits the machine. */
  private get limits(): RunLimits {
    const number = (key: string): number => Math.max(0, Math.floor(this.configuration().get<number>(key, 0)));
    const [jobs, memoryMiB] = [number('jobs'), number('memoryMiB')];
    return {
      ...(jobs > 0 && { jobs: Math.min(jobs, 256) }),
      ...(memoryMiB > 0 && { memoryBytes: Math.max(memoryMiB, 256) * 2 ** 20 }),
    };
  }

  private async lookForUnfinished(): Promise<void> {
    if (this.dataset) this.unfinished = await this.jobs.listUnfinished(this.outputFolder);
    this.changed();
  }

  private requireDataset(): Dataset {
    if (this.dataset) return this.dataset;
    throw new ExportError('DatasetInvalid', 'Choose a dataset first.');
  }

  private requireFov(name: string): Fov {
    const fov = this.requireDataset().fovs.find((candidate) => candidate.name === name);
    if (fov) return fov;
    throw new ExportError('FovNotFound', `Expected FOV ${name} in this dataset, but there is none of this name.`);
  }

  private configuration(): vscode.WorkspaceConfiguration {
    const scope = this.dataset ? vscode.Uri.file(this.dataset.folder) : null;
    return vscode.workspace.getConfiguration('multiplexBatchExport', scope);
  }

  /** One of a few words from the settings; what is written there by hand may be anything. */
  private setting<T extends string>(key: string, choices: readonly T[], fallback = choices[0]): T {
    const value = this.configuration().get<string>(key);
    return choices.find((choice) => choice === value) ?? fallback;
  }

  private listItems({ recipe, offset }: Requests['listItems']['params']): Promise<ItemsView> {
    return this.choice.run(async (signal) => {
      const page = await this.previewer!.listItems(recipe, { offset, limit: itemsPerPage }, signal);
      return { ...page, offset };
    });
  }

  private renderPreview({ item, recipe, channel }: Requests['preview']['params']): Promise<PreviewResult> {
    const wanted = Math.round(this.configuration().get<number>('previewMaxSide', 1024));
    const maxSidePx = Math.min(Math.max(wanted, 256), 4096);
    const request = { item, maxSidePx, ...(channel !== undefined && { channel }) };
    return this.preview.run(async (signal) => {
      const { png, ...facts } = await this.previewer!.preview(recipe, request, signal);
      // A Node buffer may be a view on a larger pool; what travels is cut to size.
      return { ...facts, png: new Uint8Array(png).buffer };
    });
  }

  private async start(recipe: Recipe): Promise<void> {
    requireTrust();
    const job = this.jobs.statusOf(this.jobFolder);
    if (this.starting || (job && !isOver(job))) {
      throw new ExportError('Usage', 'An export of this panel is running; wait for its end, or cancel it.');
    }
    this.starting = true;
    this.changed();
    try {
      const { datasetId } = this;
      const plan = await planJob(recipe, this.requireDataset(), this.outputFolder, this.closed.signal);
      const jobFolder = await this.jobs.start(plan, this.limits);
      // Another dataset may have been opened meanwhile: the job is not about that one.
      if (this.datasetId === datasetId) this.jobFolder = jobFolder;
    } finally {
      this.starting = false;
      this.changed();
    }
  }
}

function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ExportError('OutputNotWritable', 'Exporting writes files, which needs a trusted workspace.');
}

function isOverNow(status: JobStatus | undefined): boolean {
  return status !== undefined && isOver(status);
}

async function pick(
  title: string,
  kind: 'file' | 'folder',
  start: string | undefined,
  filters?: Record<string, string[]>,
): Promise<string | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Choose',
      canSelectFiles: kind === 'file',
      canSelectFolders: kind === 'folder',
      ...(start ? { defaultUri: vscode.Uri.file(start) } : {}),
      ...(filters && { filters }),
    })) ?? [];
  return uri?.fsPath;
}
