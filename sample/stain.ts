import type { Cells } from './cells';
import { blur, smoothNoise, smoothStep, standardise } from './field';
import { Random } from './random';
import type { Cell } from './seeds';
import { regionClass, type Tissue } from './tissue';

export const channelNames = ['DNA', 'PanCK', 'CD3', 'CD8', 'CD20', 'CD68', 'SMA', 'Ki67'] as const;
export type ChannelName = (typeof channelNames)[number];

/** Where in a cell a stain binds, each as a share of its level. */
interface Pattern {
  readonly nucleus: number;
  readonly cytoplasm: number;
  readonly membrane: number;
  /** Contrast of the texture: 0 is even, 1 is granular. */
  readonly grain: number;
  /** Size of the grains, as a standard deviation in pixels. */
  readonly grainPx: number;
}

interface Stain {
  readonly pattern: Pattern;
  /** Expected counts at full strength in a cell; 0 for a cell that does not express the marker. */
  readonly level: (cell: Cell) => number;
  /** Relative spread between cells, as the standard deviation of the logarithm. */
  readonly spread: number;
  /** Autofluorescence and unspecific binding in tissue, in counts. */
  readonly background: number;
}

const membranous: Pattern = { nucleus: 0.03, cytoplasm: 0.12, membrane: 1, grain: 0.4, grainPx: 1.6 };
const dnaLevel: Record<Cell['type'], number> = {
  Tumour: 135,
  'T cell': 215,
  'B cell': 190,
  Macrophage: 120,
  Fibroblast: 165,
  'Smooth muscle': 150,
};

const stains: Record<ChannelName, Stain> = {
  DNA: {
    pattern: { nucleus: 1, cytoplasm: 0.02, membrane: 0, grain: 0.24, grainPx: 1.4 },
    level: (cell) => dnaLevel[cell.type],
    spread: 0.16,
    background: 3,
  },
  PanCK: {
    pattern: { nucleus: 0.1, cytoplasm: 0.55, membrane: 0.6, grain: 0.2, grainPx: 1.2 },
    level: (cell) => (cell.type === 'Tumour' ? 125 : 0),
    spread: 0.2,
    background: 4,
  },
  CD3: {
    pattern: membranous,
    level: (cell) => (cell.type === 'T cell' ? 125 : 0),
    spread: 0.3,
    background: 3,
  },
  CD8: {
    pattern: membranous,
    level: (cell) => (cell.cytotoxic ? 140 : 0),
    spread: 0.3,
    background: 2.5,
  },
  CD20: {
    pattern: membranous,
    level: (cell) => (cell.type === 'B cell' ? 150 : 0),
    spread: 0.28,
    background: 2.5,
  },
  CD68: {
    pattern: { nucleus: 0.06, cytoplasm: 1, membrane: 0.15, grain: 0.75, grainPx: 1.1 },
    level: (cell) => (cell.type === 'Macrophage' ? 95 : 0),
    spread: 0.35,
    background: 4,
  },
  SMA: {
    pattern: { nucleus: 0.15, cytoplasm: 0.9, membrane: 0.1, grain: 0.25, grainPx: 1.2 },
    level: (cell) => (cell.type === 'Smooth muscle' ? 170 : cell.type === 'Fibroblast' ? 28 : 0),
    spread: 0.3,
    background: 3,
  },
  Ki67: {
    pattern: { nucleus: 1, cytoplasm: 0.03, membrane: 0, grain: 0.45, grainPx: 1.3 },
    level: (cell) => (cell.proliferating ? 115 : 0),
    spread: 0.45,
    background: 3,
  },
};

/** The optics' blur, as a standard deviation. */
const blurPx = 0.85;
/** Light from cells above and below the section's focus: its share, and its blur. */
const haze = { share: 0.07, blurPx: 6 };

