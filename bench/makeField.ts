import { Random } from '../sample/random';

/** Cells of one field of view, and which of them each pixel belongs to. */
export interface Field {
  readonly sidePx: number;
  /** 0 = background; labels run from 1. */
  readonly wholeCell: Int32Array;
  readonly nuclear: Int32Array;
  /** `centers[label - 1]`, the mean of the cell's pixels (whole numbers are pixel centres). */
  readonly cells: readonly { readonly x: number; readonly y: number; readonly areaPx: number }[];
}

/** How far from its seed a cell reaches, in steps of the grid that seeds stand on, and the part of it that is nucleus. */
const reach = [0.38, 0.6] as const;
const nucleusShare = 0.5;

/**
 * A square field of cells of about one size: seeds on a shaken grid, each with the pixels that are nearer to it than to
 * any other and not too far away. Neighbours touch, as in tissue.
 */
export function makeField(sidePx: number, cellCount: number, seed: number, name: string): Field {
  const random = new Random(seed, name);
  const columns = Math.ceil(Math.sqrt(cellCount));
  const step = sidePx / columns;
  const seeds = Array.from({ length: cellCount }, (_, i) => ({
    x: ((i % columns) + random.between(0.2, 0.8)) * step,
    y: (Math.floor(i / columns) + random.between(0.2, 0.8)) * step,
    reachPx: random.between(...reach) * step,
  }));
  const wholeCell = new Int32Array(sidePx * sidePx);
  const nuclear = new Int32Array(sidePx * sidePx);
  const sums = seeds.map(() => ({ x: 0, y: 0, areaPx: 0 }));
  for (let y = 0; y < sidePx; y++) {
    for (let x = 0; x < sidePx; x++) {
      const nearest = nearestSeed(x, y);
      if (nearest === undefined) continue;
      const pixel = y * sidePx + x;
      wholeCell[pixel] = nearest.index + 1;
      if (nearest.distancePx < seeds[nearest.index].reachPx * nucleusShare) nuclear[pixel] = nearest.index + 1;
      const sum = sums[nearest.index];
      sum.x += x;
      sum.y += y;
      sum.areaPx++;
    }
  }
  const cells = sums.map(({ x, y, areaPx }) => ({ x: x / areaPx, y: y / areaPx, areaPx }));
  return { sidePx, wholeCell, nuclear, cells };

  /** Of the seeds around, the one that is nearest and reaches the pixel. */
  function nearestSeed(x: number, y: number): { index: number; distancePx: number } | undefined {
    const [column, row] = [Math.floor(x / step), Math.floor(y / step)];
    let found: { index: number; distancePx: number } | undefined;
    for (let r = Math.max(0, row - 1); r <= row + 1; r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        const index = r * columns + c;
        if (index >= cellCount) continue;
        const distancePx = Math.hypot(x - seeds[index].x, y - seeds[index].y);
        if (distancePx < (found?.distancePx ?? Infinity)) found = { index, distancePx };
      }
    }
    return found && found.distancePx <= seeds[found.index].reachPx ? found : undefined;
  }
}

/**
 * Counts of one channel: every cell has a level of its own, blurred by the microscope, over a noisy background with a
 * few hot pixels.
 */
export function stainField(field: Field, stained: Int32Array, seed: number, name: string): Float32Array {
  const random = new Random(seed, name);
  const levels = Float32Array.from(
    field.cells,
    () => 60 * (-Math.log(1 - random.next()) - Math.log(1 - random.next())),
  );
  const counts = new Float32Array(stained.length);
  for (let i = 0; i < counts.length; i++) if (stained[i] > 0) counts[i] = levels[stained[i] - 1];
  blur(counts, field.sidePx, 1);
  blur(counts, field.sidePx, field.sidePx);
  const background = poissonTable(8);
  for (let i = 0; i < counts.length; i++) {
    const bits = random.uint32();
    counts[i] += background[bits & (background.length - 1)];
    if (bits >>> 15 === 0) counts[i] = 4000;
  }
  return counts;
}

/** Binomial weights: close to a Gaussian with a standard deviation of 1.2 pixels. */
const weights = [1, 6, 15, 20, 15, 6, 1].map((weight) => weight / 64);

/** Blurs a square along one axis; beyond the border there is nothing. */
function blur(values: Float32Array, sidePx: number, stride: number): void {
  const half = (weights.length - 1) / 2;
  const line = new Float32Array(sidePx + 2 * half);
  for (let n = 0; n < sidePx; n++) {
    const start = stride === 1 ? n * sidePx : n;
    for (let i = 0; i < sidePx; i++) line[half + i] = values[start + i * stride];
    for (let i = 0; i < sidePx; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * line[i + k];
      values[start + i * stride] = sum;
    }
  }
}

/** Poisson-distributed counts in equal shares: one of them at random is a draw. A power of two of them. */
function poissonTable(mean: number): Uint8Array {
  const table = new Uint8Array(4096);
  let count = 0;
  let term = Math.exp(-mean);
  let sum = term;
  for (let i = 0; i < table.length; i++) {
    while (sum < (i + 0.5) / table.length) sum += term *= mean / ++count;
    table[i] = count;
  }
  return table;
}
