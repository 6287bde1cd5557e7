import type { CellColumn } from '../../model/cellColumn';
import type { CellSample, PlacedCells } from '../../model/cellSample';
import type { CellTableSummary } from '../../model/dataset';
import { mapEntry } from '../../model/mapEntry';
import type { CellTable } from '../../read/table/cellTable';
import { findAreaColumn, placeColumns } from '../../read/table/placeColumns';
import { centroidToPixels } from '../../select/centroidToPixels';
import { limitSample } from '../../select/sampleCells';
import { numberAt, textAt } from '../../select/selectCells';
import { fovColumn } from './chooseCells';

/** The columns that places are made of, as long as the table stays as it is. */
interface PlaceColumns {
  readonly label: CellColumn;
  /** Absent where the table does not say it. */
  readonly x: CellColumn | undefined;
  readonly y: CellColumn | undefined;
  readonly area: CellColumn | undefined;
}

/** Of each table the last ones: previews ask for them again and again. */
const kept = new WeakMap<CellTable, CellPlaces>();

/** Where a cell table says that its cells are: of all of them, whichever are chosen. */
export class CellPlaces {
  private readonly samples = new Map<string, CellSample | undefined>();

  private constructor(
    private readonly cellTable: CellTableSummary,
    private readonly rowsOf: ReadonlyMap<string, readonly number[]>,
    private readonly columns: PlaceColumns,
  ) {}

  /**
   * Reads what of the columns was not read before; while the table stays as it is, its places do.
   * @returns `undefined` if no column says which cell of which mask a row is about
   */
  static async read(
    cellTable: CellTableSummary,
    table: CellTable,
    signal?: AbortSignal,
  ): Promise<CellPlaces | undefined> {
    const { roles, labelProblem, problem } = cellTable;
    if (problem || labelProblem) return undefined;
    const names = [roles.label, ...placeColumns(cellTable)];
    const { rows, columns, asWritten } = await table.read(names, roles.fov === undefined ? [] : [roles.fov], signal);
    const column = (name: string | undefined): CellColumn | undefined =>
      name === undefined || !cellTable.columns.includes(name) ? undefined : columns.get(name);
    const label = columns.get(roles.label)!;
    const known = kept.get(table);
    // A column is read anew when the table has changed.
    if (known?.columns.label === label && known.cellTable === cellTable) return known;
    const fov = fovColumn(cellTable, rows, asWritten);
    const rowsOf = new Map<string, number[]>();
    for (let row = 0; row < rows; row++) {
      const number = numberAt(label, row);
      if (Number.isSafeInteger(number) && number >= 1) mapEntry(rowsOf, textAt(fov, row), () => []).push(row);
    }
    const area = findAreaColumn(cellTable.columns);
    const placing = { label, x: column(roles.x), y: column(roles.y), area: column(area) };
    const places = new CellPlaces(cellTable, rowsOf, placing);
    kept.set(table, places);
    return places;
  }

  /** Whether it has a cell of a FOV. */
  has(fov: string): boolean {
    return this.rowsOf.has(fov);
  }

  /** Some of the cells that `cellsOf` gives, found once. */
  sampleOf(fov: string, pixelSizeUm: number | undefined): CellSample | undefined {
    const key = JSON.stringify([fov, pixelSizeUm]);
    if (!this.samples.has(key)) {
      const all = this.cellsOf(fov, pixelSizeUm);
      this.samples.set(key, all && limitSample(all));
    }
    return this.samples.get(key);
  }

  /**
   * All cells of a FOV, the first row of each; `undefined` if there are none.
   * @param pixelSizeUm of the FOV, for centroids in µm, of which nothing is known without
   */
  cellsOf(fov: string, pixelSizeUm: number | undefined): PlacedCells | undefined {
    const rows = this.rowsOf.get(fov);
    if (!rows) return undefined;
    const { label, area } = this.columns;
    const labels = valuesAt(label, rows);
    const greatestLabel = labels.reduce((greatest, number) => Math.max(greatest, number), 0);
    const isFirst = firstTime(greatestLabel);
    const firsts = rows.filter((_, i) => isFirst(labels[i]));
    const placed = this.centersOf(firsts, pixelSizeUm);
    const sampled = placed?.rows ?? firsts;
    return {
      cells: firsts.length,
      greatestLabel,
      labels: valuesAt(label, sampled),
      ...(placed && { centers: placed.centers }),
      ...(area && { areasPx: valuesAt(area, sampled) }),
    };
  }

  /** The rows with a centroid, and these; `undefined` if there are none. */
  private centersOf(
    rows: readonly number[],
    pixelSizeUm: number | undefined,
  ): { readonly rows: readonly number[]; readonly centers: NonNullable<PlacedCells['centers']> } | undefined {
    const { x, y } = this.columns;
    const { centroids } = this.cellTable;
    if (!x || !y || (centroids?.unit === 'um' && pixelSizeUm === undefined)) return undefined;
    const placed = rows.filter((row) => Number.isFinite(numberAt(x, row)) && Number.isFinite(numberAt(y, row)));
    if (placed.length === 0) return undefined;
    const centers = { x: valuesAt(x, placed), y: valuesAt(y, placed) };
    for (let i = 0; centroids && i < placed.length; i++) {
      const center = centroidToPixels({ x: centers.x[i], y: centers.y[i] }, centroids, pixelSizeUm ?? 1);
      centers.x[i] = center.x;
      centers.y[i] = center.y;
    }
    return { rows: placed, centers };
  }
}

function valuesAt(column: CellColumn, rows: readonly number[]): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = numberAt(column, rows[i]);
  return values;
}

/** Greater labels than masks mostly have are kept in a set, which takes ten times as long. */
const mostMarks = 2 ** 24;

/** Tells of each label, one after the other, whether it comes for the first time. */
function firstTime(greatestLabel: number): (label: number) => boolean {
  const marks = new Uint8Array(Math.min(greatestLabel + 1, mostMarks));
  const others = new Set<number>();
  return (label) => {
    const isFirst = label < marks.length ? marks[label] === 0 : !others.has(label);
    if (label < marks.length) marks[label] = 1;
    else others.add(label);
    return isFirst;
  };
}
