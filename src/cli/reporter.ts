import path from 'node:path';
import {
  checkGallery,
  countAtBorder,
  describePreflight,
  type ExportJob,
  formatSeconds,
  listLines,
  galleryFileName,
  plannedEvent,
  plannedItemEvent,
  type StartOptions,
  describeWritten,
  type JobEstimate,
  type JobStatus,
  type JournalLine,
  type Plan,
  type Problem,
} from '../core/index';
import type { ParsedFlags } from './flags';
import { complain, drawOver, say, sayJson } from './say';

/** Problems of a plan that are said one by one; JSON has all of them. */
const mostProblems = 50;

/** How often a progress bar is redrawn at most. */
const redrawMs = 100;

interface Progress {
  readonly done: number;
  readonly planned: number;
}

/**
 * Tells how a job goes: NDJSON events (`--json`), a progress bar on a terminal, plain lines in a pipe, or nothing but
 * errors (`--quiet`). Events and results go to stdout; bars and errors to stderr.
 */
export class Reporter {
  private readonly json: boolean;
  private readonly quiet: boolean;
  private readonly bar: boolean;
  private readonly startedAt = Date.now();
  /** Items that were done before this run, in a job that was resumed. */
  private doneBefore: number | undefined;
  private drawnAt = 0;

  constructor(flags: ParsedFlags) {
    this.json = flags.on('json');
    this.quiet = flags.on('quiet');
    this.bar = !this.json && !this.quiet && process.stderr.isTTY;
  }

  dryRun(plan: Plan, estimate: JobEstimate): void {
    const pages = checkGallery(plan.recipe, plan.items, plan.datasetFolder);
    if (this.json) {
      sayJson(plannedEvent(plan));
      for (const item of plan.items) sayJson(plannedItemEvent(item));
      if (pages !== undefined) sayJson({ event: 'planned-gallery', path: galleryFileName, pages });
      sayJson({ event: 'border', ...countAtBorder(plan.items) });
      sayJson({ event: 'estimate', ...estimate });
      return;
    }
    this.problems(plan);
    if (this.quiet) return;
    for (const item of plan.items) {
      const { region } = item;
      const size = region ? `${region.widthPx} × ${region.heightPx} px` : '';
      if (item.error) say(`${item.id}: would fail, ${item.error.code}`);
      else if (item.skip !== undefined) say(`${item.id}: would be skipped, ${item.skip}`);
      else for (const file of item.files) say(`${path.join(plan.outputFolder, file.path)}  ${size}`);
    }
    if (pages !== undefined) {
      say(`${path.join(plan.outputFolder, galleryFileName)}  ${pages} ${pages === 1 ? 'page' : 'pages'}`);
    }
    const { sentence, remarks } = describePreflight(plan, estimate);
    for (const remark of remarks) say(remark);
    say(`${sentence} Nothing was written.`);
  }

  /** Which columns of the cell table say what. */
  cellTable(text: string): void {
    if (this.json) sayJson({ event: 'cell-table', text });
    else if (!this.quiet) say(`cell table: ${text}`);
  }

  planned(plan: Plan, jobFolder: string): void {
    if (this.json) sayJson(plannedEvent(plan, jobFolder));
    else this.problems(plan, (problem) => problem.item === undefined);
  }

  /** Starts a job and tells how it goes, to its end. */
  async follow(job: ExportJob, options: StartOptions): Promise<JobStatus> {
    const status = await job.start({
      ...options,
      onWait: (sentence) => {
        if (!this.quiet) complain(`${sentence} Ctrl-C ends.`);
      },
      onEvent: (event) => {
        if (this.json) sayJson(event);
        else if (event.event === 'problem') this.problem(event);
      },
      onItem: (line, progress) => {
        if (!this.json) this.item(line, progress);
      },
    });
    const failed = status.failed > 0 && !this.json && !this.quiet;
    this.ended(status, job.outputFolder, failed ? await job.datasetFolder() : undefined);
    return status;
  }

