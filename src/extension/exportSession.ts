import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  type Dataset,
  type DatasetOptions,
  type DatasetPart,
  datasetParts,
  ExportError,
  type Fov,
  type LocatedDataset,
  locateDataset,
  openDataset,
  describePreflight,
  estimateJob,
  listLines,
  messageOf,
  planJob,
  type Preview,
  Previewer,
  readFovHeader,
  type Plan,
  type Recipe,
  requireOwnOutput,
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
import type { JobMonitor } from './jobMonitor';
import { log } from './log';
import { NewestOnly, SupersededError } from './newestOnly';
import { PanelSettings } from './panelSettings';
import { displayPath, maxRemarks, toDatasetView, toFovDetails } from './panelViews';
import { readDropped, type ReadSettings, readSettings, settingsEndings } from './readSettings';
import { saveSettings } from './saveSettings';
import { ShownJob } from './shownJob';
import { openGallery, showFolder, showReport } from './showResult';
import { chooseFile } from './tell';
import { toLoadedSettings } from './toLoadedSettings';

type Handlers = {
  [M in Method]: (
    params: Requests[M]['params'],
    tellDraft: TellDraft,
  ) => Requests[M]['result'] | Promise<Requests[M]['result']>;
};

/** Sends what a preview is like, before its result is there. */
type TellDraft = (draft: PreviewResult) => void;

/** What must be remembered to show a session again after the window was reloaded. */
export interface RememberedSession {
  /** Or the one image of it that was opened. */
  readonly datasetFolder?: string;
  /** What the user named in place of what is found beside the images. */
  readonly datasetOptions?: DatasetOptions;
  /** Only a folder that the user chose; the one that the settings name may change. */
  readonly chosenOutput?: string;
  readonly jobFolder?: string;
}

