import { smoothNoise } from './field';
import { Random } from './random';
import { placeSeeds, type Cell } from './seeds';
import type { Layout, Tissue } from './tissue';
import { regionClass } from './tissue';

export interface Cells {
  /** `cells[i]` has label `i + 1`; labels run from the top to the bottom of the image. */
  readonly cells: readonly Cell[];
  /** Whole-cell labels, 0 = background. */
  readonly wholeCell: Int32Array;
  /** The nuclei, with their cells' labels; every cell has one. */
  readonly nuclear: Int32Array;
  /** Pixels to the nearest pixel of another label, minus a half: 0.5 on the border of a cell or of the background. */
  readonly borderPx: Float32Array;
}

const minNucleusPx = 12;
/** How far the noise moves a border, as a standard deviation. */
const warpPx = 1.3;

/** Cells grow from their seeds until they meet a neighbour or reach their size; then each gets a nucleus. */
export function growCells(tissue: Tissue, seed: number): Cells {
  const { layout } = tissue;
  const random = new Random(seed, `${layout.name}/cells`);
  const seeds = placeSeeds(tissue, random);
  const warpX = smoothNoise(layout, 4, random);
  const warpY = smoothNoise(layout, 4, random);

  // A cell without room for a nucleus is not there, and its neighbours grow over its place.
  let alive = seeds;
  for (;;) {
    const wholeCell = territories(tissue, alive, warpX, warpY);
    keepConnected(wholeCell, layout, alive);
    const borderPx = distanceToBorder(wholeCell, layout);
    const nuclear = placeNuclei(wholeCell, borderPx, layout, alive, warpX, warpY, seed);
    const nucleiPx = areas(nuclear, alive.length);
    const survivors = alive.filter((_, i) => nucleiPx[i] >= minNucleusPx);
    if (survivors.length === alive.length) return { ...inReadingOrder(alive, wholeCell, nuclear), borderPx };
    alive = survivors;
  }
}

/**
 * A power diagram (Aurenhammer 1987): a pixel belongs to the cell for which its squared distance less the square of the
 * cell's spacing is smallest, in the metric of the cell's ellipse; cells that just touch meet at that point. Cut off at
 * each cell's reach. Coordinates are warped by smooth noise, so that borders are not straight.
 */
function territories(tissue: Tissue, seeds: readonly Cell[], warpX: Float32Array, warpY: Float32Array): Int32Array {
  const { layout, region, lumen } = tissue;
  const owner = new Int32Array(layout.widthPx * layout.heightPx);
  const best = new Float32Array(owner.length).fill(Infinity);
  seeds.forEach((cell, index) => {
    const ellipse = new Ellipse(cell.angle, cell.reach);
    const unit = cell.reach[0] * cell.reach[1];
    const box = boxAround(layout, cell, cell.reach[0] + 6);
    for (let y = box.top; y <= box.bottom; y++) {
      for (let x = box.left, p = y * layout.widthPx + x; x <= box.right; x++, p++) {
        if (region[p] === regionClass.outside || lumen[p] === 1) continue;
        const ragged = Math.max(0.7, 1 + cell.raggedness * warpX[p] * warpY[p]);
        const square = ragged * ellipse.square(x + warpPx * warpX[p] - cell.x, y + warpPx * warpY[p] - cell.y);
        const power = square * unit - cell.spacingPx ** 2;
        if (square > 1 || power >= best[p]) continue;
        best[p] = power;
        owner[p] = index + 1;
      }
    }
  });
  return owner;
}

/** Clears what is not 4-connected with the pixel of its cell that is nearest the seed. */
function keepConnected(owner: Int32Array, layout: Layout, seeds: readonly Cell[]): void {
  const { widthPx } = layout;
  const nearest = new Int32Array(seeds.length).fill(-1);
  const distance = new Float64Array(seeds.length).fill(Infinity);
  for (let p = 0; p < owner.length; p++) {
    if (owner[p] === 0) continue;
    const cell = seeds[owner[p] - 1];
    const square = ((p % widthPx) - cell.x) ** 2 + (Math.floor(p / widthPx) - cell.y) ** 2;
    if (square >= distance[owner[p] - 1]) continue;
    distance[owner[p] - 1] = square;
    nearest[owner[p] - 1] = p;
  }
  const steps = [-1, 1, -widthPx, widthPx];
  const kept = new Uint8Array(owner.length);
  const open = [...nearest].filter((p) => p >= 0);
  for (const p of open) kept[p] = 1;
  for (let p = open.pop(); p !== undefined; p = open.pop()) {
    const x = p % widthPx;
    for (let side = 0; side < 4; side++) {
      if ((side === 0 && x === 0) || (side === 1 && x === widthPx - 1)) continue;
      const q = p + steps[side];
      if (owner[q] !== owner[p] || kept[q] === 1) continue; // beyond the top and the bottom `owner` is undefined
      kept[q] = 1;
      open.push(q);
    }
  }
  for (let p = 0; p < owner.length; p++) if (kept[p] === 0) owner[p] = 0;
}

