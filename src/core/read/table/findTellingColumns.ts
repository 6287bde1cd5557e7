import { parseNumber } from '../../model/parseNumber';
import type { TableSummary } from '../../model/dataset';
import { fovCandidates } from './findFovColumn';
import { scanRows } from './scanRows';

/** More different texts than a table has images. */
const mostTexts = 1000;
/** Columns and cells that are looked at. */
const mostColumns = 300;
const mostCells = 1000;

/**
 * The columns of a table that could say which image a row is about: those with few different values, none of which two rows
 * of one label have in common. Those called like names of images come first. Reads the table once.
 * @param cells the rows of labels that are there several times, each label's together
 * @param not columns that say something else, as is known
 */
export async function findTellingColumns(
  { file, columns, rows }: TableSummary,
  cells: readonly (readonly number[])[],
  not: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const cellOf = new Map(cells.slice(0, mostCells).flatMap((of, cell) => of.map((row) => [row, cell] as const)));
  // What is there twice cannot be read.
  const [seen, twice] = [new Set<string>(), new Set<string>()];
  for (const name of columns) if (seen.size === seen.add(name).size) twice.add(name);
  const isOnce = (name: string): boolean => !twice.has(name);
  const asked = columns.filter((name) => name !== '' && !not.includes(name) && isOnce(name)).slice(0, mostColumns);
  const tallies = asked.map((name) => new Tally(name));
  let row = 0;
  const takeRow = (texts: readonly string[]): void => {
    const cell = cellOf.get(row++);
    for (let i = 0; i < tallies.length; i++) tallies[i].add(texts[i], cell);
  };
  await scanRows(file, asked, takeRow, signal);
  const telling = tallies.filter((tally) => tally.tells(rows)).sort((a, b) => a.texts.size - b.texts.size);
  const names = telling.map(({ name }) => name);
  const usual = fovCandidates(names);
  return [...usual, ...names.filter((name) => !usual.includes(name))];
}

/** What is found out about a column. */
class Tally {
  readonly texts = new Set<string>();
  private readonly ofCells = new Map<number, Set<string>>();
  private isOut = false;
  private numbers: 'whole' | 'some' | 'none' = 'whole';

  constructor(readonly name: string) {}

  add(text: string, cell: number | undefined): void {
    if (this.isOut) return;
    if (!this.texts.has(text)) {
      this.texts.add(Buffer.from(text, 'utf16le').toString('utf16le'));
      const number = parseNumber(text, false);
      if (Number.isNaN(number)) this.numbers = 'none';
      else if (!Number.isInteger(number) && this.numbers === 'whole') this.numbers = 'some';
    }
    const ofCell = cell === undefined ? undefined : (this.ofCells.get(cell) ?? new Set<string>());
    // Two rows of one cell that have the same text are not told apart by it.
    this.isOut = this.texts.size > mostTexts || ofCell?.has(text) === true;
    if (ofCell) this.ofCells.set(cell!, ofCell.add(text));
  }

  /** Measurements differ from row to row; numbers of images do not. */
  tells(rows: number): boolean {
    if (this.isOut || this.texts.size < 2) return false;
    if (this.numbers === 'none') return this.texts.size <= rows / 2 + 1;
    return this.numbers === 'whole' && this.texts.size <= Math.max(2, rows / 4);
  }
}
