import { ExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { DamagedTable } from './damagedTable';
import { readFileBlocks } from './readFileBlocks';
import { TableRecords } from './tableRecords';
import { type TableEncoding, TableText } from './tableText';

/** What is known about a delimited table when it was read to its end. */
export interface TableFacts {
  /** Data rows: neither the header nor empty lines. */
  readonly rows: number;
  /** The header's cells without blanks around them; empty for an empty file. */
  readonly columns: readonly string[];
  /** Those that have blanks around them in the file, as they are there. */
  readonly blankColumns?: readonly string[];
  readonly encoding: TableEncoding;
  /** One of comma, semicolon, tab and bar. */
  readonly delimiter: string;
  /** Columns that the file says to have and that cannot be read, each with why: `x is not in the file`. Of AnnData only. */
  readonly unread?: readonly string[];
}

/** The wanted columns of a table; or which these are, once it is known which there are. */
export type WantedColumns = readonly string[] | ((columns: readonly string[]) => readonly string[]);

export interface ScanOptions {
  /** Is asked between blocks. */
  readonly signal?: AbortSignal | undefined;
  /** How much is read at once. */
  readonly blockBytes?: number | undefined;
}

/**
 * Reads a delimited table from its beginning to its end; what it needs of memory does not depend on the file's size. A
 * file that is compressed with gzip is read as what is in it.
 *
 * Encoding: by byte order mark; UTF-16 also when most bytes at the even or the odd places are zero; else the first
 * character beyond ASCII decides between UTF-8 and Windows-1252. Delimiter: the one that makes the widest header with
 * which half of the first rows agree. Lines end with LF or CRLF, also mixed, or with CR. Empty lines are passed over;
 * short rows are filled up.
 * @param columns the wanted columns
 * @param onRow is given their texts in that order, exactly, for every data row; `''` where a row is too short
 * @throws ExportError `ColumnNotFound`; `DatasetInvalid` if it cannot be read, is something else, is damaged (a NUL byte,
 * invalid text, a quote that does not close, a row longer than the header) or has a wanted column twice. Rows before
 * the damage were given to `onRow` by then.
 */
export async function scanTable(
  file: string,
  columns: WantedColumns,
  onRow?: (values: readonly string[]) => void,
  { signal, blockBytes = 2 ** 18 }: ScanOptions = {},
): Promise<TableFacts> {
  const text = new TableText();
  const records = new TableRecords();
  let header: readonly string[] | undefined;
  let blankColumns: readonly string[] = [];
  let wanted: readonly number[] = [];
  let rows = 0;

  const takeRecord = (record: readonly string[]): void => {
    if (!header) {
      header = record.map((name) => name.trim());
      blankColumns = record.filter((name) => name !== name.trim() && name.trim() !== '');
      wanted = namesOf(columns, header).map((column) => findColumn(file, header!, column));
      return;
    }
    if (record.length === 1 && record[0].trim() === '') return;
    const extra = record.length - header.length;
    if (extra > 1 || (extra === 1 && record[header.length] !== ''))
      throw new DamagedTable(
        `line ${records.currentLine()} has ${record.length} fields and the header ${header.length}`,
      );
    rows++;
    onRow?.(wanted.map((position) => record[position] ?? ''));
  };

  try {
    for await (const bytes of readFileBlocks(file, blockBytes)) {
      signal?.throwIfAborted();
      records.add(text.add(bytes, false), false, takeRecord);
    }
    records.add(text.add(Buffer.alloc(0), true), true, takeRecord);
  } catch (error) {
    if (!(error instanceof DamagedTable)) throw error;
    throw new ExportError('DatasetInvalid', `Expected a CSV or TSV table in ${file}, but ${error.message}.`);
  }
  if (!header) namesOf(columns, []).forEach((column) => findColumn(file, [], column));
  return {
    rows,
    columns: header ?? [],
    ...(blankColumns.length > 0 && { blankColumns }),
    encoding: text.encoding,
    delimiter: records.delimiter,
  };
}

/** The names of wanted columns in a table of these. */
export function namesOf(wanted: WantedColumns, columns: readonly string[]): readonly string[] {
  return typeof wanted === 'function' ? wanted(columns) : wanted;
}

/** Where a column is in the header. */
function findColumn(file: string, header: readonly string[], column: string): number {
  const position = header.indexOf(column);
  if (position === -1) {
    const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
    const key = plain(column);
    const near = header.filter((name) => {
      const other = plain(name);
      return key !== '' && other !== '' && (other.includes(key) || key.includes(other));
    });
    const found = near.length > 0 ? `only similar ones: ${listNames(near)}` : `these: ${listNames(header)}`;
    throw new ExportError(
      'ColumnNotFound',
      `Expected a column "${column}" in ${file}, but found ${header.length === 0 ? 'no columns at all' : found}.`,
      { column, columns: header.slice(0, 100) },
    );
  }
  if (header.includes(column, position + 1))
    throw new ExportError(
      'DatasetInvalid',
      `Expected one column "${column}" in ${file}, but its header has it twice, blanks around names not counted; which one is meant cannot be told.`,
    );
  return position;
}
