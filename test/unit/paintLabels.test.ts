import assert from 'node:assert/strict';
import { canvasesOf } from '../../src/core/render/compositeChannels';
import type { GridLabels } from '../../src/core/render/outputGrid';
import { paintLabels, rememberColors } from '../../src/core/render/paintLabels';

const [widthPx, heightPx] = [700, 60];

/** Labels 0, 1 and 2 in steps of a few pixels. */
function gridAt(xPx: number, yPx: number, width: number, height: number): GridLabels {
  const labels = Uint32Array.from({ length: width * height }, (_, i) => Math.floor(i / 3) % 3);
  return { xPx, yPx, widthPx: width, heightPx: height, labels };
}

/** Painted on canvases of 23 rows, on fractions of 0.2, 1.5 and 0. */
function paint(grid: GridLabels, marked?: Uint8Array): number[][] {
  const colorOf = rememberColors((label) => ([undefined, '#ff0033', '#000000'] as const)[label]);
  const pixels: number[][] = [];
  for (const canvas of canvasesOf(widthPx, heightPx)) {
    const { red, green, blue } = canvas;
    red.fill(0.2);
    green.fill(1.5);
    paintLabels(canvas, grid, colorOf, 0.25, marked);
    for (let i = 0; i < red.length; i++) pixels.push([red[i], green[i], blue[i]]);
  }
  return pixels;
}

/** `0.75·min(v, 1) + 0.25·colour`, with 0x33 as 0.2. */
const blended = [
  [0.2, 1.5, 0],
  [0.75 * 0.2 + 0.25, 0.75, 0.25 * 0.2],
  [0.75 * 0.2, 0.75, 0],
];

describe('paintLabels', () => {
  const places = {
    'all of the picture': gridAt(0, 0, widthPx, heightPx),
    'more than the picture': gridAt(-2, -1, widthPx + 5, heightPx + 3),
    'a part inside it': gridAt(5, 20, 90, 5),
    'a part at its right, lower corner': gridAt(650, 40, 80, 30),
    'whole rows': gridAt(0, 20, widthPx, 30),
    'whole columns': gridAt(1, 0, widthPx, heightPx),
    'nothing above it': gridAt(0, -5, widthPx, 5),
    'nothing to its right': gridAt(widthPx, 0, 10, heightPx),
    'nothing to its left': gridAt(-20, 0, 10, heightPx),
  };
  for (const [what, grid] of Object.entries(places)) {
    for (const isMarked of [false, true]) {
      it(`blends the colours of labels that cover ${what}${isMarked ? ', where they are marked' : ''}`, () => {
        const marked = Uint8Array.from(grid.labels, (_, i) => (i % 7 < 4 ? 1 : 0));
        const pixels = paint(grid, isMarked ? marked : undefined);
        for (const [i, found] of pixels.entries()) {
          const [x, y] = [(i % widthPx) - grid.xPx, Math.floor(i / widthPx) - grid.yPx];
          const at = x >= 0 && x < grid.widthPx && y >= 0 && y < grid.heightPx ? y * grid.widthPx + x : -1;
          const isShown = at >= 0 && (!isMarked || marked[at] === 1);
          const expected = blended[isShown ? grid.labels[at] : 0];
          const isNear = found.every((value, color) => Math.abs(value - expected[color]) < 1e-12);
          if (!isNear) assert.fail(`${found.join()} at ${x}, ${y}, expected ${expected.join()}`);
        }
      });
    }
  }
});
