import * as z from 'zod';
import type { CellSample } from '../model/cellSample';
import { type CellTableReference } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { mapEntry } from '../model/mapEntry';
import { type Plan, recipeOfItem } from '../model/plan';
import { isPlainColor } from '../model/recipe';
import { versionOf } from '../read/describeFile';
import { type LinePlace, readLineAt, readLines } from '../read/readLines';
import { type CellValues, readCellValues } from '../read/table/readCellValues';
import { damagedJob } from './damagedJob';

/** What colours by the cell table need: what a column says of the cells of a FOV. */
export interface FovCells {
  /** By label, exactly as in the table. */
  readonly texts: ReadonlyMap<number, string>;
  /** The column writes 1,5 for one and a half. */
  readonly decimalComma: boolean;
}

/** Where colours by the cell table come from. */
export interface CellsSource {
  /** A column for the cells of a FOV; empty if it says nothing of them. */
  values(column: string, fov: string): Promise<FovCells>;
  /** Some of a FOV's cells, to see whether they are a mask's; absent if nothing is known of them. */
  sample(fov: string, pixelSizeUm: number | undefined): Promise<CellSample | undefined>;
}

/** One FOV's cells in one column: a line of the snapshot. */
const snapshotLineSchema = z
  .object({
    column: z.string(),
    decimalComma: z.boolean(),
    fov: z.string(),
    labels: z.array(z.number()),
    texts: z.array(z.string()),
  })
  .refine(({ labels, texts }) => labels.length === texts.length);

/** A line of the snapshot that says where some of a FOV's cells are. */
const sampleLineSchema = z.object({
  sampleOf: z.string(),
  sample: z
    .object({
      cells: z.number(),
      greatestLabel: z.number(),
      labels: z.array(z.number()),
      centers: z.array(z.tuple([z.number(), z.number()])).exactOptional(),
      areasPx: z.array(z.number().nullable()).exactOptional(),
    })
    .refine(({ labels, centers = labels, areasPx = labels }) => {
      return centers.length === labels.length && areasPx.length === labels.length;
    }),
});

/** What of a line says whose it is. */
const lineHeadSchema = z.union([z.object({ sampleOf: z.string() }), z.object({ column: z.string(), fov: z.string() })]);

const noCells: FovCells = { texts: new Map(), decimalComma: false };

/**
 * Of the table as it is now. A column is kept while the table stays as it is: for one or a few pictures, not for a job's workers.
 * @param sample of its cells, which takes more of the table than a reference says
 */
export function cellsOfTable(table: CellTableReference | undefined, sample: CellsSource['sample']): CellsSource {
  const columns = new Map<string, Promise<CellValues>>();
  const values: CellsSource['values'] = async (column, fov) => {
    if (!table)
      throw new ExportError('ColumnNotFound', `Expected a cell table for colours by ${column}, but there is none.`);
    const key = JSON.stringify([column, await versionOf(table.file)]);
    const read = mapEntry(columns, key, () => readCellValues(table.file, table.roles, column, { about: table }));
    // What failed is tried again when it is next asked for.
    read.catch(() => columns.delete(key));
    const { byFov, decimalComma } = await read;
    return { texts: byFov.get(fov) ?? noCells.texts, decimalComma };
  };
  return { values, sample };
}

/** Of a plan, for pictures that are tried before there is a job. */
export function cellsOfPlan({ cellTable, cellSamples }: Plan): CellsSource {
  return cellsOfTable(cellTable, (fov) => Promise.resolve(cellSamples?.get(fov)));
}

/** Of the table as it was when the job was made. Only where the FOVs stand in the snapshot is kept. */
export function cellsOfSnapshot(file: string): CellsSource {
  let places: Promise<ReadonlyMap<string, LinePlace>> | undefined;
  const lineOf = async (key: string): Promise<string | undefined> => {
    const known = (places ??= placesIn(file));
    known.catch(() => (places = undefined)); // What failed is tried again when it is next asked for.
    const place = (await known).get(key);
    return place && readLineAt(file, place);
  };
  return {
    async values(column, fov) {
      const line = await lineOf(placeKey(column, fov));
      if (line === undefined) return noCells;
      const { labels, texts, decimalComma } = parseLine(line, file, snapshotLineSchema);
      return { texts: new Map(labels.map((label, i) => [label, texts[i]])), decimalComma };
    },
    async sample(fov) {
      const line = await lineOf(sampleKey(fov));
      return line === undefined ? undefined : parseLine(line, file, sampleLineSchema).sample;
    },
  };
}

/** A line that was written as it is; a job folder may come from a stranger. `RecipeInvalid` if it is not as we write it. */
function parseLine<T>(text: string, file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw damagedJob(file, 'is damaged: a line of it is not as it was written', error);
  }
}

async function placesIn(file: string): Promise<ReadonlyMap<string, LinePlace>> {
  const places = new Map<string, LinePlace>();
  let offset = 0;
  for await (const text of readLines(file)) {
    const line = parseLine(text, file, lineHeadSchema);
    const bytes = Buffer.byteLength(text);
    places.set('sampleOf' in line ? sampleKey(line.sampleOf) : placeKey(line.column, line.fov), { offset, bytes });
    offset += bytes + 1;
  }
  return places;
}

function placeKey(column: string, fov: string): string {
  return JSON.stringify([column, fov]);
}

function sampleKey(fov: string): string {
  return JSON.stringify([fov]);
}

/**
 * What a plan's pictures need of the cell table, line by line: of each column that colours cells, the cells of the FOVs
 * that are drawn, and where some of them are. The table may change while the job runs, and must not change its pictures.
 */
export async function* snapshotCells(plan: Plan): AsyncGenerator<string> {
  const columns = new Set<string>();
  const fovs = new Set<string>();
  for (const item of plan.items.kinds()) {
    for (const { color } of recipeOfItem(plan.recipe, item).masks) if (!isPlainColor(color)) columns.add(color.column);
    for (const { fov } of item.tiles ?? [item]) fovs.add(fov);
  }
  for (const column of columns) {
    const read = cellsOfPlan(plan); // Anew, so that one column at a time is in memory.
    for (const fov of fovs) {
      const { texts, decimalComma } = await read.values(column, fov);
      if (texts.size === 0) continue;
      const line: z.input<typeof snapshotLineSchema> = {
        column,
        decimalComma,
        fov,
        labels: [...texts.keys()],
        texts: [...texts.values()],
      };
      yield `${JSON.stringify(line)}\n`;
    }
  }
  for (const [sampleOf, sample] of plan.cellSamples ?? []) yield `${JSON.stringify({ sampleOf, sample })}\n`;
}
