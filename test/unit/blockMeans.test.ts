import assert from 'node:assert/strict';
import type { SampleArray } from '../../src/core/model/image';
import { BlockMeans } from '../../src/core/render/blockMeans';
import { outputGrid } from '../../src/core/render/outputGrid';
import type { PlacedPlane } from '../../src/core/render/stitchPlane';

const region = { x: 10, y: 20, widthPx: 23, heightPx: 17 };

/** Parts of the region that begin and end inside blocks, as a tile of each type shows them. */
const parts: readonly (readonly [part: typeof region, type: new (length: number) => SampleArray])[] = [
  [{ x: 10, y: 20, widthPx: 11, heightPx: 9 }, Float32Array],
  [{ x: 21, y: 20, widthPx: 12, heightPx: 9 }, Uint16Array],
  [{ x: 10, y: 29, widthPx: 11, heightPx: 8 }, Int16Array],
  [{ x: 21, y: 29, widthPx: 12, heightPx: 8 }, Float64Array],
];

/** Whole numbers, but for a corner of floats in which nothing is finite. */
const valueAt = (x: number, y: number): number => {
  if (x < 16 && y < 26) return [NaN, Infinity, -Infinity][(x + y) % 3];
  return 100 * y + 7 * x;
};

describe('BlockMeans', () => {
  for (const downsample of [2, 3, 5, 30]) {
    it(`is the mean of the finite pixels of blocks of ${downsample} × ${downsample}, from parts of tiles`, () => {
      const grid = outputGrid(region, downsample, 2);
      // Each tile begins before its part and ends after it, where another one says the same.
      const tiles = parts.map(([part, Type]): PlacedPlane => {
        const [x, y, widthPx, heightPx] = [part.x - 3, part.y - 2, part.widthPx + 7, part.heightPx + 6];
        const samples = new Type(widthPx * heightPx);
        for (let i = 0; i < samples.length; i++) samples[i] = valueAt(x + (i % widthPx), y + Math.floor(i / widthPx));
        return { x, y, plane: { widthPx, heightPx, samples } };
      });
      const found = Array.from({ length: grid.heightPx }, (_, y) => {
        const row = { x: 0, y, widthPx: grid.widthPx, heightPx: 1 };
        return [...new BlockMeans(grid, row).add(tiles).means().samples];
      });
      const window = { x: 0, y: 0, widthPx: grid.widthPx, heightPx: grid.heightPx };
      const { widthPx, heightPx, samples } = new BlockMeans(grid, window).add(tiles).means();
      assert.deepEqual([widthPx, heightPx], [grid.widthPx, grid.heightPx]);
      assert.deepEqual(found.flat(), [...samples], 'row by row');
      for (const [i, mean] of samples.entries()) {
        const [left, top] = [i % widthPx, Math.floor(i / widthPx)];
        const finite: number[] = [];
        for (let y = downsample * top; y < Math.min(region.heightPx, downsample * (top + 1)); y++) {
          for (let x = downsample * left; x < Math.min(region.widthPx, downsample * (left + 1)); x++) {
            const value = valueAt(region.x + x, region.y + y);
            if (Number.isFinite(value)) finite.push(value);
          }
        }
        const expected = finite.reduce((sum, value) => sum + value, 0) / finite.length;
        assert.equal(mean, expected, `block ${left}, ${top}`);
      }
    });
  }
});
