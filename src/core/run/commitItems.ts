import path from 'node:path';
import { type ExportError, exportErrorCodes, isExportError, toErrorData, toExportError } from '../model/exportError';
import { mapLimited } from '../model/mapLimited';
import type { JournalLine, WrittenFile } from '../model/journalLine';
import type { Recipe } from '../model/recipe';
import { hasContent } from '../read/describeFile';
import { dropStaged, flushStaged, placeStaged, takeBack } from '../write/writeFileWhole';
import type { JournalWriter } from '../job/jobJournal';
import type { MadeItem } from './worker/workerMessages';

/** Where a job's files go, and whether they may replace others. */
interface Target {
  readonly outputFolder: string;
  readonly overwrite: Recipe['overwrite'];
}

/** Items that are flushed to disk together. */
const batchSize = 64;

/**
 * Of those, as many items at a time. Each has a file open, of which a process may have a thousand or so; and steps that are
 * taken together wake this process and its helpers once for many of them, which costs more than the steps themselves.
 */
const atOnce = 16;

/** Staged items beyond this many wait in the workers. */
const mostWaiting = 256;

/**
 * Makes items final, in batches: their files are flushed to disk, then put in place, then the journal says so. In this
 * order a crash or a power cut at any moment leaves no name with half a file, and no line without its files.
 */
export class Committer {
  private readonly waiting: MadeItem[] = [];
  private working: Promise<void> | undefined;
  private failure: ExportError | undefined;

  constructor(
    private readonly target: Target,
    private readonly journal: JournalWriter,
    private readonly heard: {
      readonly onLine: (line: JournalLine) => void;
      /** After each batch. */
      readonly onRoom: () => void;
      /** What ends the job: nothing more is committed. */
      readonly onBroken: (error: ExportError) => void;
    },
    /** Why the job is not this runner's any more, if it is not. */
    private readonly loss: () => Promise<ExportError | undefined>,
  ) {}

  take(made: MadeItem): void {
    this.waiting.push(made);
    // After all that came with it: a batch takes a look at the claim and a line of the journal, however small it is.
    this.working ??= Promise.resolve().then(() => this.work());
  }

  hasRoom(): boolean {
    return this.waiting.length < mostWaiting;
  }

  /** Resolves when all that was taken is final. Throws what ended the job, if it could not be. */
  async finish(): Promise<void> {
    await this.working;
    if (this.failure) throw this.failure;
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, batchSize);
      if (!this.failure) await this.commit(batch);
      else for (const { staged } of batch) await dropAll(staged);
      this.heard.onRoom();
    }
    this.working = undefined;
  }

  private async commit(batch: readonly MadeItem[]): Promise<void> {
    const flushed = await mapLimited(batch, atOnce, ({ staged }) => settle(flushAll(staged)));
    const placed: (JournalLine | undefined)[] = batch.map(() => undefined);
    try {
      const loss = await this.loss();
      if (loss) throw loss;
      await mapLimited([...batch.entries()], atOnce, async ([i, made]) => {
        placed[i] = await this.placeItem(made, flushed[i]);
      });
    } catch (error) {
      // Whoever took the job over has swept our files away: that is why they cannot be placed.
      this.fail((await this.loss()) ?? error);
      for (const [i, { staged }] of batch.entries()) if (!placed[i]) await dropAll(staged);
    }
    const lines = placed.filter((line) => line !== undefined);
    if (lines.length === 0) return;
    try {
      await this.journal.append(lines);
    } catch (error) {
      // Placed, and nobody knows: the next runner finds the same bytes there and takes them for its own.
      this.fail(error);
      return;
    }
    try {
      for (const line of lines) this.heard.onLine(line);
    } catch (error) {
      this.fail(error); // Of whoever listens: the job ends with it, and can be resumed.
    }
  }

  private fail(error: unknown): void {
    this.failure ??= toExportError(error);
    this.heard.onBroken(this.failure);
  }

  /** Puts the files of an item in place, together. Throws what ends the whole job. */
  private async placeItem({ line, staged }: MadeItem, flushError: ExportError | undefined): Promise<JournalLine> {
    if (line.outcome !== 'written') return line;
    const placed: string[] = [];
    try {
      if (flushError) throw flushError;
      for (const [i, file] of line.files.entries()) {
        if (await this.placeFile(file, staged[i])) placed.push(staged[i].file);
      }
      return line;
    } catch (error) {
      await dropAll(staged);
      // Files that were replaced cannot be brought back, so the new ones stay.
      if (this.target.overwrite === 'never') for (const file of placed) await takeBack(file);
      const { code } = toExportError(error);
      if (exportErrorCodes[code].exitCode === 3) throw error;
      return { item: line.item, outcome: 'failed', error: toErrorData(error, [this.target.outputFolder]) };
    }
  }

  /**
   * Puts a file in place. One with the same bytes that is there already is ours: a runner that was killed between placing
   * it and its journal line left it.
   * @returns whether the file was not there before
   */
  private async placeFile(file: WrittenFile, staged: MadeItem['staged'][number]): Promise<boolean> {
    try {
      await placeStaged(staged, this.target.overwrite !== 'never');
      return true;
    } catch (error) {
      if (!isExportError(error, 'FileExists') || !(await isThere(this.target.outputFolder, file))) throw error;
      return false;
    }
  }
}

async function flushAll(staged: MadeItem['staged']): Promise<void> {
  for (const file of staged) await flushStaged(file);
}

/** The error of a promise, if it fails. */
function settle(promise: Promise<unknown>): Promise<ExportError | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => toExportError(error),
  );
}

async function dropAll(staged: MadeItem['staged']): Promise<void> {
  for (const file of staged) await dropStaged(file);
}

/** Whether a file has the content that we wrote. */
export function isThere(outputFolder: string, { path: name, bytes, sha256 }: WrittenFile): Promise<boolean> {
  return hasContent(path.join(outputFolder, name), bytes, sha256);
}
