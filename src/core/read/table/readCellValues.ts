import type { CellRoles, CellTableReference } from '../../model/dataset';
import { fovOfRow } from '../../model/fovOfRow';
import { parseNumber } from '../../model/parseNumber';
import { scanRows } from './scanRows';
import type { TableFacts } from './scanTable';

/** One column of a cell table, by cell. */
export interface CellValues {
  /** Per FOV, by its name in the dataset if it is there: label -> text value, exactly as in the table. */
  readonly byFov: ReadonlyMap<string, ReadonlyMap<number, string>>;
  readonly facts: TableFacts;
  /** The column writes 1,5 for one and a half; see `parseNumber`. */
  readonly decimalComma: boolean;
  /** Rows that were passed over, because their label is no positive integer. */
  readonly badLabels: number;
  /** Rows that were passed over, because the same cell has another value in a row before. */
  readonly duplicates: number;
  /** Rows that were passed over, because a row before is about the same cell, whatever it says. */
  readonly repeats: number;
}

/** Beyond so many different values a column is measurements and not categories: looking for repeats no longer pays. */
const mostKept = 2 ** 16;

interface ValueReading {
  /** Which FOV the rows are about, where no column says it, and what the dataset's FOVs are called. */
  readonly about?: Pick<CellTableReference, 'fov' | 'fovs'>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads one column of a cell table. The first row of a cell counts.
 * @throws ExportError as `scanRows` does
 */
export async function readCellValues(
  file: string,
  roles: CellRoles,
  column: string,
  { about = {}, signal }: ValueReading = {},
): Promise<CellValues> {
  const fovs = new Set(about.fovs);
  const named = new Map<string, string>();
  const byFov = new Map<string, Map<number, string>>();
  const kept = new Map<string, string>();
  let badLabels = 0;
  let duplicates = 0;
  let repeats = 0;
  let commas = false;
  let points = false;

  const keep = (value: string): string => {
    const known = kept.get(value);
    if (known !== undefined) return known;
    commas ||= /^\s*[+-]?\d+,\d+(?:e[+-]?\d+)?\s*$/i.test(value);
    points ||= /\d\.\d/.test(value) && !Number.isNaN(parseNumber(value, false));
    const copy = copyText(value);
    if (kept.size < mostKept) kept.set(copy, copy);
    return copy;
  };

  const nameFov = (text: string): string => {
    const known = named.get(text);
    if (known !== undefined) return known;
    const copy = copyText(text);
    const fov = fovOfRow(copy, fovs);
    named.set(copy, fov);
    return fov;
  };

  const takeRow = ([labelText, value, fovText]: readonly string[]): void => {
    const label = parseNumber(labelText, false);
    if (!Number.isSafeInteger(label) || label < 1) {
      badLabels++;
      return;
    }
    const fov = about.fov ?? nameFov(fovText);
    let cells = byFov.get(fov);
    if (!cells) byFov.set(fov, (cells = new Map<number, string>()));
    const first = cells.get(label);
    if (first === undefined) cells.set(label, keep(value));
    else {
      repeats++;
      if (first !== value) duplicates++;
    }
  };

  const facts = await scanRows(
    file,
    [roles.label, column, ...(about.fov === undefined ? [roles.fov ?? 'fov'] : [])],
    takeRow,
    signal,
  );
  const decimalComma = facts.delimiter !== ',' && commas && !points;
  return { byFov, facts, decimalComma, badLabels, duplicates, repeats };
}

/** The same text in memory of its own: a part of a text keeps the whole block alive from which it was cut. */
function copyText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