  /** What a job that was resumed has left as it was, because its plan says so. */
  notTriedAgain({ failed, retryable }: JobStatus): void {
    const known = failed - retryable;
    if (this.json || this.quiet || known === 0) return;
    const [were, their] =
      known === 1 ? ['was known before the start and needs', 'its'] : ['were known before the start and need', 'their'];
    say(
      `${known} of the failures ${were} a new job, for resume goes by the plan: when ${their} cause is mended, export anew with --overwrite changed.`,
    );
  }

  private item(line: JournalLine, progress: Progress): void {
    this.doneBefore ??= progress.done - 1;
    this.clearBar();
    if (line.outcome === 'failed') complain(`${line.item}: ${line.error.code}: ${line.error.message}`);
    else if (!this.quiet && !(this.bar && process.stdout.isTTY)) {
      say('files' in line ? line.files.map((file) => file.path).join(' ') : `${line.item}: skipped, ${line.reason}`);
    }
    this.drawBar(progress);
  }

  private ended(status: JobStatus, outputFolder: string, datasetFolder: string | undefined): void {
    const { skipped, failed, cancelled, seconds, gallery } = status;
    this.clearBar();
    if (status.error) complain(`${status.error.code}: ${status.error.message}`);
    // Another process goes on with a job that was taken over: how it stands is not this one's to say.
    if (this.json || this.quiet || status.error?.code === 'JobTakenOver') return;
    // Only a job that goes on has no item to tell of: each of them had ended before.
    const wasIdle = this.doneBefore === undefined && cancelled === 0 && gallery !== 'missing' && !status.error;
    const counts = [
      `${describeWritten(status)}${wasIdle ? ' before' : ''}`,
      skipped > 0 ? `${skipped} skipped` : '',
      failed > 0 ? `${failed} failed` : '',
      cancelled > 0 ? `${cancelled} cancelled` : '',
      gallery === 'missing' ? 'no gallery' : '',
    ];
    const made = counts.filter(Boolean).join(', ');
    const how = wasIdle
      ? `${gallery ? 'No picture' : 'Nothing'} was left to make: ${made}.`
      : `${made} in ${(seconds ?? 0).toFixed(1)} s.`;
    const what = gallery === 'made' ? `Pictures, ${galleryFileName}` : 'Pictures';
    say(`${how} ${status.error ? 'What was made is' : `${what} and manifest.csv are`} in ${outputFolder}`);
    if (datasetFolder !== undefined) say(namedFrom(datasetFolder));
  }

  private problems(plan: Plan, filter: (problem: Problem) => boolean = () => true): void {
    // What an item fails with is said when it fails.
    if (this.quiet) return;
    const problems = plan.problems.filter(filter).map(({ code, message }) => `${code}: ${message}`);
    complain(listLines(problems, mostProblems));
  }

  /** A warning is not an error. */
  private problem({ code, message }: Problem): void {
    if (!this.quiet) complain(`${code}: ${message}`);
  }

  private drawBar({ done, planned }: Progress): void {
    const now = Date.now();
    if (!this.bar || (now - this.drawnAt < redrawMs && done < planned)) return;
    this.drawnAt = now;
    const perSecond = (done - (this.doneBefore ?? 0)) / Math.max((now - this.startedAt) / 1000, 0.001);
    const width = 24;
    const filled = Math.round((done / planned) * width);
    const left = Math.ceil((planned - done) / perSecond);
    drawOver(
      `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${done}/${planned}  ${perSecond.toFixed(1)}/s  ${formatSeconds(left)} left`,
    );
  }

  private clearBar(): void {
    if (this.bar) drawOver('');
  }
}

/** Messages about items go into manifests, which hold no absolute path: this says where their files are. */
export function namedFrom(datasetFolder: string): string {
  return `Files of the dataset are named from ${datasetFolder}.`;
}
