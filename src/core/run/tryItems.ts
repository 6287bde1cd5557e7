import { exportErrorCodes, toExportError } from '../model/exportError';
import type { ItemList } from '../model/itemList';
import type { Plan, PlannedFile, PlannedItem } from '../model/plan';
import { cellsOfPlan } from '../job/cellSnapshot';
import { embeddedFiles } from '../gallery/galleryItems';
import { makeFiles } from '../make/makeFiles';
import type { FileSink } from '../write/fileSink';
import { SourceReader } from '../make/sourceReader';

/** A part of a plan, and what making some of its items took. */
export interface TriedPart {
  /** Full-resolution pixels of all items of the part. */
  readonly pixels: number;
  /** Of those items that were made, each once. */
  readonly triedPixels: number;
  readonly triedItems: number;
  /** What those items take on disk. */
  readonly bytes: number;
  /** For a pixel of an item whose FOV is decoded already. */
  readonly msPerPixel: number;
  /** To decode the FOV of the first item. */
  readonly decodingMs: number;
  readonly first: PlannedItem;
}

/** A plan is tried in so many parts, each in its middle: the first and last items are often crops at a border. */
const mostParts = 5;

/** Tried even if each takes long: fewer say little. */
const leastParts = 3;

/** From the middle outwards, so that the first ones already speak for all. */
const partOrder: readonly number[] = [2, 0, 4, 1, 3];

/** Neighbours that are made in each part, if they are quick to make: how well pictures compress differs. */
const mostNeighbours = 16;

/** The time for each part and for all of them. New code is slow until it was compiled, for which there is more time at first. */
const partMs = 200;
const warmingMs = 450;
const allMs = 1_500;

/**
 * Makes some items out of the middle of each part of a plan, and writes nothing. Small items are made again and again
 * until the time is up, as the job will make thousands of them.
 * @param onTried called with the first item of each part while the reader still has its planes
 */
export async function tryItems(
  plan: Plan,
  items: ItemList,
  onTried: (item: PlannedItem, reader: SourceReader) => Promise<void>,
  signal?: AbortSignal,
): Promise<TriedPart[]> {
  const reader = new SourceReader(plan.datasetFolder, cellsOfPlan(plan), { cellTableFile: plan.cellTable?.file });
  try {
    return await tryParts(plan, items, { reader, onTried, signal });
  } finally {
    await reader.close();
  }
}

interface Trying {
  readonly reader: SourceReader;
  readonly onTried: (item: PlannedItem, reader: SourceReader) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

async function tryParts(plan: Plan, items: ItemList, { reader, onTried, signal }: Trying): Promise<TriedPart[]> {
  const make = (item: PlannedItem): Promise<Made> => makeInMemory(plan, item, reader, signal);
  const parts = inParts(items);
  const tried: TriedPart[] = [];
  const startedAt = performance.now();
  for (const i of partOrder.filter((position) => position < parts.length)) {
    signal?.throwIfAborted();
    if (tried.length >= leastParts && performance.now() - startedAt > allMs) break;
    try {
      const part = await tryPart(parts[i], tried.length === 0 ? warmingMs : partMs, reader, make);
      tried.push(part);
      await onTried(part.first, reader);
    } catch (error) {
      signal?.throwIfAborted();
      if (exportErrorCodes[toExportError(error).code].exitCode === 3) throw error; // No item would be made.
      // An item that fails here fails in the job, with its reason, and costs little.
    }
  }
  return tried;
}

function inParts(items: ItemList): ItemList[] {
  const count = Math.min(mostParts, items.length);
  const start = (i: number): number => Math.floor((i * items.length) / count);
  return Array.from({ length: count }, (_, i) => items.slice(start(i), start(i + 1)));
}

async function tryPart(
  part: ItemList,
  budgetMs: number,
  reader: SourceReader,
  make: (item: PlannedItem) => Promise<Made>,
): Promise<TriedPart> {
  const neighbours = inTheMiddle(part);
  const [first] = neighbours;
  const startedAt = performance.now();
  const cold = await make(first);
  const made = [cold];
  const samples: { readonly ms: number; readonly pixels: number }[] = [];
  // Beyond twice their number the job makes none of them either, so that it is no more practised.
  for (let i = 1; i < 2 * part.length && performance.now() - startedAt < budgetMs; i++) {
    const item = neighbours[i % neighbours.length];
    const again = await make(item);
    if (i < neighbours.length) made.push(again);
    samples.push({ ms: again.ms, pixels: pixelsOf(item) });
  }
  if (samples.length === 0) samples.push({ ms: cold.ms, pixels: pixelsOf(first) });
  const practised = samples.slice(Math.floor(samples.length / 2));
  const msPerPixel = sumOf(practised, ({ ms }) => ms) / sumOf(practised, ({ pixels }) => pixels);
  let decoded = cold;
  if (samples.length > 1 && cold.ms < budgetMs) {
    await reader.forget();
    decoded = await make(first);
  }
  return {
    pixels: sumOf(part, pixelsOf),
    triedPixels: sumOf(neighbours.slice(0, made.length), pixelsOf),
    triedItems: made.length,
    bytes: sumOf(made, ({ bytes }) => bytes),
    msPerPixel,
    decodingMs: Math.max(0, decoded.ms - msPerPixel * pixelsOf(first)),
    first,
  };
}

/** Consecutive items of one FOV. */
function inTheMiddle(part: ItemList): PlannedItem[] {
  const middle = Math.floor(part.length / 2);
  const after = [...part.slice(middle, middle + mostNeighbours)];
  return after.filter(({ fov }) => fov === after[0].fov);
}

interface Made {
  readonly ms: number;
  /** On disk, in the gallery once more. */
  readonly bytes: number;
}

/** Makes the files of an item as a job does: first its own, then what its gallery lacks, which takes another drawing. */
async function makeInMemory(
  { recipe }: Plan,
  item: PlannedItem,
  reader: SourceReader,
  signal: AbortSignal | undefined,
): Promise<Made> {
  const wanted = recipe.gallery ? embeddedFiles(recipe, item) : [];
  const lacking = wanted.filter((file) => !item.files.includes(file));
  let bytes = 0;
  const startedAt = performance.now();
  const make = async (files: readonly PlannedFile[]): Promise<void> => {
    const sizes = new Map<PlannedFile, number>();
    const open = (file: PlannedFile): FileSink => ({
      write: (piece) => sizes.set(file, (sizes.get(file) ?? 0) + piece.length),
      replace: () => undefined,
    });
    for await (const { file } of makeFiles(recipe, { ...item, files }, { reader, open, signal })) {
      bytes += (sizes.get(file) ?? 0) * (wanted.includes(file) && item.files.includes(file) ? 2 : 1);
    }
  };
  await make(item.files);
  if (lacking.length > 0) await make(lacking);
  return { ms: performance.now() - startedAt, bytes };
}

/** Of an item, at full resolution. */
export function pixelsOf({ region }: PlannedItem): number {
  return region ? region.widthPx * region.heightPx : 0;
}

export function sumOf<T>(values: Iterable<T>, of: (value: T) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum;
}
