import type { Plane, Region } from '../model/image';
import type { SlideGrid } from './slideGrid';
import type { PlacedPlane } from './stitchPlane';

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
    const { region, downsample: d, window, picture } = this.grid;
    const end = part.x + part.widthPx;
    for (let row = part.y; row < part.y + part.heightPx; row++) {
      const line = (Math.floor((row - region.y) / d) + picture.y) * window.widthPx + picture.x;
      let i = (row - y) * plane.widthPx + part.x - x;
      for (let column = part.x; column < end;) {
        const block = Math.floor((column - region.x) / d);
        const stop = Math.min(end, region.x + (block + 1) * d);
        for (; column < stop; column++, i++) {
          const value = plane.samples[i];
          if (!Number.isFinite(value)) continue;
          this.sums[line + block] += value;
          this.counts[line + block]++;
        }
      }
    }
  }

  /** NaN where a block has no finite pixel, and beside the picture. The sums are gone then. */
  means(): Plane {
    const { widthPx, heightPx } = this.grid.window;
    for (let i = 0; i < this.sums.length; i++) this.sums[i] /= this.counts[i];
    return { widthPx, heightPx, samples: this.sums };
  }
}
