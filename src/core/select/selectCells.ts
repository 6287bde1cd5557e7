import type { CellColumn } from '../model/cellColumn';
import type { CellSelection } from '../model/cellSelection';
import { mapEntry } from '../model/mapEntry';
import { parseNumber } from '../model/parseNumber';
import { sampleRows } from './sampleRows';

/** A row of the cell table that is to become an item. */
export interface ChosenCell {
  readonly row: number;
  readonly fov: string;
  readonly label: number;
  /** The table's centroid in pixels, whole numbers at pixel centres; absent where it says none. */
  readonly center?: { readonly x: number; readonly y: number };
}

export interface CellChoice {
  /** In the table's order; each cell once. */
  readonly cells: readonly ChosenCell[];
  /** Rows of FOVs that the dataset does not have, by the FOV's name in the table. */
  readonly unknownFovs: ReadonlyMap<string, number>;
  /** Rows whose label is no whole number above 0. */
  readonly badLabels: number;
  /** Rows about a cell that an earlier row is about. */
  readonly repeats: number;
  /** Asked-for labels that no row has, as `FOV:LABEL`. */
  readonly missingLabels: readonly string[];
}

/** The columns of a table that say which cell a row is about and where it is. */
export interface CellColumns {
  readonly rows: number;
  readonly fov: CellColumn;
  readonly label: CellColumn;
  readonly x?: CellColumn;
  readonly y?: CellColumn;
  /** The columns that the sample's strata and range name. */
  readonly others: ReadonlyMap<string, CellColumn>;
}

/**
 * The cells that a selection means: rows of the dataset's FOVs that are among the chosen ones, match the filter, have
 * one of the asked labels, and are drawn by the sample, in this order. Pure.
 * @param fovs.known every FOV of the dataset
 * @param fovs.chosen the FOVs that the recipe selects
 * @param matches one byte a row, 1 for those that the filter lets through; absent: all
 */
export function selectCells(
  { labels, sample }: CellSelection,
  columns: CellColumns,
  { known, chosen }: { readonly known: ReadonlySet<string>; readonly chosen: ReadonlySet<string> },
  matches: Uint8Array | undefined,
): CellChoice {
  const unknownFovs = new Map<string, number>();
  const seen = new Map<string, Set<number>>();
  let badLabels = 0;
  let repeats = 0;
  const asked = new Map<string, Set<number>>();
  for (const { fov, labels: ofFov } of labels) {
    const wanted = mapEntry(asked, fov, () => new Set<number>());
    for (const label of ofFov) wanted.add(label);
  }
  const rows: number[] = [];
  for (let row = 0; row < columns.rows; row++) {
    const fov = textAt(columns.fov, row);
    if (!known.has(fov)) {
      unknownFovs.set(fov, (unknownFovs.get(fov) ?? 0) + 1);
      continue;
    }
    const label = numberAt(columns.label, row);
    if (!Number.isSafeInteger(label) || label < 1) {
      badLabels++;
      continue;
    }
    const labelsOfFov = seen.get(fov) ?? new Set<number>();
    seen.set(fov, labelsOfFov);
    if (labelsOfFov.has(label)) {
      repeats++;
      continue;
    }
    labelsOfFov.add(label);
    if (!chosen.has(fov) || matches?.[row] === 0) continue;
    if (asked.size > 0 && !asked.get(fov)?.has(label)) continue;
    rows.push(row);
  }
  const drawn = sample ? sampleRows(rows, sample, columns.others) : rows;
  const missingLabels = [...asked].flatMap(([fov, wanted]) =>
    [...wanted].filter((label) => !seen.get(fov)?.has(label)).map((label) => `${fov}:${label}`),
  );
  return { cells: drawn.map((row) => cellAt(columns, row)), unknownFovs, badLabels, repeats, missingLabels };
}

function cellAt(columns: CellColumns, row: number): ChosenCell {
  const x = columns.x ? numberAt(columns.x, row) : Number.NaN;
  const y = columns.y ? numberAt(columns.y, row) : Number.NaN;
  return {
    row,
    fov: textAt(columns.fov, row),
    label: numberAt(columns.label, row),
    ...(Number.isFinite(x) && Number.isFinite(y) && { center: { x, y } }),
  };
}

/** A value as text; empty where it is missing. */
export function textAt(column: CellColumn, row: number): string {
  if (column.kind === 'number') return Number.isNaN(column.values[row]) ? '' : String(column.values[row]);
  return column.codes[row] < 0 ? '' : column.texts[column.codes[row]];
}

/** A value as a number; NaN where it is missing or none. */
export function numberAt(column: CellColumn, row: number): number {
  if (column.kind === 'number') return column.values[row];
  return column.codes[row] < 0 ? Number.NaN : parseNumber(column.texts[column.codes[row]], false);
}
