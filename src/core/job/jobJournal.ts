import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, isOutOfHandles, messageOf, tooManyOpenFiles } from '../model/exportError';
import { type JobRecord, jobStatus, type JobStatus, type ReadRecord } from '../model/jobStatus';
import { EndingList, JoinedEndings, type KeptEnding } from '../model/endings';
import type { ItemList } from '../model/itemList';
import { type ItemEnding, type JournalLine, journalLineSchema } from '../model/journalLine';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { LineWindows } from '../read/lineWindows';
import { type LinePlace, lineTooLong, mostLineBytes } from '../read/readLines';
import { toWriteError } from '../write/writeFileWhole';
import { digitsAfter } from './digitsAfter';
import { HeartWatch, signOfRunner } from './heartWatch';
import { journalName, listJobs, outputOf } from './jobFolder';
import { type JobRequest, readJobRequest } from './readJobRequest';
import { isCancelRequested, readMadeGallery, readRunner } from './jobNotes';

/** A journal of one runner, appended to and never rewritten. */
export interface JournalWriter {
  /** `DiskFull` or `OutputNotWritable` if the disk does not take the lines. */
  append(lines: readonly JournalLine[]): Promise<void>;
  /** Flushes to disk; it, too, may not take them. */
  close(): Promise<void>;
}

const journalExtension = '.jsonl';

/** Opens a new journal file; runners that follow each other sort in order of their start. */
export async function openJournal(jobFolder: string): Promise<JournalWriter> {
  const file = path.join(jobFolder, journalName, await newJournalName(jobFolder));
  const written = async <T>(done: Promise<T>): Promise<T> => {
    try {
      return await done;
    } catch (error) {
      throw toWriteError(error, file);
    }
  };
  const handle: FileHandle = await written(open(file, 'ax'));
  return {
    append: (lines) => written(handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))),
    async close() {
      try {
        await written(handle.sync());
      } finally {
        await handle.close();
      }
    },
  };
}

/** Sorts after the journals that are there, of all jobs of the output folder: the last word on a file may be another job's. */
async function newJournalName(jobFolder: string): Promise<string> {
  const before: string[] = [];
  for (const job of new Set([jobFolder, ...(await listJobs(outputOf(jobFolder)))])) {
    for (const name of await readdir(path.join(job, journalName)).catch(() => [])) {
      const [, digits] = journalPattern.exec(name) ?? [];
      if (digits !== undefined) before.push(digits);
    }
  }
  const time = digitsAfter(String(Date.now()).padStart(timeDigits, '0'), before);
  return `${time}-${process.pid}-${randomBytes(3).toString('hex')}${journalExtension}`;
}

/** Of a time in milliseconds, until the year 2286. */
const timeDigits = 13;
const journalPattern = new RegExp(`^(\\d{${timeDigits}})-.*\\${journalExtension}$`);

/**
 * Reads how a job stands, again and again at little cost: the plan once, and of each journal only what was added since.
 */
export class JobReader {
  private readonly journals = new Map<string, { bytes: number; readonly lines: EndingList }>();
  private readonly windows = new LineWindows();
  private gallery: JobRecord['gallery'];

  /**
   * @param request what the job was started with, if it was read before: it never changes, and may be large
   * @param watch what was seen of the job's runners before
   */
  constructor(
    private readonly jobFolder: string,
    private request?: JobRequest,
    private readonly watch = new HeartWatch(),
  ) {}

  /** The state of a job: its plan, and every journal line that was written whole. `RecipeInvalid` if it was damaged. */
  async record(): Promise<ReadRecord> {
    const { items, recipe } = await this.readRequest();
    // Before the journals: of a runner that has ended, these then say everything.
    const runner = await readRunner(this.jobFolder);
    await this.explain(() => this.readOn(items));
    // Runners that follow each other sort in order of their start.
    const journals = [...this.journals].sort(([a], [b]) => (a < b ? -1 : 1));
    const journal = new JoinedEndings(journals.map(([, { lines }]) => lines));
    const cancelRequested = await isCancelRequested(this.jobFolder);
    if (recipe.gallery) this.gallery = await readMadeGallery(this.jobFolder);
    return {
      mode: recipe.mode,
      items,
      journal,
      cancelRequested,
      ...(this.gallery && { gallery: this.gallery }),
      ...(runner && { runner }),
      lineOf: this.lineOf,
    };
  }

  /** All that a line says which this has read. `RecipeInvalid` if the journal does not say it any more. */
  private readonly lineOf = (ending: ItemEnding): Promise<JournalLine> => {
    if (!('files' in ending)) return Promise.resolve(ending);
    if (!isKept(ending)) throw new RangeError('expected an ending of a record that was read');
    const { journal } = ending;
    return this.explain(async () => {
      const text = await this.windows.lineAt(path.join(this.jobFolder, journalName, journal), ending);
      return journalLineSchema.parse(JSON.parse(text));
    });
  };

