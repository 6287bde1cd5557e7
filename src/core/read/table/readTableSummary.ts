import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem, TableSummary } from '../../model/dataset';
import { toExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { type ColumnValues, fovCandidates } from './findFovColumn';
import { scanRows } from './scanRows';

/**
 * The columns of a cell table and how many rows it has, streamed, so that a million rows cost no memory.
 * @param warnings gets why a table cannot be read, which is no failure, which columns of one cannot, and which names of
 * columns have blanks around them
 * @param fovValues gets what the columns hold that may say the FOV of a row
 * @param givenFov the column of which the user says so
 * @returns `undefined` if there is no such file, or if it cannot be read
 */
export async function readTableSummary(
  file: string,
  warnings: Problem[],
  fovValues?: Map<string, ColumnValues>,
  givenFov?: string,
): Promise<TableSummary | undefined> {
  if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined;
  const counts: TextCounts[] = [];
  const choose = (columns: readonly string[]): string[] => {
    const asked = !fovValues ? [] : givenFov === undefined ? fovCandidates(columns) : [givenFov];
    // What is there twice cannot be read, which is said where it is wanted.
    const chosen = asked.filter((name) => columns.filter((each) => each === name).length === 1);
    counts.push(...chosen.map((name) => new TextCounts(name)));
    return chosen;
  };
  try {
    const takeRow = (texts: readonly string[]): void => {
      for (let i = 0; i < counts.length; i++) counts[i].add(texts[i]);
    };
    const { rows, columns, unread = [], blankColumns = [] } = await scanRows(file, choose, fovValues && takeRow);
    for (const { name, counted } of counts) fovValues?.set(name, counted);
    if (unread.length > 0) warnings.push(unreadColumns(file, unread));
    if (blankColumns.length > 0) warnings.push(trimmedColumns(file, blankColumns));
    return { file, rows, columns };
  } catch (error) {
    const { code, message } = toExportError(error);
    warnings.push({ code, message });
    return undefined;
  }
}

/** More than a table has images. */
const mostTexts = 2 ** 16;

/** How many rows have each text of a column. */
class TextCounts {
  private counts: Map<string, { rows: number }> | undefined = new Map();
  private last: string | undefined;
  private ofLast = { rows: 0 };

  constructor(readonly name: string) {}

  /** Rows of an image follow each other as a rule, so that a text is mostly the last one. */
  add(text: string): void {
    if (text !== this.last) {
      if (!this.counts) return;
      this.last = text;
      this.ofLast = this.entryOf(text, this.counts);
    }
    this.ofLast.rows++;
  }

  private entryOf(text: string, counts: Map<string, { rows: number }>): { rows: number } {
    const known = counts.get(text);
    if (known) return known;
    const entry = { rows: 0 };
    // In memory of its own: a part of a text keeps the whole block alive from which it was cut.
    if (counts.size < mostTexts) counts.set(Buffer.from(text, 'utf16le').toString('utf16le'), entry);
    else this.counts = undefined;
    return entry;
  }

  get counted(): ColumnValues {
    return this.counts && new Map([...this.counts].map(([text, { rows }]) => [text, rows]));
  }
}

function unreadColumns(file: string, unread: readonly string[]): Problem {
  return {
    code: 'ColumnNotFound',
    message: `Expected to read every column of ${file}, but had to leave some out: ${listNames(unread)}.`,
  };
}

function trimmedColumns(file: string, names: readonly string[]): Problem {
  return {
    code: 'NamesShortened',
    message: `Names of columns of ${path.basename(file)} have blanks around them and are read without: ${listNames(names.map((name) => JSON.stringify(name)))}.`,
  };
}
