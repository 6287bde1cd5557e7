import { definedKernels } from '../kernels/definedKernels';
import { kernelKind } from '../kernels/kernelKind';
import { kernelWorld, mostKernelBytes } from '../kernels/kernels';
import type { KernelSamples } from '../kernels/kernelWorld';
import type { Plane, Region } from '../model/image';
import type { SlideGrid } from './slideGrid';
import type { PlacedPlane } from './stitchPlane';

/** Its sum and how many it is of. */
const bytesPerBlock = 12;

/** The means of a channel over the blocks of a grid, from the parts of tiles that are seen, one after the other. */
export class BlockMeans {
  private readonly sums: Float64Array;
  private readonly counts: Uint32Array;

  constructor(private readonly grid: SlideGrid) {
    const { widthPx, heightPx } = grid.window;
    this.sums = new Float64Array(widthPx * heightPx);
    this.counts = new Uint32Array(widthPx * heightPx);
  }

  /** Adds the finite pixels of a part of a tile, which lies within the grid's region, as all of a region has a block. */
  add(part: Region, { x, y, plane }: PlacedPlane): void {
    const { region, downsample: blockPx, window, picture } = this.grid;
    const firstBlock = Math.floor((part.x - region.x) / blockPx);
    const beforePx = part.x - region.x - firstBlock * blockPx;
    const blocks = Math.ceil((beforePx + part.widthPx) / blockPx);
    const Kind = kernelKind(plane.samples);
    const bytes = part.widthPx * Kind.BYTES_PER_ELEMENT + blocks * bytesPerBlock;
    const kernels = bytes > mostKernelBytes ? definedKernels() : kernelWorld();
    const [samples, sums, counts] = kernels.layOut<[KernelSamples, Float64Array, Uint32Array]>(
      [Kind, part.widthPx],
      [Float64Array, blocks],
      [Uint32Array, blocks],
    );
    const end = part.y + part.heightPx;
    for (let row = part.y; row < end;) {
      const line = Math.floor((row - region.y) / blockPx);
      const stop = Math.min(end, region.y + (line + 1) * blockPx);
      const at = (line + picture.y) * window.widthPx + picture.x + firstBlock;
      sums.set(this.sums.subarray(at, at + blocks));
      counts.set(this.counts.subarray(at, at + blocks));
      for (; row < stop; row++) {
        const from = (row - y) * plane.widthPx + part.x - x;
        samples.set(plane.samples.subarray(from, from + part.widthPx));
        kernels.addToBlocks(samples, { blockPx, beforePx }, { sums, counts });
      }
      this.sums.set(sums, at);
      this.counts.set(counts, at);
    }
  }

  /** NaN where a block has no finite pixel, and beside the picture. The sums are gone then. */
  means(): Plane {
    const { widthPx, heightPx } = this.grid.window;
    for (let i = 0; i < this.sums.length; i++) this.sums[i] /= this.counts[i];
    return { widthPx, heightPx, samples: this.sums };
  }
}
