import type { CellSample, PlacedCells } from '../model/cellSample';
import type { Region } from '../model/image';
import { fitRadiusPx } from './labelsNear';

/** Of the cells of a FOV so many are looked at. */
export const mostCells = 200;

/** Cells that lie beside each other in the order that blocks give them, and are read together. */
const cellsPerRun = 20;

/** At most so many of these, spread from the first to the last. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  return all.length <= most ? all : spreadPositions(all.length, most).map((i) => all[i]);
}

function spreadPositions(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)));
}

/** Some of a FOV's cells, by their positions. */
function pickCells(all: PlacedCells, positions: readonly number[]): CellSample {
  const { cells, greatestLabel, labels, centers, areasPx } = all;
  return {
    cells,
    greatestLabel,
    labels: positions.map((i) => labels[i]),
    ...(centers && { centers: positions.map((i) => [centers.x[i], centers.y[i]] as const) }),
    ...(areasPx && { areasPx: positions.map((i) => (Number.isFinite(areasPx[i]) ? areasPx[i] : null)) }),
  };
}

/** At most `mostCells` of a FOV's cells, spread over the table; all where there are no centroids to look at. */
export function limitSample(all: PlacedCells): CellSample {
  return pickCells(all, spreadPositions(all.labels.length, all.centers ? mostCells : Infinity));
}

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Cells to look at, and the parts of the mask that hold them. */
export interface SampledParts {
  readonly sample: CellSample;
  readonly regions: readonly Region[];
}

/**
 * At most `mostCells` cells with centroids for which little of a mask has to be decoded: runs of neighbours, each in few
 * strips or tiles, spread over the whole image. Where that would be half of the mask or more, it is read at once.
 * @param block what of the mask is decoded together
 */
export function sampleInBlocks(all: PlacedCells, image: Size, block: Size): SampledParts {
  const isStrips = block.widthPx >= image.widthPx;
  const runs = runsOf(orderByBlocks(all, image, block));
  const sample = pickCells(all, runs.flat());
  const regions: Region[] = [];
  let first = 0;
  for (const { length } of runs) {
    const byBlock = new Map<string, number>();
    for (const [x, y] of sample.centers!.slice(first, first + length)) {
      const window = windowAt([x, y], image);
      if (!window) continue;
      // Neighbours in strips are read together, whether they lie in one or the next.
      const key = isStrips ? '' : [Math.floor(x / block.widthPx), Math.floor(y / block.heightPx)].join();
      const known = byBlock.get(key);
      if (known === undefined) byBlock.set(key, regions.length);
      if (known === undefined) regions.push(window);
      else regions[known] = around(regions[known], window);
    }
    first += length;
  }
  const wide = isStrips ? regions.map((region) => ({ ...region, x: 0, widthPx: image.widthPx })) : regions;
  const decodedPx = wide.reduce((sum, region) => sum + blocksPx(region, block), 0);
  const isLittle = 2 * decodedPx < image.widthPx * image.heightPx;
  return { sample, regions: isLittle ? wide : [{ x: 0, y: 0, ...image }] };
}

/**
 * The positions of a FOV's cells, block by block and from top to bottom in each. Numbers are sorted, each of which holds a
 * cell's place and its position: a tenth of the time that it takes to compare the places of millions of cells.
 */
function orderByBlocks({ centers }: PlacedCells, image: Size, block: Size): Float64Array {
  const { x, y } = centers!;
  const count = x.length;
  const columns = Math.ceil(image.widthPx / block.widthPx);
  const rows = Math.ceil(image.heightPx / block.heightPx);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // What lies outside comes first or last: keys stay whole numbers, whatever a table says.
    const column = Math.min(Math.max(Math.floor(x[i] / block.widthPx), -1), columns) + 1;
    const row = Math.min(Math.max(Math.floor(y[i] / block.heightPx), -1), rows) + 1;
    const down = Math.min(Math.max(Math.floor(y[i]) - (row - 1) * block.heightPx, 0), block.heightPx - 1);
    keys[i] = ((row * (columns + 2) + column) * block.heightPx + down) * count + i;
  }
  return keys.sort().map((key) => key % count);
}

/** Runs of neighbours out of an order, spread over it. */
function runsOf(order: Float64Array): number[][] {
  const count = Math.min(Math.ceil(order.length / cellsPerRun), mostCells / cellsPerRun);
  const start = (run: number): number => Math.floor((run * order.length) / count);
  return Array.from({ length: count }, (_, run) => {
    const length = Math.min(cellsPerRun, start(run + 1) - start(run));
    // From the middle of each part.
    const first = start(run) + Math.floor((start(run + 1) - start(run) - length) / 2);
    return [...order.subarray(first, first + length)];
  });
}

/** The pixels of an image that are near enough to a centroid; `undefined` if there are none. */
function windowAt([x, y]: readonly [number, number], { widthPx, heightPx }: Size): Region | undefined {
  const left = Math.max(0, Math.ceil(x - fitRadiusPx));
  const top = Math.max(0, Math.ceil(y - fitRadiusPx));
  const right = Math.min(widthPx, Math.floor(x + fitRadiusPx) + 1);
  const bottom = Math.min(heightPx, Math.floor(y + fitRadiusPx) + 1);
  return right > left && bottom > top ? { x: left, y: top, widthPx: right - left, heightPx: bottom - top } : undefined;
}

function around(one: Region, other: Region): Region {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    widthPx: Math.max(one.x + one.widthPx, other.x + other.widthPx) - x,
    heightPx: Math.max(one.y + one.heightPx, other.y + other.heightPx) - y,
  };
}

/** How many pixels the blocks have that a region touches. */
function blocksPx({ x, y, widthPx, heightPx }: Region, block: Size): number {
  const columns = Math.floor((x + widthPx - 1) / block.widthPx) - Math.floor(x / block.widthPx) + 1;
  const rows = Math.floor((y + heightPx - 1) / block.heightPx) - Math.floor(y / block.heightPx) + 1;
  return columns * rows * block.widthPx * block.heightPx;
}
