import type { CellColumn } from '../model/cellColumn';
import type { CellSample } from '../model/cellSample';
import type { CellTableSummary } from '../model/dataset';
import { mapEntry } from '../model/mapEntry';
import type { CellTable } from '../read/table/cellTable';
import { findAreaColumn, placeColumns } from '../read/table/placeColumns';
import { centroidToPixels } from '../select/centroidToPixels';
import { numberAt, textAt } from '../select/selectCells';
import { fovColumn } from './chooseCells';

/** Where a cell table says that its cells are: of all of them, whichever are chosen. */
export class CellPlaces {
  private constructor(
    private readonly cellTable: CellTableSummary,
    private readonly rowsOf: ReadonlyMap<string, readonly number[]>,
    private readonly columns: ReadonlyMap<string, CellColumn>,
  ) {}

  /**
   * Reads what of the columns was not read before.
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
    const fov = fovColumn(cellTable, rows, asWritten);
    const label = columns.get(roles.label)!;
    const rowsOf = new Map<string, number[]>();
    for (let row = 0; row < rows; row++) {
      const number = numberAt(label, row);
      if (Number.isSafeInteger(number) && number >= 1) mapEntry(rowsOf, textAt(fov, row), () => []).push(row);
    }
    return new CellPlaces(cellTable, rowsOf, columns);
  }

  /**
   * All cells of a FOV, the first row of each; `undefined` if there are none.
   * @param pixelSizeUm of the FOV, for centroids in µm, of which nothing is known without
   */
  cellsOf(fov: string, pixelSizeUm: number | undefined): CellSample | undefined {
    const { roles, columns: names, centroids } = this.cellTable;
    const column = (name: string | undefined): CellColumn | undefined =>
      name === undefined || !names.includes(name) ? undefined : this.columns.get(name);
    const label = column(roles.label)!;
    const [x, y, area] = [column(roles.x), column(roles.y), column(findAreaColumn(names))];
    const cells = new Map<number, number>();
    let greatestLabel = 0;
    for (const row of this.rowsOf.get(fov) ?? []) {
      const number = numberAt(label, row);
      if (!cells.has(number)) cells.set(number, row);
      if (number > greatestLabel) greatestLabel = number;
    }
    if (cells.size === 0) return undefined;
    const isKnown = x && y && (centroids?.unit !== 'um' || pixelSizeUm !== undefined);
    const placed = isKnown
      ? [...cells].flatMap(([number, row]) => {
          const written = { x: numberAt(x, row), y: numberAt(y, row) };
          if (!Number.isFinite(written.x) || !Number.isFinite(written.y)) return [];
          const center = centroids ? centroidToPixels(written, centroids, pixelSizeUm ?? 1) : written;
          return [{ label: number, row, center: [center.x, center.y] as const }];
        })
      : [];
    const sampled = placed.length > 0 ? placed : [...cells].map(([number, row]) => ({ label: number, row }));
    const areaAt = (row: number): number | null => {
      const value = numberAt(area!, row);
      return Number.isFinite(value) ? value : null;
    };
    return {
      cells: cells.size,
      greatestLabel,
      labels: sampled.map((cell) => cell.label),
      ...(placed.length > 0 && { centers: placed.map(({ center }) => center) }),
      ...(area && { areasPx: sampled.map(({ row }) => areaAt(row)) }),
    };
  }
}
