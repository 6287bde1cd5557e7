import type { Plane, Region } from '../model/image';
import { blocksOf, type OutputGrid } from './outputGrid';
import type { PlacedPlane } from './stitchPlane';
import { gap, visibleParts } from './visibleParts';

/** The means of a channel over the blocks of a window of a grid, from the parts of tiles that are seen. */
export class BlockMeans {
  private readonly sums: Float64Array;
  private readonly counts: Uint32Array;
  /** In full-resolution pixels of the image. */
  private readonly part: Region;

  constructor(
    grid: OutputGrid,
    private readonly window: Region,
  ) {
    this.sums = new Float64Array(window.widthPx * window.heightPx);
    this.counts = new Uint32Array(window.widthPx * window.heightPx);
    this.part = blocksOf(grid, window);
    this.downsample = grid.downsample;
  }

  private readonly downsample: number;

  /** Adds the finite pixels of tiles that are seen: of those that overlap, the last. */
  add(tiles: readonly PlacedPlane[]): this {
    const regions = tiles.map(({ x, y, plane: { widthPx, heightPx } }) => ({ x, y, widthPx, heightPx }));
    for (const { y, heightPx, parts } of visibleParts(this.part, regions)) {
      for (const { tile, x, widthPx } of parts) {
        if (tile !== gap) this.addPart({ x, y, widthPx, heightPx }, tiles[tile]);
      }
    }
    return this;
  }

  private addPart(seen: Region, { x, y, plane }: PlacedPlane): void {
    const { part, downsample: d, window } = this;
    const end = seen.x + seen.widthPx;
    for (let row = seen.y; row < seen.y + seen.heightPx; row++) {
      const line = Math.floor((row - part.y) / d) * window.widthPx;
      let i = (row - y) * plane.widthPx + seen.x - x;
      for (let column = seen.x; column < end;) {
        const block = Math.floor((column - part.x) / d);
        const stop = Math.min(end, part.x + (block + 1) * d);
        for (; column < stop; column++, i++) {
          const value = plane.samples[i];
          if (!Number.isFinite(value)) continue;
          this.sums[line + block] += value;
          this.counts[line + block]++;
        }
      }
    }
  }

  /** NaN where a block has no finite pixel. The sums are gone then. */
  means(): Plane {
    for (let i = 0; i < this.sums.length; i++) this.sums[i] /= this.counts[i];
    return { widthPx: this.window.widthPx, heightPx: this.window.heightPx, samples: this.sums };
  }
}
