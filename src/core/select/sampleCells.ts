import type { CellSample } from '../model/cellSample';
import type { Region } from '../model/image';
import { fitRadiusPx } from './tableFit';

/** Of the cells of a FOV so many are looked at. */
export const mostCells = 200;

/** Cells that lie beside each other in the order that blocks give them, and are read together. */
const cellsPerRun = 20;

/** At most so many of these, spread from the first to the last. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]);
}

/** Some cells of a sample, by their positions in it. */
export function pickCells(sample: CellSample, positions: readonly number[]): CellSample {
  const { labels, centers, areasPx } = sample;
  return {
    ...sample,
    labels: positions.map((i) => labels[i]),
    ...(centers && { centers: positions.map((i) => centers[i]) }),
    ...(areasPx && { areasPx: positions.map((i) => areasPx[i]) }),
  };
}

/** The same sample with at most `mostCells` cells, spread over the table; all where there are no centroids to look at. */
export function limitSample(sample: CellSample): CellSample {
  if (!sample.centers || sample.labels.length <= mostCells) return sample;
  return pickCells(sample, spread([...sample.labels.keys()], mostCells));
}

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Cells to look at, and the parts of the mask that hold them. */
export interface SampledParts {
  readonly sample: CellSample;
  readonly regions: readonly Region[];
  /** For each cell of the sample, the position of its region; −1 for one that lies outside of the mask. */
  readonly regionOf: readonly number[];
}

/**
 * At most `mostCells` cells with centroids for which little of a mask has to be decoded: runs of neighbours, each in few
 * strips or tiles, spread over the whole image. Where that would be half of the mask or more, it is read at once.
 * @param block what of the mask is decoded together
 */
export function sampleInBlocks(all: CellSample, image: Size, block: Size): SampledParts {
  const centers = all.centers ?? [];
  const columns = Math.ceil(image.widthPx / block.widthPx);
  const placeOf = ([x, y]: readonly [number, number]): readonly [row: number, column: number, y: number] =>
    // Strips are as wide as the image: cells follow each other by their rows.
    columns === 1 ? [0, 0, y] : [Math.floor(y / block.heightPx), Math.floor(x / block.widthPx), y];
  const places = centers.map(placeOf);
  const order = [...centers.keys()].sort((a, b) => {
    const step = places[a].findIndex((value, i) => value !== places[b][i]);
    return step < 0 ? a - b : places[a][step] - places[b][step];
  });
  const positions = runsOf(order);
  const sample = pickCells(all, positions.flat());
  const regions: Region[] = [];
  const regionOf: number[] = [];
  for (const run of positions) {
    const byBlock = new Map<string, number>();
    for (const i of run) {
      const window = windowAt(centers[i], image);
      if (!window) {
        regionOf.push(-1);
        continue;
      }
      const key = places[i].slice(0, 2).join();
      const known = byBlock.get(key);
      if (known === undefined) byBlock.set(key, regions.length);
      regionOf.push(known ?? regions.length);
      if (known === undefined) regions.push(window);
      else regions[known] = around(regions[known], window);
    }
  }
  const wide = columns === 1 ? regions.map((region) => ({ ...region, x: 0, widthPx: image.widthPx })) : regions;
  const decodedPx = wide.reduce((sum, region) => sum + blocksPx(region, block), 0);
  if (2 * decodedPx < image.widthPx * image.heightPx) return { sample, regions: wide, regionOf };
  return { sample, regions: [{ x: 0, y: 0, ...image }], regionOf: regionOf.map((region) => Math.min(region, 0)) };
}

/** Runs of neighbours out of an order, spread over it. */
function runsOf(order: readonly number[]): number[][] {
  const count = Math.min(Math.ceil(order.length / cellsPerRun), mostCells / cellsPerRun);
  const start = (run: number): number => Math.floor((run * order.length) / count);
  return Array.from({ length: count }, (_, run) => {
    const length = Math.min(cellsPerRun, start(run + 1) - start(run));
    // From the middle of each part.
    const first = start(run) + Math.floor((start(run + 1) - start(run) - length) / 2);
    return order.slice(first, first + length);
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
