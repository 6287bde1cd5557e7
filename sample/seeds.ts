import { smoothNoise } from './field';
import type { Random } from './random';
import { distanceTo, regionClass, type Tissue } from './tissue';

export type CellType = 'Tumour' | 'T cell' | 'B cell' | 'Macrophage' | 'Fibroblast' | 'Smooth muscle';

/** A cell before and after it has grown. Lengths are pixels; half axes are long, short. */
export interface Cell {
  readonly type: CellType;
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  /** Half the distance to keep from a neighbour of the same kind. */
  readonly spacingPx: number;
  /** Half axes beyond which the cell does not grow. */
  readonly reach: readonly [number, number];
  readonly nucleus: readonly [number, number];
  /** How uneven the outline is: 0 for an ellipse. */
  readonly raggedness: number;
  readonly cytotoxic: boolean;
  readonly proliferating: boolean;
}

interface Build {
  readonly spacingPx: number;
  readonly reach: readonly [number, number];
  readonly nucleus: readonly [number, number];
  /** Relative standard deviation of the nucleus's size. */
  readonly variation: number;
  readonly raggedness: number;
}

/** At 0.5 µm per pixel: a tumour cell is about 12 µm across, a lymphocyte 7 µm, a fibroblast 18 µm long. */
const builds: Record<CellType, Build> = {
  Tumour: { spacingPx: 9.4, reach: [19, 18], nucleus: [7.8, 6.2], variation: 0.15, raggedness: 0.02 },
  'T cell': { spacingPx: 6, reach: [7.8, 7.2], nucleus: [5.5, 4.9], variation: 0.07, raggedness: 0.03 },
  'B cell': { spacingPx: 5.7, reach: [8, 7.4], nucleus: [5.6, 5.1], variation: 0.08, raggedness: 0.03 },
  Macrophage: { spacingPx: 8.4, reach: [13, 9.5], nucleus: [5.8, 4.1], variation: 0.1, raggedness: 0.3 },
  Fibroblast: { spacingPx: 6.6, reach: [17, 4.8], nucleus: [9, 2.8], variation: 0.15, raggedness: 0.1 },
  'Smooth muscle': { spacingPx: 5.5, reach: [14, 4], nucleus: [8.5, 2.4], variation: 0.1, raggedness: 0.1 },
};

/**
 * Poisson-disc sampling by throwing darts: a cell stays where it is far enough from all cells before it. Cells that are
 * rare where they are (lymphocytes between tumour cells) get the first throws, or the small would fill every gap.
 */
export function placeSeeds(tissue: Tissue, random: Random): Cell[] {
  const { widthPx, heightPx } = tissue.layout;
  const infiltrate = smoothNoise(tissue.layout, 15, random);
  const hotspots = smoothNoise(tissue.layout, 30, random);
  const placed = new Neighbourhood();
  for (const cell of vesselWalls(tissue, random)) placed.add(cell);

  const throws = Math.round((widthPx * heightPx) / 4);
  for (let i = 0; i < throws; i++) {
    const x = random.between(0, widthPx - 1);
    const y = random.between(0, heightPx - 1);
    const p = Math.round(y) * widthPx + Math.round(x);
    const type = chooseType(tissue, x, y, p, infiltrate[p], i < throws * 0.012, random);
    if (type === undefined) continue;
    const loose = tissue.region[p] === regionClass.stroma && infiltrate[p] < 0.6 ? 1.2 : 1;
    const spacingPx = builds[type].spacingPx * random.between(0.86, 1.14);
    if (placed.isFree(x, y, spacingPx, loose)) {
      placed.add(makeCell(tissue, type, x, y, spacingPx, hotspots[p], random));
    }
  }
  return placed.cells;
}

function chooseType(
  tissue: Tissue,
  x: number,
  y: number,
  p: number,
  infiltrate: number,
  early: boolean,
  random: Random,
): CellType | undefined {
  const { layout, region, lumen, tumourField } = tissue;
  const dice = random.next();
  if (lumen[p] === 1) return undefined;
  switch (region[p]) {
    case regionClass.tumour:
      if (!early) return 'Tumour';
      return dice < 0.11 ? 'T cell' : dice < 0.15 ? 'Macrophage' : undefined;
    case regionClass.lymphoid: {
      const depth = layout.follicle ? distanceTo(layout.follicle, x, y) / layout.follicle.radiusPx : 1;
      if (early) return dice < 0.08 ? 'Macrophage' : undefined;
      return dice < 0.04 + 0.86 * depth ** 3 ? 'T cell' : 'B cell';
    }
    case regionClass.stroma: {
      // Immune cells crowd at the invasive margin (a field just below 0) and in patches.
      const margin = Math.exp(tumourField[p] / 0.45);
      const immune = Math.min(0.85, 0.12 + 0.55 * margin + 0.3 * Math.max(0, infiltrate));
      if (dice < immune * 0.68) return 'T cell';
      if (dice < immune * 0.76) return 'B cell';
      return dice < immune ? 'Macrophage' : 'Fibroblast';
    }
    default:
      return undefined;
  }
}

