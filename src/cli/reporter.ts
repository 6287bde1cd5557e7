import path from 'node:path';
import {
  checkGallery,
  describeWritten,
  galleryFileName,
  itemNouns,
  type JobEstimate,
  type JobStatus,
  type JournalLine,
  type Plan,
} from '../core/index';
import type { ParsedFlags } from './flags';

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

  dryRun(plan: Plan, { bytes, seconds, peakMemoryMiB, triedItems }: JobEstimate): void {
    const pages = checkGallery(plan.recipe, plan.items, plan.datasetFolder);
    if (this.json) {
      this.event(plannedEvent(undefined, plan));
      for (const { id, files, error } of plan.items) {
        this.event({ event: 'planned-item', id, paths: files.map((file) => file.path), ...(error && { error }) });
      }
      if (pages !== undefined) this.event({ event: 'planned-gallery', path: galleryFileName, pages });
      this.event({ event: 'estimate', bytes, seconds, peakMemoryMiB, triedItems });
      return;
    }
    this.problems(plan);
    if (this.quiet) return;
    for (const item of plan.items) {
      const { region } = item;
      const size = region ? `${region.widthPx} × ${region.heightPx} px` : '';
      if (item.error) this.say(`${item.id}: would fail, ${item.error.code}`);
      else if (item.skip !== undefined) this.say(`${item.id}: would be skipped, ${item.skip}`);
      else for (const file of item.files) this.say(`${path.join(plan.outputFolder, file.path)}  ${size}`);
    }
    if (pages !== undefined) this.say(`${path.join(plan.outputFolder, galleryFileName)}  ${count(pages, 'page')}`);
    const failing = plan.items.filter((item) => item.error).length;
    const skipped = plan.items.filter((item) => item.skip !== undefined).length;
    const files = plan.items.reduce((sum, item) => sum + item.files.length, 0);
    const noun = itemNouns[plan.recipe.mode];
    this.say(
      `${count(files, 'file')} of ${count(plan.items.length, noun)} planned, ${count(failing, noun)} would fail${skipped > 0 ? ` and ${skipped} be skipped` : ''}; about ${(bytes / 1e6).toFixed(1)} MB, ${formatSeconds(Math.ceil(seconds))}, ${peakMemoryMiB} MiB of memory (from ${count(triedItems, 'trial')}). Nothing was written.`,
    );
  }

  /** Which columns of the cell table say what. */
  cellTable(text: string): void {
    if (this.json) this.event({ event: 'cell-table', text });
    else if (!this.quiet) this.say(`cell table: ${text}`);
  }

  planned(jobFolder: string, plan: Plan): void {
    if (this.json) this.event(plannedEvent(jobFolder, plan));
    else this.problems(plan, (problem) => problem.item === undefined);
  }

  item(line: JournalLine, progress: Progress): void {
    if (this.json) {
      const paths = 'files' in line ? line.files.map((file) => file.path) : [];
      const error = line.outcome === 'failed' ? { error: { code: line.error.code, message: line.error.message } } : {};
      this.event({ event: 'item', id: line.item, outcome: line.outcome, paths, ...error });
      return;
    }
    this.doneBefore ??= progress.done - 1;
    this.clearBar();
    if (line.outcome === 'failed') process.stderr.write(`${line.item}: ${line.error.code}: ${line.error.message}\n`);
    else if (!this.quiet && !(this.bar && process.stdout.isTTY)) {
      this.say(
        'files' in line ? line.files.map((file) => file.path).join(' ') : `${line.item}: skipped, ${line.reason}`,
      );
    }
    this.drawBar(progress);
  }

  ended(status: JobStatus, outputFolder: string): void {
    const { planned, written, unchanged, skipped, failed, cancelled, seconds, peakMemoryMiB, gallery } = status;
    this.clearBar();
    if (status.error) process.stderr.write(`${status.error.code}: ${status.error.message}\n`);
    if (this.json) {
      const error = status.error && { code: status.error.code, message: status.error.message };
      const counts = { planned, written, unchanged, skipped, failed, cancelled };
      const extra = { ...(gallery && { gallery }), ...(error && { error }) };
      this.event({ event: 'ended', ...counts, seconds, peakMemoryMiB, ...extra });
      return;
    }
    if (this.quiet) return;
    const counts = [
      describeWritten(status),
      skipped > 0 ? `${skipped} skipped` : '',
      failed > 0 ? `${failed} failed` : '',
      cancelled > 0 ? `${cancelled} cancelled` : '',
      gallery === 'missing' ? 'no gallery' : '',
    ];
    this.say(
      `${counts.filter(Boolean).join(', ')} in ${(seconds ?? 0).toFixed(1)} s. ${status.error ? 'What was made is' : `${gallery === 'made' ? `Pictures, ${galleryFileName}` : 'Pictures'} and manifest.csv are`} in ${outputFolder}`,
    );
  }

  private problems(plan: Plan, filter: (problem: Plan['problems'][number]) => boolean = () => true): void {
    // What an item fails with is said when it fails; a warning is not an error.
    if (this.quiet) return;
    for (const problem of plan.problems.filter(filter)) process.stderr.write(`${problem.code}: ${problem.message}\n`);
  }

  private event(event: object): void {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  }

  private say(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  private drawBar({ done, planned }: Progress): void {
    const now = Date.now();
    if (!this.bar || (now - this.drawnAt < redrawMs && done < planned)) return;
    this.drawnAt = now;
    const perSecond = (done - (this.doneBefore ?? 0)) / Math.max((now - this.startedAt) / 1000, 0.001);
    const width = 24;
    const filled = Math.round((done / planned) * width);
    const left = Math.ceil((planned - done) / perSecond);
    process.stderr.write(
      `\r\x1b[K[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${done}/${planned}  ${perSecond.toFixed(1)}/s  ${formatSeconds(left)} left`,
    );
  }

  private clearBar(): void {
    if (this.bar) process.stderr.write('\r\x1b[K');
  }
}

/** The first event of a job; `job` is the name of its folder, and absent in a dry run. */
function plannedEvent(jobFolder: string | undefined, plan: Plan): object {
  const job = jobFolder === undefined ? {} : { job: path.basename(jobFolder) };
  return { event: 'planned', ...job, items: plan.items.length, problems: plan.problems };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
