import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ExportError } from '../../model/exportError';
import { scanTable } from '../table/scanTable';

/** The names of a stack's channels, from a file beside it, in the order of the stack. */
export interface Panel {
  readonly file: string;
  readonly names: readonly string[];
}

/** `panel.csv` as steinbock and cytomapper users keep it, `markers.csv` as MCMICRO does. */
const fileNames = ['panel.csv', 'markers.csv', 'channels.csv'];

/** Columns that name markers, the most readable first. */
const nameColumns = ['name', 'clean_target', 'marker_name', 'target', 'marker', 'channel_name', 'metaltag', 'channel'];
/** Columns that number channels. */
const orderColumns = ['channel_number', 'frame', 'page', 'index', 'channel'];
/** steinbock: the stack holds the rows with `keep` = 1. */
const keepColumn = 'keep';
const notKept = ['0', '', 'false'];

/**
 * The panel of a folder; `undefined` if there is none. `DatasetInvalid` if one is there that cannot be read.
 * @param given the file that the user named instead
 */
export async function readPanel(folder: string, given?: string): Promise<Panel | undefined> {
  for (const file of given === undefined ? fileNames.map((name) => path.join(folder, name)) : [given]) {
    if (given === undefined && !(await stat(file).catch(() => undefined))) continue;
    return { file, names: await readNames(file) };
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
      `Expected a panel with a column of names (${nameColumns.join(', ')}) in ${file}, but found ${columns.join(', ')}.`,
    );
  }
  let rows = (await readColumn(file, nameColumn)).map((name, i) => ({ name, i }));
  const keep = columnOf(keepColumn);
  if (keep !== undefined) {
    const kept = await readColumn(file, keep);
    rows = rows.filter(({ i }) => !notKept.includes(kept[i].toLowerCase()));
  }
  for (const column of orderColumns.map(columnOf)) {
    if (column === undefined) continue;
    const numbers = await readColumn(file, column);
    const isNumbering = rows.every(({ i }) => /^\d+$/.test(numbers[i]));
    if (isNumbering && new Set(rows.map(({ i }) => Number(numbers[i]))).size === rows.length) {
      rows.sort((a, b) => Number(numbers[a.i]) - Number(numbers[b.i]));
      break;
    }
  }
  return rows.map(({ name }) => name);
}

async function readColumn(file: string, column: string): Promise<string[]> {
  const values: string[] = [];
  await scanTable(file, [column], ([value]) => {
    values.push(value.trim());
  });
  return values;
}
