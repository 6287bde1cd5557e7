import { listNames } from '../model/listNames';
import { filterError, quote } from './filterError';
import type { Filter } from './filter';

/**
 * Checks that a table has the columns of a filter.
 * @throws ExportError `ColumnNotFound` for the first that it has not, with the names nearest to it and
 * `details.position` in UTF-16 units from 0
 */
export function checkFilterColumns(filter: Filter, names: Iterable<string>): void {
  const known = new Set(names);
  const missing = filter.columns.find((name) => !known.has(name));
  if (missing === undefined) return;
  const near = nearNames(missing, [...known]);
  const found = near.length > 0 ? `only similar ones, ${listNames(near)},` : `only ${listNames([...known])}`;
  const position = filter.positions.get(missing)!;
  throw filterError(
    { filter: filter.text, position, code: 'ColumnNotFound' },
    `a column ${quote(missing)} of the cell table`,
    known.size === 0 ? 'no columns' : found,
    adviceAbout(missing, near.length > 0),
  );
}

function adviceAbout(missing: string, hasNear: boolean): string | undefined {
  const word = /^(?:true|false)$/i.exec(missing)?.[0].toLowerCase();
  if (word !== undefined) return `Write ${word === 'true' ? 'True' : 'False'} for the value.`;
  return hasNear ? undefined : `A text is written in quotes: ${quote(missing)}.`;
}

/** The names that may be meant: those that differ in marks, in letter case, by a part or by a slip; nearest first. */
function nearNames(name: string, names: readonly string[]): string[] {
  const plain = (text: string): string =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
  const key = plain(name);
  if (key === '') return [];
  const slips = key.length < 4 ? 0 : key.length < 8 ? 1 : 2;
  return names
    .map((other) => ({ other, key: plain(other) }))
    .filter((one) => one.key !== '' && (one.key.includes(key) || key.includes(one.key) || isNear(one.key, key, slips)))
    .sort((a, b) => Math.abs(a.key.length - key.length) - Math.abs(b.key.length - key.length))
    .map(({ other }) => other);
}

/** Whether so many letters exchanged, put in or left out, at most, make one text of the other. */
function isNear(a: string, b: string, slips: number): boolean {
  if (Math.abs(a.length - b.length) > slips) return false;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    if (Math.min(...next.slice(Math.max(0, i - slips), i + slips + 1)) > slips) return false;
    row = next;
  }
  return row[b.length] <= slips;
}