  private async explain<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (isOutOfHandles(error)) throw tooManyOpenFiles(error);
      throw new ExportError(
        'RecipeInvalid',
        `Expected a whole job folder at ${this.jobFolder}, but its journal cannot be read: ${messageOf(error)}.`,
        undefined,
        error,
      );
    }
  }

  /** The settings of the job. `RecipeInvalid` if it was damaged. */
  async recipe(): Promise<Recipe> {
    return (await this.readRequest()).recipe;
  }

  private async readRequest(): Promise<JobRequest> {
    return (this.request ??= await readJobRequest(this.jobFolder));
  }

  /** What the runners have added. File managers and NAS systems leave files of their own everywhere. */
  private async readOn(items: ItemList): Promise<void> {
    const folder = path.join(this.jobFolder, journalName);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const { name } = entry;
      if (!entry.isFile() || !name.endsWith(journalExtension)) continue;
      const known = this.journals.get(name) ?? { bytes: 0, lines: new EndingList(items, name) };
      this.journals.set(name, known);
      for await (const added of readWholeLines(path.join(folder, name), known.bytes)) {
        for (const { line, offset, bytes } of parseJournal(added)) {
          const place = items.placeOf(line.item);
          if (place === undefined || !isOf(items.at(place), line)) continue;
          known.lines.add(place, line, { offset: known.bytes + offset, bytes });
        }
        known.bytes += added.length;
      }
    }
  }

  /** Which words of its runners the record that was read last has, in short: as long as it is equal, so is what they said. */
  heard(): unknown {
    return [[...this.journals].map(([name, { bytes }]) => [name, bytes]).sort(), this.gallery];
  }

  /** Of the record that was read last: which journal has the last word on each item. Names sort by time. */
  lastJournals(): ReadonlyMap<string, string> {
    const last = new Map<string, string>();
    for (const [name, { lines }] of [...this.journals].sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const { item } of lines) last.set(item, name);
    }
    return last;
  }

  /** How the job stands. Whether a runner of another machine lives is known from the second beat on that this has seen. */
  async status(): Promise<JobStatus> {
    let record = await this.record();
    for (;;) {
      const sign = signOfRunner(record.runner);
      const life = this.watch.look(sign);
      if (!sign || life !== 'gone') return jobStatus(record, life);
      // It may have done all its work between the reading and the look: what it left is there now.
      record = await this.record();
      if (signOfRunner(record.runner)?.value === sign.value) return jobStatus(record, life);
    }
  }
}

function isKept(ending: ItemEnding): ending is KeptEnding {
  return 'journal' in ending;
}

/** Whether a line is about an item and its files: of what else is in the folder a job has nothing to say. */
function isOf(item: PlannedItem, line: JournalLine): boolean {
  if (!('files' in line)) return true;
  const names = new Set(item.files.map((file) => file.path));
  return line.files.every((file) => names.has(file.path));
}

/** The state of a job, read once. */
export function readJobRecord(jobFolder: string): Promise<ReadRecord> {
  return new JobReader(jobFolder).record();
}

/** The status of a job at any time, from its folder alone. */
export function readJobStatus(jobFolder: string): Promise<JobStatus> {
  return new JobReader(jobFolder).status();
}

/** A journal is read in pieces of so many bytes, and of a longer line in more: it may be a hole of any size. */
const pieceBytes = 2 ** 24;

/**
 * What a file has from an offset on, up to the end of its last whole line, in pieces of whole lines.
 * @throws Error with the end of a sentence, for a line of more than `mostLineBytes`
 */
async function* readWholeLines(file: string, offset: number): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    let wantedBytes = pieceBytes;
    while (offset < size) {
      const content = Buffer.alloc(Math.min(size - offset, wantedBytes));
      const { bytesRead } = await handle.read(content, 0, content.length, offset);
      const whole = content.subarray(0, content.subarray(0, bytesRead).lastIndexOf(0x0a) + 1);
      if (whole.length > 0) {
        yield whole;
        offset += whole.length;
        wantedBytes = pieceBytes;
      } else if (bytesRead < wantedBytes) {
        return; // Its end is not yet written.
      } else if (wantedBytes < mostLineBytes) {
        wantedBytes *= 2;
      } else {
        throw lineTooLong();
      }
    }
  } finally {
    await handle.close();
  }
}

/**
 * The lines that were written whole, one by one: all of them may be more than fits into a text. One that a crash or a
 * disk cut off, or that says half of it, says nothing: its item counts as not done, and making it again does no harm,
 * because a picture of the same bytes is recognised.
 */
function* parseJournal(text: Buffer): Generator<{ readonly line: JournalLine } & LinePlace> {
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf(0x0a, start);
    try {
      const line = journalLineSchema.parse(JSON.parse(text.toString('utf8', start, end)));
      yield { line, offset: start, bytes: end - start };
    } catch {
      // Says nothing.
    }
  }
}
