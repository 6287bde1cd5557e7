import Papa from 'papaparse';
import { decimalPattern } from '../model/parseDecimal';
import { inPieces } from './inPieces';

/** In this order in the file; scripts rely on the names. */
export const manifestColumns = [
  'item',
  'mode',
  'fov',
  'label',
  'roi_id',
  'outcome',
  'format',
  'path',
  'x',
  'y',
  'width_px',
  'height_px',
  'downsample',
  'pixel_size_um',
  'scale_bar_um',
  'scale_bar_x',
  'scale_bar_y',
  'scale_bar_px',
  'marker_set',
  'channel',
  'error_code',
  'error_message',
  'note',
  'caption',
  'alt_text',
  'sha256',
] as const;

type ManifestColumn = (typeof manifestColumns)[number];

/** One file that was made, or one item of which none was. Absent values are empty cells. */
export type ManifestRow = Partial<Record<ManifestColumn, string | number | undefined>>;

/** What a spreadsheet takes for a formula, or for what comes before one. */
const formulaStart = /^[=+\-@\t\r]/;

/**
 * A text as a cell that no spreadsheet computes: what begins as a formula and is no number has an apostrophe before it.
 * So that every text can be told, one that begins with an apostrophe has another one.
 */
export function toCell(text: string): string {
  const isFormula = formulaStart.test(text) && !decimalPattern.test(text);
  return isFormula || text.startsWith("'") ? `'${text}` : text;
}

/**
 * The text of a cell. Version 0.1 put no apostrophes: what begins with one that `toCell` would not have put is as it was.
 */
export function fromCell(cell: string): string {
  const text = cell.slice(1);
  return cell.startsWith("'") && toCell(text) === cell ? text : cell;
}

/** Rows as CSV with a header line and LF line ends, piece by piece. */
export async function* manifestCsv(rows: Iterable<ManifestRow> | AsyncIterable<ManifestRow>): AsyncGenerator<string> {
  yield `${manifestColumns.join(',')}\n`;
  for await (const piece of inPieces(rows)) {
    yield piece.map((row) => `${manifestColumns.map((column) => cellOf(row[column])).join(',')}\n`).join('');
  }
}

function cellOf(value: string | number | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? quoted(toCell(value)) : String(value);
}

/** What is not a cell by itself: separators and quotes in it, and what readers of CSV strip at its ends. */
const needsQuotes = /[,"\r\n\ufeff]|^ | $/;

/** By hand: a library that may be told everything takes ten times as long. */
function quoted(cell: string): string {
  return needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The rows of a manifest of any version, by the names of their columns; an empty cell is an empty text. */
export function parseManifest(csv: string): Record<ManifestColumn, string>[] {
  const { data } = Papa.parse<Record<ManifestColumn, string>>(csv, {
    delimiter: ',',
    header: true,
    skipEmptyLines: true,
    transform: fromCell,
  });
  return data;
}
