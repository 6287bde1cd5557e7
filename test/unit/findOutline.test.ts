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
});
