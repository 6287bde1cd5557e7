import { type CellTableReference } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { type Plan, recipeOfItem } from '../model/plan';
import { isPlainColor } from '../model/recipe';
import { readLines } from '../read/describeFile';
import { type CellValues, readCellValues } from '../read/table/readCellValues';

/** What colours by the cell table need of one of its columns. */
export type CellColumnValues = Pick<CellValues, 'byFov' | 'decimalComma'>;

/** Gives a column of the cell table, by its name. */
export type ReadCellColumn = (column: string) => Promise<CellColumnValues>;

/** One FOV's cells in one column: a line of the snapshot. */
interface SnapshotLine {
  readonly column: string;
  readonly decimalComma: boolean;
  readonly fov: string;
  readonly labels: readonly number[];
  readonly texts: readonly string[];
}

/** The columns as they are in the table now. */
export function columnsOfTable(table: CellTableReference | undefined): ReadCellColumn {
  return (column) => {
    if (table) return readCellValues(table.file, table.roles, column, undefined, table);
    throw new ExportError('ColumnNotFound', `Expected a cell table for colours by ${column}, but there is none.`);
  };
}

/** The columns as they were when the job was made. */
export function columnsOfSnapshot(file: string): ReadCellColumn {
  return async (column) => {
    const byFov = new Map<string, Map<number, string>>();
    let decimalComma = false;
    for await (const text of readLines(file)) {
      const line = JSON.parse(text) as SnapshotLine;
      if (line.column !== column) continue;
      ({ decimalComma } = line);
      byFov.set(line.fov, new Map(line.labels.map((label, i) => [label, line.texts[i]])));
    }
    return { byFov, decimalComma };
  };
}

/**
 * What a plan's pictures need of the cell table, line by line: of each column that colours cells, the cells of the FOVs
 * that are drawn. The table may change while the job runs, and must not change its pictures.
 */
export async function* snapshotCells(plan: Plan): AsyncGenerator<string> {
  const columns = new Set(
    plan.items.flatMap((item) =>
      recipeOfItem(plan.recipe, item).masks.flatMap(({ color }) => (isPlainColor(color) ? [] : [color.column])),
    ),
  );
  const fovs = new Set(plan.items.flatMap(({ fov, tiles }) => tiles?.map((tile) => tile.fov) ?? [fov]));
  const read = columnsOfTable(plan.cellTable);
  for (const column of columns) {
    const { byFov, decimalComma } = await read(column);
    for (const fov of fovs) {
      const cells = byFov.get(fov);
      if (!cells) continue;
      const line: SnapshotLine = { column, decimalComma, fov, labels: [...cells.keys()], texts: [...cells.values()] };
      yield `${JSON.stringify(line)}\n`;
    }
  }
}
