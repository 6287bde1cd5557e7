import type { CellColumn } from '../../model/cellColumn';
import { ExportError } from '../../model/exportError';
import { isMissing } from '../../model/missingValue';
import { parseNumber } from '../../model/parseNumber';
import { asTexts, isH5ad, readH5ad } from './h5ad/readH5ad';
import { scanTable, type TableFacts } from './scanTable';

type TextColumn = Extract<CellColumn, { kind: 'text' }>;

/** Some columns of a cell table in memory, one value per data row each, in the order of the file. */
export interface TableColumns {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, CellColumn>;
  /** Those that were to be kept as they are written: also a missing value is one of their texts. */
  readonly asWritten: ReadonlyMap<string, TextColumn>;
  readonly facts: TableFacts;
}

/**
 * Reads columns of a cell table, each by all of its values: as numbers if every value that is not missing is one, else as
 * texts, exactly as they are written. Where the delimiter is no comma, 1,5 is one and a half in a column that has no
 * decimal points. The file is read once, and once more if a column proves to be of texts after it began with numbers.
 * Memory: 8 bytes a number; 4 bytes a text, and each different text once.
 * @param names the wanted columns; a repeated name is read once
 * @param signal is asked between blocks of the file
 * @param asWritten columns to be kept as they are written whatever they hold, such as FOVs that are named 007
 * @throws ExportError as `scanTable` or `readH5ad` does; `DatasetInvalid` also if the file changed meanwhile
 */
export async function readColumns(
  file: string,
  names: readonly string[],
  signal?: AbortSignal,
  asWritten: readonly string[] = [],
): Promise<TableColumns> {
  if (isH5ad(file)) return readH5adColumns(file, [...new Set(names)], [...new Set(asWritten)], signal);
  const collectors = [...new Set(names)].map((name) => new ColumnCollector(name));
  const exact = [...new Set(asWritten)].map((name) => ({ name, collector: new TextCollector() }));
  const wanted = [...collectors.map(({ name }) => name), ...exact.map(({ name }) => name)];
  const takeRow = (values: readonly string[]): void => {
    for (let i = 0; i < collectors.length; i++) collectors[i].add(values[i]);
    for (let i = 0; i < exact.length; i++) exact[i].collector.add(values[collectors.length + i]);
  };
  const facts = await scanTable(file, wanted, takeRow, { signal });

  const unfinished = collectors.filter((collector) => !collector.finish(facts.delimiter));
  const texts = unfinished.map(() => new TextCollector());
  if (texts.length > 0) {
    const again = await scanTable(
      file,
      unfinished.map(({ name }) => name),
      (values) => {
        for (let i = 0; i < texts.length; i++) texts[i].addUnlessMissing(values[i]);
      },
      { signal },
    );
    if (again.rows !== facts.rows || again.delimiter !== facts.delimiter)
      throw new ExportError('DatasetInvalid', `Expected ${file} to stay as it is, but it changed while it was read.`);
  }
  const columns = new Map<string, CellColumn>();
  for (const collector of collectors) {
    const position = unfinished.indexOf(collector);
    columns.set(collector.name, position < 0 ? collector.column() : texts[position].column(collector.name));
  }
  return {
    rows: facts.rows,
    columns,
    asWritten: new Map(exact.map(({ name, collector }) => [name, collector.column(name)])),
    facts,
  };
}

/** AnnData says itself which columns are numbers. */
async function readH5adColumns(
  file: string,
  names: readonly string[],
  asWritten: readonly string[],
  signal: AbortSignal | undefined,
): Promise<TableColumns> {
  const { facts, columns } = await readH5ad(file, [...names, ...asWritten], signal);
  const exact = columns.slice(names.length).map(asTexts);
  return {
    rows: facts.rows,
    columns: new Map(names.map((name, i) => [name, columns[i]])),
    asWritten: new Map(asWritten.map((name, i) => [name, exact[i]])),
    facts,
  };
}