/** Counts per pixel of one channel: the expected signal, blurred by the optics, with the shot noise of counting. */
export function stainChannel(tissue: Tissue, cells: Cells, channel: ChannelName, seed: number): Float32Array {
  const { layout } = tissue;
  const random = new Random(seed, `${layout.name}/${channel}`);
  const signal = paintCells(tissue, cells, stains[channel], random);
  if (channel === 'SMA') addFibres(tissue, cells, signal, random);
  addDebris(tissue, signal, random);

  const sharp = blur(signal, layout, blurPx);
  const { background } = stains[channel];
  const outOfFocus = blur(signal, layout, haze.blurPx);
  const counts = new Float32Array(signal.length);
  for (let p = 0; p < counts.length; p++) {
    counts[p] = random.poisson(sharp[p] + haze.share * outOfFocus[p] + background * tissue.glow[p]);
  }
  return counts;
}

function paintCells(tissue: Tissue, cells: Cells, stain: Stain, random: Random): Float32Array {
  const { wholeCell, nuclear, borderPx } = cells;
  const { pattern } = stain;
  const texture = smoothNoise(tissue.layout, pattern.grainPx, random);
  const levels = cells.cells.map((cell) => stain.level(cell) * Math.exp(stain.spread * random.gaussian()));
  const signal = new Float32Array(wholeCell.length);
  for (let p = 0; p < signal.length; p++) {
    const level = wholeCell[p] === 0 ? 0 : levels[wholeCell[p] - 1];
    if (level === 0) continue;
    const membrane = pattern.membrane * Math.exp(-(((borderPx[p] - 0.5) / 1.3) ** 2));
    const inside = nuclear[p] !== 0 ? pattern.nucleus : pattern.cytoplasm;
    signal[p] = level * (inside + membrane) * Math.max(0.05, 1 + pattern.grain * texture[p]);
  }
  return signal;
}

/**
 * Actin fibres in the stroma: white noise smeared along the fibres' direction (line integral convolution, Cabral and
 * Leedom 1993), in bundles that are denser around nests.
 */
function addFibres(tissue: Tissue, cells: Cells, signal: Float32Array, random: Random): void {
  const { layout, region, lumen, tumourField, fibreX, fibreY } = tissue;
  const { widthPx, heightPx } = layout;
  const white = smoothNoise(layout, 0.7, random);
  const bundles = smoothNoise(layout, 14, random);
  const reachPx = 22;
  const smeared = new Float32Array(white.length);
  for (let p = 0; p < white.length; p++) {
    if (region[p] !== regionClass.stroma) continue;
    for (const direction of [1, -1]) {
      let x = p % widthPx;
      let y = (p - x) / widthPx;
      for (let step = 0, q = p; step < reachPx; step++) {
        smeared[p] += white[q];
        x += direction * fibreX[q];
        y += direction * fibreY[q];
        const column = Math.floor(x + 0.5);
        const row = Math.floor(y + 0.5);
        if (column < 0 || row < 0 || column >= widthPx || row >= heightPx) break;
        q = row * widthPx + column;
      }
    }
  }
  standardise(smeared);
  for (let p = 0; p < signal.length; p++) {
    if (region[p] !== regionClass.stroma || lumen[p] === 1) continue;
    const bundle = smoothStep(-0.9, 1.3, bundles[p] + 1.1 * Math.exp(tumourField[p] / 0.35));
    const round = cells.nuclear[p] !== 0 ? 0.25 : 1;
    signal[p] += 62 * bundle * round * Math.max(0, 0.25 + 0.75 * smeared[p]) ** 1.25;
  }
}

/** A few bright clumps of antibody, as every real stain has them. */
function addDebris(tissue: Tissue, signal: Float32Array, random: Random): void {
  const { widthPx, heightPx } = tissue.layout;
  for (let i = 0; i < 7; i++) {
    const x = Math.floor(random.between(2, widthPx - 2));
    const y = Math.floor(random.between(2, heightPx - 2));
    const centre = y * widthPx + x;
    const counts = random.between(60, 240);
    for (const p of [centre, centre + 1, centre - 1, centre + widthPx]) signal[p] += counts * random.next();
  }
}
