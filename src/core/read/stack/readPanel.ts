import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../model/dataset';
import { ExportError, isExportError, messageOf } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { scanTable } from '../table/scanTable';

/** The names of a stack's channels, from a file beside it, in the order of the stack. */
export interface ChannelPanel {
  readonly file: string;
  /** As they are written, blanks around them included. */
  readonly names: readonly string[];
  /** The user named it: it counts more than the names in the images. */
  readonly isGiven: boolean;
}

/** `panel.csv` as steinbock and cytomapper users keep it, `markers.csv` as MCMICRO does. */
const fileNames = ['panel.csv', 'markers.csv', 'channels.csv'];

/** Columns that name markers, the most readable first. */
const nameColumns = ['name', 'clean_target', 'marker_name', 'target', 'marker', 'channel_name', 'metaltag', 'channel'];
/** Columns that number channels. */
const orderColumns = ['channel_number', 'frame', 'page', 'index', 'channel'];
/** steinbock: the stack holds the rows with `keep` = 1. */
const keepColumn = 'keep';
const notKept = ['0', '0.0', '', 'false'];

/**
 * The panel of a folder; `undefined` if there is none. One that was found there and cannot be read is passed over with a
 * warning; one that the user named is `DatasetInvalid`.
 * @param given the file that the user named instead
 */
export async function readPanel(
  folder: string,
  given: string | undefined,
  warnings: Problem[],
): Promise<ChannelPanel | undefined> {
  if (given !== undefined) return { file: given, names: await readNames(given), isGiven: true };
  for (const file of fileNames.map((name) => path.join(folder, name))) {
    if (!(await stat(file).catch(() => undefined))) continue;
    try {
      return { file, names: await readNames(file), isGiven: false };
    } catch (error) {
      if (!isExportError(error)) throw error;
      warnings.push({ code: error.code, message: messageOf(error) });
    }
  }
  return undefined;
}

async function readNames(file: string): Promise<string[]> {
  const { columns } = await scanTable(file, []);
  const columnOf = (wanted: string): string | undefined => columns.find((name) => name.trim().toLowerCase() === wanted);
  const nameColumn = nameColumns.map(columnOf).find((column) => column !== undefined);
  if (nameColumn === undefined) {
    // A bare list of names, one a line, has no header.
    if (columns.length === 1) return [columns[0], ...(await readColumn(file, columns[0]))];
    throw new ExportError(
      'DatasetInvalid',
      `Expected a panel with a column of names (${nameColumns.join(', ')}) in ${file}, but found ${listNames(columns)}.`,
    );
  }
  let rows = (await readColumn(file, nameColumn)).map((name, i) => ({ name, i }));
  for (const column of orderColumns.map(columnOf)) {
    if (column === undefined) continue;
    const numbers = (await readColumn(file, column)).map(Number);
    if (!isNumbering(numbers)) continue;
    rows.sort((a, b) => numbers[a.i] - numbers[b.i]);
    break;
  }
  const keep = columnOf(keepColumn);
  if (keep !== undefined) {
    const kept = await readColumn(file, keep);
    rows = rows.filter(({ i }) => !notKept.includes(kept[i].trim().toLowerCase()));
  }
  return rows.map(({ name }) => name);
}

/** Whether numbers are the places of rows, from 0 or from 1; masses of metals, say, are no places. */
function isNumbering(numbers: readonly number[]): boolean {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted.length > 0 && (sorted[0] === 0 || sorted[0] === 1) && sorted.every((n, i) => n === sorted[0] + i);
}

async function readColumn(file: string, column: string): Promise<string[]> {
  const values: string[] = [];
  await scanTable(file, [column], ([value]) => {
    values.push(value);
  });
  return values;
}
