import assert from 'node:assert/strict';
import type { SampleArray } from '../../src/core/model/image';
import { BlockMeans } from '../../src/core/render/blockMeans';
import { partOfLevel } from '../../src/core/render/enlargement';
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

  it('of a level counts each of its pixels as often as it stands for one of the image in a block', () => {
    // Seven columns of an image in blocks of two, the last cut off: the level has 1, 2 and NaN, and then 8.
    const image = { widthPx: 7, heightPx: 2 };
    const { region: part, enlarged } = partOfLevel(image, { widthPx: 4, heightPx: 1 }, { x: 0, y: 0, ...image });
    assert.deepEqual(part, { x: 0, y: 0, widthPx: 4, heightPx: 1 });
    const plane = { widthPx: 4, heightPx: 1, samples: new Float32Array([1, 2, NaN, 8]) };
    const grid = outputGrid({ x: 0, y: 0, ...image }, 3, 0);
    const window = { x: 0, y: 0, widthPx: 3, heightPx: 1 };
    const { samples } = new BlockMeans(grid, window).add([{ x: 0, y: 0, plane, enlarged }]).means();
    // 1, 1, 2 · 2, nothing, nothing · 8
    assert.deepEqual([...samples], [4 / 3, 2, 8]);
  });
});

describe('the part of a level that stands for a part of its image', () => {
  const along = (imagePx: number, levelPx: number, x: number, widthPx: number): number[] => {
    const heightPx = 1;
    const { region, enlarged } = partOfLevel(
      { widthPx: imagePx, heightPx },
      { widthPx: levelPx, heightPx },
      {
        ...{ x, y: 0, widthPx, heightPx },
      },
    );
    assert.equal(enlarged.widthPx, region.widthPx);
    assert.ok(region.x + region.widthPx <= levelPx);
    return [...enlarged.columns].map((column) => region.x + column);
  };

  it('has whole blocks where the sizes are those of whole blocks, cut off or rounded up', () => {
    assert.deepEqual(along(8, 4, 0, 8), [0, 0, 1, 1, 2, 2, 3, 3]);
    assert.deepEqual(along(7, 4, 0, 7), [0, 0, 1, 1, 2, 2, 3]);
    assert.deepEqual(along(7, 3, 0, 7), [0, 0, 1, 1, 2, 2, 2]);
    assert.deepEqual(along(7, 3, 6, 1), [2]);
    assert.deepEqual(along(41, 10, 35, 6), [8, 9, 9, 9, 9, 9]);
  });

  it('has the nearest pixels where they are not', () => {
    assert.deepEqual(along(20, 8, 0, 10), [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]);
    assert.deepEqual(along(20, 8, 4, 3), [1, 2, 2]);
  });
});