/** A column that is of numbers until a value says otherwise. */
class ColumnCollector {
  private numbers: Chunks<Float64Array> | undefined = new Chunks((length) => new Float64Array(length));
  private texts: TextCollector | undefined;
  private hasNumbers = false;
  /** Among the numbers are such as 1,5. */
  private hasCommas = false;
  /** Among them are some that are numbers only by a decimal comma, `,5` too. */
  private needsComma = false;
  /** Among them are some that are numbers only by a decimal point. */
  private needsPoint = false;

  constructor(readonly name: string) {}

  add(value: string): void {
    if (this.texts) this.texts.addUnlessMissing(value);
    else if (this.numbers) this.addNumber(this.numbers, value);
  }

  private addNumber(numbers: Chunks<Float64Array>, value: string): void {
    let number = parseNumber(value, false);
    if (!Number.isNaN(number)) {
      this.needsPoint ||= value.includes('.');
    } else if (!isMissing(value)) {
      number = parseNumber(value, true);
      if (Number.isNaN(number)) {
        this.becomeText(value);
        return;
      }
      this.needsComma = true;
      this.hasCommas ||= /\d,\d/.test(value);
    }
    this.hasNumbers ||= !Number.isNaN(number);
    numbers.add(number);
  }

  /** If only missing values came before, nothing of them is lost; else the file must be read again. */
  private becomeText(value: string): void {
    if (!this.hasNumbers) {
      this.texts = new TextCollector(this.numbers!.length);
      this.texts.addUnlessMissing(value);
    }
    this.numbers = undefined;
  }

  /** Decides on the column, after its last value. @returns false if its texts must be read once more */
  finish(delimiter: string): boolean {
    // As in readCellValues; commas and points together make texts either way.
    const decimalComma = delimiter !== ',' && this.hasCommas;
    if (decimalComma ? this.needsPoint : this.needsComma) this.numbers = undefined;
    return this.texts !== undefined || this.numbers !== undefined;
  }

  column(): CellColumn {
    if (this.texts) return this.texts.column(this.name);
    const values = this.numbers!.join();
    this.numbers = undefined;
    return { kind: 'number', name: this.name, values };
  }
}

class TextCollector {
  private readonly codes = new Chunks((length) => new Int32Array(length));
  private readonly codeOf = new Map<string, number>();

  constructor(missingBefore = 0) {
    for (let i = 0; i < missingBefore; i++) this.codes.add(-1);
  }

  addUnlessMissing(value: string): void {
    const known = this.codeOf.get(value);
    if (known !== undefined) this.codes.add(known);
    else if (isMissing(value)) this.codes.add(-1);
    else this.add(value);
  }

  add(value: string): void {
    let code = this.codeOf.get(value);
    if (code === undefined) {
      code = this.codeOf.size;
      // In memory of its own: a part of a text keeps the whole block alive from which it was cut.
      this.codeOf.set(Buffer.from(value, 'utf16le').toString('utf16le'), code);
    }
    this.codes.add(code);
  }

  column(name: string): TextColumn {
    return { kind: 'text', name, codes: this.codes.join(), texts: [...this.codeOf.keys()] };
  }
}

/** Numbers whose count is not known before: in pieces, since one growing array would at times be in memory three times. */
class Chunks<Numbers extends Float64Array | Int32Array> {
  length = 0;
  private readonly full: Numbers[] = [];
  private last: Numbers;

  constructor(private readonly make: (length: number) => Numbers) {
    this.last = make(chunkLength);
  }

  add(value: number): void {
    const place = this.length % chunkLength;
    if (place === 0 && this.length > 0) {
      this.full.push(this.last);
      this.last = this.make(chunkLength);
    }
    this.last[place] = value;
    this.length++;
  }

  join(): Numbers {
    const all = this.make(this.length);
    [...this.full, this.last].forEach((chunk, i) => {
      const start = i * chunkLength;
      all.set(chunk.subarray(0, this.length - start), start);
    });
    return all;
  }
}

const chunkLength = 2 ** 14;
