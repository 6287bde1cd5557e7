import path from 'node:path';
import type { Dataset } from '../model/dataset';
import type { JobStatus } from '../model/jobStatus';
import type { JournalLine } from '../model/journalLine';
import type { Plan } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { outputFor } from '../read/linksOut';
import { endedEvent, type ExportEvent, itemEvent, plannedEvent } from './exportEvent';
import { hasSources, requireDatasetAt } from '../job/datasetPlace';
import { createJobFolder, findJob, outputOf } from '../job/jobFolder';
import { readJobStatus } from '../job/jobJournal';
import { clearCancel, requestCancel } from '../job/jobNotes';
import { planJob } from '../plan/planJob';
import { readJobDataset } from '../job/readJobRequest';
import { requireRoom } from './requireRoom';
import { requireOwnJob, runJob, type RunOptions } from './runJob';
import type { RunLimits } from './runLimits';

export interface StartOptions extends Pick<
  RunOptions,
  'signal' | 'keepCancel' | 'dataset' | 'whileWriting' | 'onWait' | keyof RunLimits
> {
  readonly onEvent?: (event: ExportEvent) => void;
  /** Each item as the journal has it, with all that is known of its files. */
  readonly onItem?: (line: JournalLine, progress: { readonly done: number; readonly planned: number }) => void;
}

export interface CreateOptions {
  /** Keeps the SHA-256 of every image with the job. */
  readonly hashSources?: boolean;
  /** Stops looking for room: a few items may have to be made for it. */
  readonly signal?: AbortSignal;
  /** It is known that there is room; see `requireRoom`. */
  readonly hasRoom?: boolean;
}

/**
 * A job: a folder that anybody can watch, stop and go on with, from any process. A handle has no state of its own, so
 * there may be several of one job.
 */
export class ExportJob {
  private constructor(
    /** Absolute. */
    readonly folder: string,
  ) {}

  /** Freezes a plan as a new job; see `createJobFolder`. `DiskFull`, before anything is written, if there is no room for it. */
  static async create(
    plan: Plan,
    { hashSources = false, signal, hasRoom = false }: CreateOptions = {},
  ): Promise<ExportJob> {
    if (!hasRoom) await requireRoom(plan, signal);
    return new ExportJob(await createJobFolder(plan, hashSources));
  }

  /** A job by its folder, or the newest one of an output folder. `Usage` if there is none. */
  static async open(outputOrJobFolder: string): Promise<ExportJob> {
    return new ExportJob(await findJob(path.resolve(outputOrJobFolder)));
  }

  get outputFolder(): string {
    return outputOf(this.folder);
  }

  /**
   * Makes every item that is not made yet, or failed for a reason that may be gone. Starting a job that has ended does
   * nothing more than look whether its files are still as they were. Resolves with how the job stands then.
   * @throws ExportError `Usage` if another process is at work on it, `RecipeInvalid` if its folder was damaged
   */
  async start({ onEvent, onItem, ...options }: StartOptions = {}): Promise<JobStatus> {
    const status = await runJob(this.folder, {
      ...options,
      onProblem(problem) {
        onEvent?.({ event: 'problem', ...problem });
      },
      onItem(line, progress) {
        onEvent?.(itemEvent(line));
        onItem?.(line, progress);
      },
    });
    onEvent?.(endedEvent(status));
    return status;
  }

  /** Asks whoever runs the job to stop within the items in hand. */
  async cancel(): Promise<void> {
    await requireOwnJob(this.folder);
    await requestCancel(this.folder);
  }

  /** Takes back a request to stop, for whoever goes on with the job. */
  allow(): Promise<void> {
    return clearCancel(this.folder);
  }

  /** Where its dataset is, absolute; where it was, if it is not there any more. */
  async datasetFolder(): Promise<string> {
    return (await readJobDataset(this.folder)).datasetFolder;
  }

  /** Whether its dataset is where it was, or was moved with the job. */
  async isDatasetThere(): Promise<boolean> {
    const { datasetFolder, sources } = await readJobDataset(this.folder);
    return hasSources(datasetFolder, sources);
  }

  /** That its dataset is in this folder now: `DatasetInvalid` if that is another one. */
  async requireDataset(folder: string): Promise<void> {
    const { origin, sources } = await readJobDataset(this.folder);
    await requireDatasetAt(folder, origin.datasetFolder, sources);
  }

  /** How the job stands, from its folder alone. */
  status(): Promise<JobStatus> {
    return readJobStatus(this.folder);
  }
}

export interface ExportOptions extends StartOptions, Pick<CreateOptions, 'hashSources'> {
  /** Absolute or relative to the working directory; absent: `exports` in the dataset. */
  readonly out?: string;
}

/**
 * Plans a recipe on a dataset and runs it to its end: in one call what the command line and the panel do step by step.
 * @throws ExportError what is wrong with the request, before anything is written; what goes wrong with single items is in
 *   the status
 */
export async function runExport(recipe: Recipe, dataset: Dataset, options: ExportOptions = {}): Promise<JobStatus> {
  const { out, hashSources, ...rest } = options;
  const outputFolder = await outputFor(dataset, out);
  const plan = await planJob(recipe, dataset, outputFolder, rest);
  const job = await ExportJob.create(plan, {
    ...(hashSources !== undefined && { hashSources }),
    ...(rest.signal && { signal: rest.signal }),
  });
  rest.onEvent?.(plannedEvent(plan, job.folder));
  return job.start(rest);
}
