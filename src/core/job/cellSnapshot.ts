import { type CellTableReference } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { mapEntry } from '../model/mapEntry';
import { type Plan, recipeOfItem } from '../model/plan';
import { isPlainColor } from '../model/recipe';
import { versionOf } from '../read/describeFile';
import { type LinePlace, readLineAt, readLines } from '../read/readLines';
import { type CellValues, readCellValues } from '../read/table/readCellValues';

/** What colours by the cell table need: what a column says of the cells of a FOV. */
export interface FovCells {
  /** By label, exactly as in the table. */
  readonly texts: ReadonlyMap<number, string>;
  /** The column writes 1,5 for one and a half. */
  readonly decimalComma: boolean;
}

/** Gives a column of the cell table for the cells of a FOV; empty if it says nothing of them. */
export type ReadFovCells = (column: string, fov: string) => Promise<FovCells>;

/** One FOV's cells in one column: a line of the snapshot. */
interface SnapshotLine {
  readonly column: string;
  readonly decimalComma: boolean;
  readonly fov: string;
  readonly labels: readonly number[];
  readonly texts: readonly string[];
}

const noCells: FovCells = { texts: new Map(), decimalComma: false };

/** Of the table as it is now. A column is kept while the table stays as it is: for one or a few pictures, not for a job's workers. */
export function cellsOfTable(table: CellTableReference | undefined): ReadFovCells {
  const columns = new Map<string, Promise<CellValues>>();
  return async (column, fov) => {
    if (!table)
      throw new ExportError('ColumnNotFound', `Expected a cell table for colours by ${column}, but there is none.`);
    const key = JSON.stringify([column, await versionOf(table.file)]);
    const read = mapEntry(columns, key, () => readCellValues(table.file, table.roles, column, undefined, table));
    // What failed is tried again when it is next asked for.
    read.catch(() => columns.delete(key));
    const { byFov, decimalComma } = await read;
    return { texts: byFov.get(fov) ?? noCells.texts, decimalComma };
  };
}

/** Of the table as it was when the job was made. Only where the FOVs stand in the snapshot is kept. */
export function cellsOfSnapshot(file: string): ReadFovCells {
  let places: Promise<ReadonlyMap<string, LinePlace>> | undefined;
  return async (column, fov) => {
    const known = (places ??= placesIn(file));
    known.catch(() => (places = undefined)); // What failed is tried again when it is next asked for.
    const place = (await known).get(placeKey(column, fov));
    if (!place) return noCells;
    const { labels, texts, decimalComma } = JSON.parse(await readLineAt(file, place)) as SnapshotLine;
    return { texts: new Map(labels.map((label, i) => [label, texts[i]])), decimalComma };
  };
}

async function placesIn(file: string): Promise<ReadonlyMap<string, LinePlace>> {
  const places = new Map<string, LinePlace>();
  let offset = 0;
  for await (const text of readLines(file)) {
    const { column, fov } = JSON.parse(text) as SnapshotLine;
    const bytes = Buffer.byteLength(text);
    places.set(placeKey(column, fov), { offset, bytes });
    offset += bytes + 1;
  }
  return places;
}

function placeKey(column: string, fov: string): string {
  return JSON.stringify([column, fov]);
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
  for (const column of columns) {
    const read = cellsOfTable(plan.cellTable); // Anew, so that one column at a time is in memory.
    for (const fov of fovs) {
      const { texts, decimalComma } = await read(column, fov);
      if (texts.size === 0) continue;
      const line: SnapshotLine = { column, decimalComma, fov, labels: [...texts.keys()], texts: [...texts.values()] };
      yield `${JSON.stringify(line)}\n`;
    }
  }
}