/** Columns are those of one table: another one is understood anew. */
const noColumns = { columns: undefined, centroidUnit: undefined, cellMask: undefined };

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
  private loaded: LoadedSettings | undefined;
  private error: string | undefined;
  private readonly preview = new NewestOnly();
  private readonly checks = new NewestOnly();
  private readonly closed = new AbortController();
  private readonly job: ShownJob;

  /** @param changed called whenever `state` has something new to say */
  constructor(
    jobs: JobMonitor,
    private readonly changed: () => void,
  ) {
    this.job = new ShownJob(jobs, () => this.dataset && this.outputFolder, changed);
  }

  get hasDataset(): boolean {
    return this.dataset !== undefined;
  }

  get remembered(): RememberedSession {
    return {
      ...(this.dataset && { datasetFolder: placeOf(this.dataset) }),
      ...(Object.keys(this.datasetOptions).length > 0 && { datasetOptions: this.datasetOptions }),
      ...(this.chosenOutput !== undefined && { chosenOutput: this.chosenOutput }),
      ...(this.job.jobFolder !== undefined && { jobFolder: this.job.jobFolder }),
    };
  }

  dispose(): void {
    this.job.dispose();
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
    await this.job.find(remembered.jobFolder);
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
    return {
      ...(this.dataset && { dataset: toDatasetView(this.dataset, this.datasetOptions) }),
      datasetId: this.datasetId,
      chosenFovs: this.chosenFovs,
      outputFolder: this.dataset ? displayPath(this.outputFolder) : '',
      trusted: vscode.workspace.isTrusted,
      defaults: this.settings.defaults,
      ...(this.loaded && { loaded: this.loaded }),
      ...this.job.state,
      ...(this.error !== undefined && { error: this.error }),
    };
  }

  async handle(request: RequestMessage, tellDraft: TellDraft): Promise<Requests[Method]['result']> {
    const { datasetId } = request;
    // Sent while the host was switching to another dataset: the answer would be about the wrong one.
    if (datasetId !== undefined && datasetId !== this.datasetId)
      throw new SupersededError('Another dataset was opened.');
    const handler = this.handlers[request.method] as (
      params: unknown,
      tellDraft: TellDraft,
    ) => Requests[Method]['result'] | Promise<Requests[Method]['result']>;
    return handler(request.params, tellDraft);
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
      await this.openAgain({
        [part]: undefined,
        ...(part === 'cellTableFile' && noColumns),
        ...(part === 'roisFile' && { roiAnchor: undefined }),
      });
      return null;
    },
    describeCells: async ({ columns, unit, mask }) => {
      await this.openAgain({
        columns: Object.keys(columns).length > 0 ? columns : undefined,
        centroidUnit: unit,
        cellMask: mask,
      });
      return null;
    },
    describeRois: async ({ anchor }) => {
      await this.openAgain({ roiAnchor: anchor });
      return null;
    },
    describeFov: async ({ fov }) => toFovDetails(await readFovHeader(this.requireDataset(), this.requireFov(fov))),
    autoContrast: async ({ fovs, channels }) => {
      const requests = channels.map((channel) => ({ channel, contrastLimits: autoLimits }));
      const chosen = fovs.map((fov) => this.requireFov(fov));
      const { memoryBytes } = this.settings.limits;
      const within = { memoryBytes, signal: this.closed.signal };
      const { limits } = await this.requirePreviewer().findLimits(requests, chosen, within);
      return channels.map((channel, i) => ({ channel, contrastLimits: limits[i] }));
    },
    listItems: (params) => this.listItems(params),
    stepItem: ({ recipe, from, by }) =>
      this.steps.run((signal) => this.requirePreviewer().stepItem(recipe, from, by, signal)),
    preview: (params, tellDraft) => this.renderPreview(params, tellDraft),
    chooseSettings: async () => {
      const start = this.job.resultFolder ?? this.requireDataset().folder;
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
      const { datasetId } = this;
      const plan = (): Promise<Plan> => this.plan(recipe, this.closed.signal);
      await this.job.start(plan, this.settings.limits, () => this.datasetId === datasetId);
      return null;
    },
    cancel: async () => {
      await this.job.cancel();
      return null;
    },
    preflight: ({ recipe }) =>
      this.checks.run(async (signal) => {
        const plan = await this.plan(recipe, signal);
        const estimate = await estimateJob(plan, this.settings.limits, signal);
        const messages = plan.problems.map(({ message }) => message);
        const problems = listLines(messages, maxRemarks);
        return { ...describePreflight(plan, estimate), problems };
      }),
    resume: async () => {
      await this.job.resume(this.settings.limits, this.dataset?.folder);
      return null;
    },
    showJob: async ({ id }) => {
      await this.job.choose(id);
      return null;
    },
    listOutcomes: (params) => this.job.listOutcomes(params),
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
    const place = placeOf(this.requireDataset());
    const named = Object.entries({ ...this.datasetOptions, ...changes }).filter(([, value]) => value !== undefined);
    const datasetOptions: DatasetOptions = Object.fromEntries(named);
    const dataset = await openDataset(place, datasetOptions);
    // Meanwhile the user may have gone on to another one.
    if (!this.dataset || placeOf(this.dataset) !== place) return;
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

  private get settings(): PanelSettings {
    return new PanelSettings(this.dataset?.folder);
  }

  /** Where pictures go: the user's choice, else what the settings say, which may change (and wait for trust). */
  private get outputFolder(): string {
    this.requireDataset();
    return this.chosenOutput ?? this.settings.outputFolder;
  }

  private async plan(recipe: Recipe, signal: AbortSignal): Promise<Plan> {
    const { outputFolder } = this;
    const dataset = this.requireDataset();
    if (this.chosenOutput === undefined) await requireOwnOutput(outputFolder, dataset.folder);
    return planJob(recipe, dataset, outputFolder, { signal, memoryBytes: this.settings.limits.memoryBytes });
  }

  private get resultFolder(): string {
    return this.job.resultFolder ?? this.outputFolder;
  }

  private requireDataset(): Dataset {
    if (this.dataset) return this.dataset;
    throw new ExportError('DatasetInvalid', 'Choose a dataset first.');
  }

  private requirePreviewer(): Previewer {
    this.requireDataset();
    return this.previewer!; // Made with each dataset.
  }

  private requireFov(name: string): Fov {
    const fov = this.requireDataset().fovs.find((candidate) => candidate.name === name);
    if (fov) return fov;
    throw new ExportError('FovNotFound', `Expected FOV ${name} in this dataset, but there is none of this name.`);
  }

  private listItems({ recipe, offset }: Requests['listItems']['params']): Promise<ItemsView> {
    return this.choice.run(async (signal) => {
      const page = await this.requirePreviewer().listItems(recipe, { offset, limit: itemsPerPage }, signal);
      return { ...page, offset };
    });
  }

  private renderPreview(
    { item, recipe, channel }: Requests['preview']['params'],
    tellDraft: TellDraft,
  ): Promise<PreviewResult> {
    const { memoryBytes } = this.settings.limits;
    const request = {
      item,
      maxSidePx: this.settings.previewMaxSidePx,
      memoryBytes,
      ...(channel !== undefined && { channel }),
      draft: {
        show: (draft: Preview) => {
          tellDraft(toResult(draft));
        },
        fail: (error: unknown) => {
          log.warn(`No draft of the preview of ${item}: ${messageOf(error)}`);
        },
      },
    };
    return this.preview.run(async (signal) => toResult(await this.requirePreviewer().preview(recipe, request, signal)));
  }
}

/** A Node buffer may be a view on a larger pool; what travels is cut to size. */
function toResult({ png, ...facts }: Preview): PreviewResult {
  return { ...facts, png: new Uint8Array(png).buffer };
}

/** What was opened: a folder, or one image of it. */
function placeOf({ folder, image }: Dataset): string {
  return image ?? folder;
}

async function pick(
  title: string,
  kind: 'file' | 'folder',
  start: string | undefined,
  filters?: Record<string, string[]>,
): Promise<string | undefined> {
  return chooseFile(title, {
    openLabel: 'Choose',
    canSelectFiles: kind === 'file',
    canSelectFolders: kind === 'folder',
    ...(start ? { defaultUri: vscode.Uri.file(start) } : {}),
    ...(filters && { filters }),
  });
}