function makeCell(
  tissue: Tissue,
  type: CellType,
  x: number,
  y: number,
  spacingPx: number,
  hotspot: number,
  random: Random,
): Cell {
  const { layout, region, fibreX, fibreY } = tissue;
  const p = Math.round(y) * layout.widthPx + Math.round(x);
  const build = builds[type];
  const spindle = type === 'Fibroblast' || type === 'Smooth muscle';
  const along = Math.atan2(fibreY[p], fibreX[p]);
  const size = (spacingPx / build.spacingPx) ** 0.5 * Math.max(0.7, 1 + build.variation * random.gaussian());
  const stretch = Math.exp(0.1 * random.gaussian());
  return {
    type,
    x,
    y,
    angle: spindle ? along + 0.12 * random.gaussian() : random.between(0, Math.PI),
    spacingPx,
    reach: build.reach,
    nucleus: [build.nucleus[0] * size * stretch, (build.nucleus[1] * size) / stretch],
    raggedness: build.raggedness,
    cytotoxic: type === 'T cell' && random.chance([0, 0.8, 0.5, 0.15][region[p]]),
    proliferating: random.chance(proliferatingShare(tissue, type, x, y, hotspot)),
  };
}

/** Tumour cells proliferate in hot spots; B cells in the germinal centre, the middle of a follicle. */
function proliferatingShare(tissue: Tissue, type: CellType, x: number, y: number, hotspot: number): number {
  const { follicle } = tissue.layout;
  if (type === 'Tumour') return Math.min(0.7, Math.max(0.04, 0.22 + 0.16 * hotspot));
  if (type === 'B cell' && follicle && distanceTo(follicle, x, y) < 0.5 * follicle.radiusPx) return 0.7;
  return type === 'T cell' ? 0.05 : 0;
}

/** Two staggered rings of smooth muscle cells around every lumen. */
function vesselWalls(tissue: Tissue, random: Random): Cell[] {
  const cells: Cell[] = [];
  for (const vessel of tissue.layout.vessels) {
    for (const ring of [vessel.radiusPx + 4.5, vessel.radiusPx + 11.5]) {
      const count = Math.round((2 * Math.PI * ring) / 23);
      const start = random.between(0, 2 * Math.PI);
      for (let i = 0; i < count; i++) {
        const turn = start + (2 * Math.PI * (i + 0.15 * random.gaussian())) / count;
        const x = vessel.x + ring * Math.cos(turn);
        const y = vessel.y + ring * Math.sin(turn);
        const cell = makeCell(tissue, 'Smooth muscle', x, y, builds['Smooth muscle'].spacingPx, 0, random);
        cells.push({ ...cell, angle: turn + Math.PI / 2 });
      }
    }
  }
  return cells;
}

/** The cells placed so far, in buckets, to ask only near ones for their distance. */
class Neighbourhood {
  readonly cells: Cell[] = [];
  private readonly buckets = new Map<number, Cell[]>();
  /** At least the largest distance that two cells keep. */
  private readonly bucketPx = 26;

  add(cell: Cell): void {
    const key = this.key(this.index(cell.x), this.index(cell.y));
    const bucket = this.buckets.get(key);
    if (bucket) bucket.push(cell);
    else this.buckets.set(key, [cell]);
    this.cells.push(cell);
  }

  isFree(x: number, y: number, spacingPx: number, loose: number): boolean {
    for (let row = this.index(y) - 1; row <= this.index(y) + 1; row++) {
      for (let column = this.index(x) - 1; column <= this.index(x) + 1; column++) {
        const bucket = this.buckets.get(this.key(column, row));
        if (bucket === undefined) continue;
        for (const other of bucket) {
          const keepPx = (spacingPx + other.spacingPx) * loose;
          if ((other.x - x) ** 2 + (other.y - y) ** 2 < keepPx * keepPx) return false;
        }
      }
    }
    return true;
  }

  private index(positionPx: number): number {
    return Math.floor(positionPx / this.bucketPx);
  }

  private key(column: number, row: number): number {
    return row * 4096 + column;
  }
}
