import assert from 'node:assert/strict';
import { findOutline } from '../../src/core/render/findOutline';

/** A picture of digits, one row a line, as labels or as marks. */
function grid(text: string): { widthPx: number; heightPx: number; labels: Uint32Array } {
  const rows = text.trim().split(/\s*\n\s*/);
  return {
    widthPx: rows[0].length,
    heightPx: rows.length,
    labels: new Uint32Array(rows.join('').split('').map(Number)),
  };
}

function assertOutline(labels: string, widthPx: number, expected: string, gap?: number): void {
  assert.deepEqual([...findOutline(grid(labels), widthPx, gap)], [...grid(expected).labels]);
}

describe('findOutline', () => {
  it('marks the border pixels inside a cell, by the 4-neighbourhood', () => {
    assertOutline(
      `0000000
       0011100
       0111110
       0111110
       0111110
       0000000`,
      1,
      `0000000
       0011100
       0100010
       0100010
       0111110
       0000000`,
    );
  });

  it('draws both sides where two cells touch', () => {
    assertOutline(
      `1122
       1122`,
      1,
      `0110
       0110`,
    );
  });

  it('takes the border of the image for no boundary', () => {
    assertOutline(
      `111
       111`,
      1,
      `000
       000`,
    );
  });

  it('is exactly w pixels thick, inwards', () => {
    assertOutline(
      `000000000
       011111110
       011111110
       011111110
       011111110
       011111110
       000000000`,
      2,
      `000000000
       011111110
       011111110
       011000110
       011111110
       011111110
       000000000`,
    );
  });

  it('takes a gap for no boundary and no cell', () => {
    assertOutline(
      `1199991
       1192291
       1192201
       1199991`,
      1,
      `0000000
       0000000
       0000101
       0000000`,
      9,
    );
  });

  it('goes inwards from other labels only, not from a gap', () => {
    assertOutline(
      `9911110
       9911110
       9911110`,
      2,
      `0000110
       0000110
       0000110`,
      9,
    );
  });

  it('has no gap unless it is told', () => {
    assertOutline('1191', 1, '0111');
  });

  // One of the lines between cells is the row before the 1024th, the other the one after it.
  for (const period of [31, 41]) {
    it(`runs over an image of any height, cells ${period - 1} pixels high`, () => {
      const [widthPx, heightPx] = [64, 3000];
      const isCell = (x: number, y: number): boolean => x >= 3 && x < 53 && y % period > 0;
      const labels = Uint32Array.from({ length: widthPx * heightPx }, (_, i) => {
        const y = Math.floor(i / widthPx);
        return isCell(i % widthPx, y) ? 1 + Math.floor(y / period) : 0;
      });
      const lastLine = heightPx - 1 - ((heightPx - 1) % period);
      for (const linePx of [1, 2, 9]) {
        const outline = findOutline({ widthPx, heightPx, labels }, linePx);
        for (const [i, mark] of outline.entries()) {
          const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
          const toLineBelow = y > lastLine ? Infinity : period - (y % period);
          const toOther = Math.min(x - 2, 53 - x, y % period, toLineBelow);
          const expected = isCell(x, y) && toOther <= linePx ? 1 : 0;
          if (mark !== expected) assert.fail(`${mark} at ${x}, ${y}, lines of ${linePx} px`);
        }
      }
    });
  }
});
