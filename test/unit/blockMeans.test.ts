import assert from 'node:assert/strict';
import type { SampleArray } from '../../src/core/model/image';
import { BlockMeans } from '../../src/core/render/blockMeans';
import { slideGrid } from '../../src/core/render/slideGrid';

const region = { x: 10, y: 20, widthPx: 23, heightPx: 17 };
const contextPx = 2;

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
      const grid = slideGrid(region, downsample, contextPx);
      const means = new BlockMeans(grid);
      for (const [part, Type] of parts) {
        // The tile begins before the part and ends after it.
        const [x, y, widthPx, heightPx] = [part.x - 3, part.y - 2, part.widthPx + 7, part.heightPx + 6];
        const samples = new Type(widthPx * heightPx);
        for (let i = 0; i < samples.length; i++) samples[i] = valueAt(x + (i % widthPx), y + Math.floor(i / widthPx));
        means.add(part, { x, y, plane: { widthPx, heightPx, samples } });
      }
      const { widthPx, heightPx, samples } = means.means();
      assert.deepEqual([widthPx, heightPx], [grid.window.widthPx, grid.window.heightPx]);
      for (const [i, mean] of samples.entries()) {
        const [left, top] = [(i % widthPx) - contextPx, Math.floor(i / widthPx) - contextPx];
        const finite: number[] = [];
        for (let y = downsample * top; y < Math.min(region.heightPx, downsample * (top + 1)); y++) {
          for (let x = downsample * left; x < Math.min(region.widthPx, downsample * (left + 1)); x++) {
            const value = x < 0 || y < 0 ? NaN : valueAt(region.x + x, region.y + y);
            if (Number.isFinite(value)) finite.push(value);
          }
        }
        const expected = finite.reduce((sum, value) => sum + value, 0) / finite.length;
        assert.equal(mean, expected, `block ${left}, ${top}`);
      }
    });
  }
});