/** An irregular ellipse at each cell's centre of mass, a pixel or more inside the cell. */
function placeNuclei(
  owner: Int32Array,
  borderPx: Float32Array,
  layout: Layout,
  seeds: readonly Cell[],
  warpX: Float32Array,
  warpY: Float32Array,
  seed: number,
): Int32Array {
  const random = new Random(seed, `${layout.name}/nuclei`);
  const centres = centresOfMass(owner, layout, seeds.length);
  const nuclei = new Int32Array(owner.length);
  seeds.forEach((cell, index) => {
    const spread = 0.12 * Math.min(...cell.nucleus);
    const x0 = centres[index].x + spread * random.gaussian();
    const y0 = centres[index].y + spread * random.gaussian();
    const ellipse = new Ellipse(cell.angle + 0.25 * random.gaussian(), cell.nucleus);
    const box = boxAround(layout, { x: x0, y: y0 }, Math.max(...cell.nucleus) + 4);
    for (let y = box.top; y <= box.bottom; y++) {
      for (let x = box.left, p = y * layout.widthPx + x; x <= box.right; x++, p++) {
        if (owner[p] !== index + 1 || borderPx[p] < 1.4) continue;
        if (ellipse.square(x + 0.9 * warpY[p] - x0, y + 0.9 * warpX[p] - y0) <= 1) nuclei[p] = index + 1;
      }
    }
  });
  return nuclei;
}

/** Numbers the cells in the order of their first pixels. */
function inReadingOrder(seeds: readonly Cell[], wholeCell: Int32Array, nuclear: Int32Array): Omit<Cells, 'borderPx'> {
  const newLabel = new Int32Array(seeds.length + 1);
  const cells: Cell[] = [];
  for (const label of wholeCell) {
    if (label !== 0 && newLabel[label] === 0) newLabel[label] = cells.push(seeds[label - 1]);
  }
  return {
    cells,
    wholeCell: wholeCell.map((label) => newLabel[label]),
    nuclear: nuclear.map((label) => newLabel[label]),
  };
}

/** How many pixels each label, 1 … count, has. */
function areas(labels: Int32Array, count: number): Int32Array {
  const px = new Int32Array(count);
  for (const label of labels) if (label !== 0) px[label - 1]++;
  return px;
}

/** Mean column and row of each label, 1 … count, at pixel centres: the first pixel's centre is at 0, 0. */
export function centresOfMass(labels: Int32Array, layout: Layout, count: number) {
  const sums = Array.from({ length: count }, () => ({ x: 0, y: 0, areaPx: 0 }));
  for (let y = 0, p = 0; y < layout.heightPx; y++) {
    for (let x = 0; x < layout.widthPx; x++, p++) {
      if (labels[p] === 0) continue;
      const sum = sums[labels[p] - 1];
      sum.x += x;
      sum.y += y;
      sum.areaPx++;
    }
  }
  return sums.map(({ x, y, areaPx }) => ({ x: x / areaPx, y: y / areaPx, areaPx }));
}

/** A chamfer distance (1 straight, √2 diagonal): the first pass looks up and left, the second down and right. */
function distanceToBorder(labels: Int32Array, { widthPx, heightPx }: Layout): Float32Array {
  const distance = new Float32Array(labels.length).fill(1e6);
  for (const direction of [1, -1]) {
    const steps = [
      { dx: -direction, dy: 0, length: 1 },
      { dx: 0, dy: -direction, length: 1 },
      { dx: -direction, dy: -direction, length: Math.SQRT2 },
      { dx: direction, dy: -direction, length: Math.SQRT2 },
    ];
    for (let i = 0; i < labels.length; i++) {
      const p = direction === 1 ? i : labels.length - 1 - i;
      const x = p % widthPx;
      const y = (p - x) / widthPx;
      for (const { dx, dy, length } of steps) {
        if (x + dx < 0 || x + dx >= widthPx || y + dy < 0 || y + dy >= heightPx) continue;
        const q = p + dy * widthPx + dx;
        const reached = labels[q] === labels[p] ? distance[q] + length : length / 2;
        if (reached < distance[p]) distance[p] = reached;
      }
    }
  }
  return distance;
}

class Ellipse {
  private readonly cos: number;
  private readonly sin: number;

  constructor(
    angle: number,
    private readonly halfAxes: readonly [number, number],
  ) {
    this.cos = Math.cos(angle);
    this.sin = Math.sin(angle);
  }

  /** The squared distance from the centre, in units of the half axes: 1 on the ellipse's line. */
  square(u: number, v: number): number {
    const along = (u * this.cos + v * this.sin) / this.halfAxes[0];
    const across = (v * this.cos - u * this.sin) / this.halfAxes[1];
    return along * along + across * across;
  }
}

/** The pixels, first and last included, within a distance of a point and within the image. */
function boxAround(layout: Layout, centre: { readonly x: number; readonly y: number }, radiusPx: number) {
  return {
    left: Math.max(0, Math.floor(centre.x - radiusPx)),
    right: Math.min(layout.widthPx - 1, Math.ceil(centre.x + radiusPx)),
    top: Math.max(0, Math.floor(centre.y - radiusPx)),
    bottom: Math.min(layout.heightPx - 1, Math.ceil(centre.y + radiusPx)),
  };
}
