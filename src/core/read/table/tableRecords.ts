import Papa from 'papaparse';
import { DamagedTable } from './damagedTable';

/** An unclosed quote makes the rest of the file one record. This many characters are more than any record has. */
const longestRecord = 2 ** 24;
/** So many characters are looked at to tell line end and delimiter. */
const headLength = 2 ** 16;
/** Of two that fit equally well the first is meant: texts contain the later ones more often. */
const delimiters = ['\t', ';', '|', ','];

/**
 * Cuts text into records with papaparse's parser, driven block by block: its own streams guess the line end once,
 * do not say in which line an error is, and let the record of an unclosed quote grow with the file.
 */
export class TableRecords {
  delimiter = ',';
  private newline: '\n' | '\r' | undefined;
  /** What the parser is given. */
  private text = '';
  /** Where in it the records end that were given. */
  private used = 0;
  /** How many characters of it were left over when it was last parsed. */
  private unfinished = 0;
  /** The line in which `text` begins, counted from 1. */
  private line = 1;

  /**
   * Gives the records that end in the text so far, less those given before. An empty line is a record of one empty field.
   * Each is given when it is cut, so that it is garbage at once: collecting them took longer than cutting them.
   */
  add(more: string, last: boolean, onRecord: (record: string[]) => void): void {
    this.line += this.linesIn(this.text, this.used);
    this.text = this.text.slice(this.used) + more;
    this.used = 0;
    const nul = more.indexOf('\0');
    if (nul !== -1) {
      const line = this.line + this.linesIn(this.text, this.text.length - more.length + nul);
      throw new DamagedTable(`found a NUL byte in line ${line}; the file is damaged or not text`);
    }
    // A record that fills many blocks is parsed from its beginning each time: seldom enough that this stays linear.
    const isWorthwhile = this.unfinished < 2 ** 20 || this.text.length >= 2 * this.unfinished;
    if (!last && !isWorthwhile && this.text.length <= longestRecord) return;
    const isReady = this.newline !== undefined || this.findLayout(last);
    if (isReady) this.cut(last, onRecord);
    this.unfinished = this.text.length - this.used;
    if (this.unfinished > longestRecord)
      throw new DamagedTable(
        `the record that begins in line ${this.currentLine()} is longer than ${longestRecord} characters; probably a quote is never closed`,
      );
  }

  /** The line in which the record begins that is being cut, counted from 1. */
  currentLine(): number {
    return this.line + this.linesIn(this.text, this.used);
  }

  private cut(last: boolean, onRecord: (record: string[]) => void): void {
    // The parser takes blanks after a closing quote for a fault at the very end, but not before a line end.
    if (last && this.text !== '') this.text += this.newline ?? '';
    const step = ({ data: [record], errors: [fault], meta }: Papa.ParseStepResult<string[][]>): void => {
      if (fault) throw this.quoteFault(fault.code);
      onRecord(this.withoutReturn(record, meta.cursor));
      this.used = meta.cursor;
    };
    const { errors } = this.parse(last, { step });
    // In the record that goes on in the next block, one fault may only be that the text ends after its closing quote.
    if (errors.length > 1) throw this.quoteFault(errors[0].code);
  }

  private quoteFault(code: string): DamagedTable {
    const record = `the record that begins in line ${this.currentLine()}`;
    return new DamagedTable(
      code === 'MissingQuotes'
        ? `a quote in ${record} is never closed`
        : `in ${record} text follows a closing quote, or a quote is not closed`,
    );
  }

  /** The parser is told LF also for CRLF, so that both may occur in one file, and leaves the CR in the last cell. */
  private withoutReturn(record: string[], end: number): string[] {
    const cell = record[record.length - 1];
    if (this.newline === '\r' || !cell.endsWith('\r')) return record;
    // A quoted cell may end with a CR of its own, which is not followed by the line end but by the quote.
    const start = end - 1 - cell.length;
    const isBare =
      this.text.startsWith(cell, start) && [undefined, '\n', this.delimiter].includes(this.text[start - 1]);
    if (isBare) record[record.length - 1] = cell.slice(0, -1);
    return record;
  }

  private parse(last: boolean, config: Papa.ParseConfig<string[][]>): Papa.ParseResult<string[]> {
    const parser = new Papa.Parser({ delimiter: this.delimiter, newline: this.newline, ...config });
    return parser.parse(this.text, 0, !last) as Papa.ParseResult<string[]>;
  }

  private linesIn(text: string, end: number): number {
    let lines = 0;
    const newline = this.newline ?? '\n';
    for (let at = text.indexOf(newline); at !== -1 && at < end; at = text.indexOf(newline, at + 1)) lines++;
    return lines;
  }

  /** Finds line end and delimiter. @returns false if more text is needed for that */
  private findLayout(last: boolean): boolean {
    if (!last && this.text.length < headLength) return false;
    const empty = emptyLines(this.text);
    const firstEnd = /\r\n?|\n/.exec(this.text.slice(empty.length).replace(/"[^"]*"/g, ''));
    if (!last && (!firstEnd || firstEnd.index + 1 === firstEnd.input.length)) return false;
    this.newline = firstEnd?.[0] === '\r' ? '\r' : '\n';
    this.line += this.linesIn(empty, empty.length);
    this.text = this.text.slice(empty.length);
    const declared = /^sep=([\t;|,])(?:\r\n?|\n)/i.exec(this.text);
    if (declared) {
      // As Excel writes it above the header.
      [, this.delimiter] = declared;
      this.line++;
      this.text = this.text.slice(declared[0].length);
      return true;
    }
    let best = 0;
    for (const delimiter of delimiters) {
      const score = this.scoreOf(delimiter, last);
      if (score <= best) continue;
      best = score;
      this.delimiter = delimiter;
    }
    return true;
  }

  /** How well a delimiter fits the first rows: the wider the header the better, if at least half of the rows agree. */
  private scoreOf(delimiter: string, last: boolean): number {
    const { data } = this.parse(last, { delimiter, preview: 20 });
    const [header, ...rows] = data.filter((record) => record.length > 1 || record[0].trim() !== '');
    const width = header?.length ?? 0;
    const fitting = rows.filter((row) => row.length === width || (row.length === width + 1 && !row[width].trim()));
    if (width > 1 && fitting.length * 2 >= rows.length) return 1e9 + width;
    // A title above the table, or ragged rows: what delimits the rows, so that they are reported if they are too long.
    return Math.min(width, 2) - 1 + rows.filter((row) => row.length > 1).length;
  }
}

/** The lines at the beginning of a text that hold nothing but blanks: of any number, too many for one expression. */
function emptyLines(text: string): string {
  const first = text.search(/[^ \r\n]/);
  const blank = first < 0 ? text : text.slice(0, first);
  return blank.slice(0, Math.max(blank.lastIndexOf('\r'), blank.lastIndexOf('\n')) + 1);
}
