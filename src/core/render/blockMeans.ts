import { definedKernels } from '../kernels/definedKernels';
import { kernelKind } from '../kernels/kernelKind';
import { kernelWorld, mostKernelBytes } from '../kernels/kernels';
import type { KernelSamples } from '../kernels/kernelWorld';
import type { Plane, Region } from '../model/image';
import { extentOf } from './enlargement';
import { imagePartOf, type OutputGrid } from './outputGrid';
import type { PlacedPlane } from './stitchPlane';
import { gap, visibleParts } from './visibleParts';

/** Its sum and how many it is of. */
const bytesPerBlock = 12;

/** The means of a channel over the blocks of a window of a grid, from the parts of tiles that are seen. */
export class BlockMeans {
  private readonly sums: Float64Array;
  private readonly counts: Uint32Array;
  /** In full-resolution pixels of the image. */
  private readonly part: Region;

  private readonly downsample: number;

  constructor(
    grid: OutputGrid,
    private readonly window: Region,
  ) {
    this.sums = new Float64Array(window.widthPx * window.heightPx);
    this.counts = new Uint32Array(window.widthPx * window.heightPx);
    this.part = imagePartOf(grid, window);
    this.downsample = grid.downsample;
  }

  /** Adds the finite pixels of tiles that are seen: of those that overlap, the last. */
  add(tiles: readonly PlacedPlane[]): this {
    const regions = tiles.map((tile) => extentOf(tile, tile.plane));
    for (const { y, heightPx, parts } of visibleParts(this.part, regions)) {
      for (const { tile, x, widthPx } of parts) {
        if (tile === gap) continue;
        const seen = { x, y, widthPx, heightPx };
        if (tiles[tile].enlarged) this.addEnlarged(seen, tiles[tile]);
        else this.addPart(seen, tiles[tile]);
      }
    }
    return this;
  }

  private addPart(seen: Region, { x, y, plane }: PlacedPlane): void {
    const { part, downsample: blockPx, window } = this;
    const firstBlock = Math.floor((seen.x - part.x) / blockPx);
    const beforePx = seen.x - part.x - firstBlock * blockPx;
    const blocks = Math.ceil((beforePx + seen.widthPx) / blockPx);
    const Kind = kernelKind(plane.samples);
    const bytes = seen.widthPx * Kind.BYTES_PER_ELEMENT + blocks * bytesPerBlock;
    const kernels = bytes > mostKernelBytes ? definedKernels() : kernelWorld();
    const [samples, sums, counts] = kernels.layOut<[KernelSamples, Float64Array, Uint32Array]>(
      [Kind, seen.widthPx],
      [Float64Array, blocks],
      [Uint32Array, blocks],
    );
    const end = seen.y + seen.heightPx;
    for (let row = seen.y; row < end;) {
      const line = Math.floor((row - part.y) / blockPx);
      const stop = Math.min(end, part.y + (line + 1) * blockPx);
      const at = line * window.widthPx + firstBlock;
      sums.set(this.sums.subarray(at, at + blocks));
      counts.set(this.counts.subarray(at, at + blocks));
      for (; row < stop; row++) {
        const from = (row - y) * plane.widthPx + seen.x - x;
        samples.set(plane.samples.subarray(from, from + seen.widthPx));
        kernels.addToBlocks(samples, { blockPx, beforePx }, { sums, counts });
      }
      this.sums.set(sums, at);
      this.counts.set(counts, at);
    }
  }

  /** As if the level were as large as its image: each of its pixels counts as often as it stands for one in a block. */
  private addEnlarged(seen: Region, { x, y, plane, enlarged }: PlacedPlane): void {
    const { part, downsample: blockPx, window } = this;
    const across = runsOf(enlarged!.columns.subarray(seen.x - x, seen.x - x + seen.widthPx), seen.x - part.x, blockPx);
    const down = runsOf(enlarged!.rows.subarray(seen.y - y, seen.y - y + seen.heightPx), seen.y - part.y, blockPx);
    for (let row = 0; row < down.length; row++) {
      const from = down.pixels[row] * plane.widthPx;
      const line = down.blocks[row] * window.widthPx;
      for (let column = 0; column < across.length; column++) {
        const value = plane.samples[from + across.pixels[column]];
        if (!Number.isFinite(value)) continue;
        const times = down.times[row] * across.times[column];
        this.sums[line + across.blocks[column]] += value * times;
        this.counts[line + across.blocks[column]] += times;
      }
    }
  }

  /** NaN where a block has no finite pixel. The sums are gone then. */
  means(): Plane {
    for (let i = 0; i < this.sums.length; i++) this.sums[i] /= this.counts[i];
    return { widthPx: this.window.widthPx, heightPx: this.window.heightPx, samples: this.sums };
  }
}

/** Along one axis, how often each pixel of a level stands for one of its image in each block. */
interface Runs {
  readonly length: number;
  /** Of the level. */
  readonly pixels: readonly number[];
  readonly blocks: readonly number[];
  readonly times: readonly number[];
}

/**
 * @param levelPixels for each pixel of the image, the level's
 * @param start of the first of them, from where the first block begins
 */
function runsOf(levelPixels: Uint32Array, start: number, blockPx: number): Runs {
  const [pixels, blocks, times]: [number[], number[], number[]] = [[], [], []];
  for (const [i, pixel] of levelPixels.entries()) {
    const block = Math.floor((start + i) / blockPx);
    if (pixels.at(-1) === pixel && blocks.at(-1) === block) {
      times[times.length - 1]++;
      continue;
    }
    pixels.push(pixel);
    blocks.push(block);
    times.push(1);
  }
  return { length: pixels.length, pixels, blocks, times };
}
