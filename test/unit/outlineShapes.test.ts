import assert from 'node:assert/strict';
import { type HexColor, toRgbFractions } from '../../src/core/model/color';
import type { OutlineShape } from '../../src/core/model/figure';
import type { Recipe } from '../../src/core/model/recipe';
import { loadFont } from '../../src/core/read/loadFont';
import { drawPicture } from '../../src/core/render/drawPicture';
import type { GridLabels } from '../../src/core/render/outputGrid';
import { OutlineShapes, OutlineTracer } from '../../src/core/render/outlineShapes';
import { exampleRecipe } from '../support/exampleRecipe';
import { layersOf } from '../support/renderInMemory';

function traced(
  grid: GridLabels,
  marked: Uint8Array,
  colorOf: (label: number) => HexColor | undefined,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): ReturnType<OutlineTracer['shapes']> {
  const window = { x: 0, y: 0, widthPx, heightPx };
  return new OutlineTracer(window).add(window, grid, marked, colorOf).shapes();
}

type Loops = OutlineShape['loops'];

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Numbers from 0 up to 1, the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Even-odd: a pixel is inside if a ray to its left crosses an odd number of upright edges. */
function fill(loops: Loops, { widthPx, heightPx }: Size): Uint8Array {
  const crossed = new Uint8Array((widthPx + 1) * heightPx);
  for (const loop of loops) {
    for (let i = 0; i < loop.length; i += 2) {
      const [x, y, nextX, nextY] = [0, 1, 2, 3].map((offset) => loop[(i + offset) % loop.length]);
      assert.ok((x === nextX) !== (y === nextY), 'every step goes along one axis');
      if (x !== nextX) continue;
      for (let row = Math.min(y, nextY); row < Math.max(y, nextY); row++) crossed[row * (widthPx + 1) + x] ^= 1;
    }
  }
  const inside = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0, isInside = 0; x < widthPx; x++) {
      isInside ^= crossed[y * (widthPx + 1) + x];
      inside[y * widthPx + x] = isInside;
    }
  }
  return inside;
}

/** No corner lies between two steps in one direction, and all are on the picture. */
function assertTidy(loops: Loops, { widthPx, heightPx }: Size): void {
  for (const loop of loops) {
    assert.ok(loop.length >= 8 && loop.length % 2 === 0);
    for (let i = 0; i < loop.length; i += 2) {
      const [x0, y0, x1, y1, x2, y2] = [0, 1, 2, 3, 4, 5].map((offset) => loop[(i + offset) % loop.length]);
      assert.ok(x0 >= 0 && y0 >= 0 && x0 <= widthPx && y0 <= heightPx);
      assert.ok((x0 === x1) !== (x1 === x2) && (y0 === y1) !== (y1 === y2), 'every corner is one');
    }
  }
}

/** Labels of a picture of digits; those above 0 are marked. */
function traceDigits(text: string): Pick<OutlineShape, 'color' | 'loops'>[] {
  const rows = text.trim().split(/\s*\n\s*/);
  const labels = new Uint32Array(rows.join('').split('').map(Number));
  const [widthPx, heightPx] = [rows[0].length, rows.length];
  const marked = Uint8Array.from(labels, (label) => (label > 0 ? 1 : 0));
  const colorOf = (label: number): HexColor => `#00000${label}`;
  return traced({ widthPx, heightPx, labels, xPx: 0, yPx: 0 }, marked, colorOf, { widthPx, heightPx });
}

describe('traceOutlines', () => {
  it('goes around a pixel, clockwise from its top left', () => {
    assert.deepEqual(
      traceDigits(`000
                   010
                   000`),
      [{ color: '#000001', loops: [[1, 1, 2, 1, 2, 2, 1, 2]] }],
    );
  });

  it('goes around all of a picture', () => {
    assert.deepEqual(
      traceDigits(`11
                   11
                   11`),
      [{ color: '#000001', loops: [[0, 0, 2, 0, 2, 3, 0, 3]] }],
    );
  });

  it('goes around a hole the other way', () => {
    const [{ loops }] = traceDigits(`111
                                     101
                                     111`);
    assert.deepEqual(loops, [[0, 0, 3, 0, 3, 3, 0, 3], [1, 2, 2, 2, 2, 1, 1, 1].slice(0, 0).concat(loops[1])]);
    assert.equal(signedArea(loops[0]), 9);
    assert.equal(signedArea(loops[1]), -1);
  });

  it('keeps apart what touches at a corner only', () => {
    const [{ loops }] = traceDigits(`10
                                     01`);
    assert.deepEqual(loops, [
      [0, 0, 1, 0, 1, 1, 0, 1],
      [1, 1, 2, 1, 2, 2, 1, 2],
    ]);
  });

  it('gives each colour its shapes, in the order in which they are met', () => {
    const shapes = traceDigits(`0220
                                1133`);
    assert.deepEqual(shapes, [
      { color: '#000002', loops: [[1, 0, 3, 0, 3, 1, 1, 1]] },
      { color: '#000001', loops: [[0, 1, 2, 1, 2, 2, 0, 2]] },
      { color: '#000003', loops: [[2, 1, 4, 1, 4, 2, 2, 2]] },
    ]);
  });

  it('has nothing to trace where nothing is marked or coloured', () => {
    assert.deepEqual(traceDigits('000'), []);
    const grid: GridLabels = { widthPx: 2, heightPx: 1, labels: new Uint32Array([4, 4]), xPx: 0, yPx: 0 };
    assert.deepEqual(
      traced(grid, new Uint8Array([1, 1]), () => undefined, grid),
      [],
    );
  });

  it('takes labels of 32 bits', () => {
    const labels = new Uint32Array([4_000_000_000, 4_000_000_001]);
    const grid: GridLabels = { widthPx: 2, heightPx: 1, labels, xPx: 0, yPx: 0 };
    const shapes = traced(
      grid,
      new Uint8Array([1, 1]),
      (label) => (label === 4_000_000_001 ? '#ff0000' : undefined),
      grid,
    );
    assert.deepEqual(shapes, [{ color: '#ff0000', loops: [[1, 0, 2, 0, 2, 1, 1, 1]] }]);
  });

  it('covers exactly the marked pixels of each colour, in any picture', () => {
    const random = randomFrom(1);
    const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
    /** Two labels of one colour, and one of none. */
    const colors: readonly (HexColor | undefined)[] = ['#00ff00', '#ff0000', '#00ff00', undefined, '#123456'];
    for (let round = 0; round < 1500; round++) {
      const grid: GridLabels = {
        widthPx: whole(1, 14),
        heightPx: whole(1, 14),
        labels: new Uint32Array(14 * 14),
        xPx: whole(-5, 5),
        yPx: whole(-5, 5),
      };
      const kinds = whole(1, 5);
      const density = random();
      const labels = grid.labels.subarray(0, grid.widthPx * grid.heightPx).map(() => whole(0, kinds - 1));
      const marked = Uint8Array.from(labels, () => (random() < density ? 1 : 0));
      const size = { widthPx: whole(1, 14), heightPx: whole(1, 14) };
      const expected = new Map<HexColor, Uint8Array>();
      for (const [i, label] of labels.entries()) {
        const x = (i % grid.widthPx) + grid.xPx;
        const y = Math.floor(i / grid.widthPx) + grid.yPx;
        const color = colors[label];
        if (!marked[i] || !color || x < 0 || y < 0 || x >= size.widthPx || y >= size.heightPx) continue;
        if (!expected.has(color)) expected.set(color, new Uint8Array(size.widthPx * size.heightPx));
        expected.get(color)![y * size.widthPx + x] = 1;
      }
      const shapes = traced({ ...grid, labels }, marked, (label) => colors[label], size);
      assert.deepEqual(
        shapes.map(({ color }) => color),
        [...expected.keys()],
        `round ${round}`,
      );
      for (const { color, loops } of shapes) {
        assertTidy(loops, size);
        assert.deepEqual(fill(loops, size), expected.get(color), `round ${round}, ${color}`);
      }
    }
  });
});

/** Positive if the loop goes clockwise, as y points down. */
function signedArea(loop: readonly number[]): number {
  let twice = 0;
  for (let i = 0; i < loop.length; i += 2) {
    const [x, y, nextX, nextY] = [0, 1, 2, 3].map((offset) => loop[(i + offset) % loop.length]);
    twice += x * nextY - nextX * y;
  }
  return twice / 2;
}

describe('outlines as shapes', () => {
  /** Discs that touch and overlap, with holes. */
  function discs(widthPx: number, heightPx: number, seed: number): Uint32Array {
    const random = randomFrom(seed);
    const labels = new Uint32Array(widthPx * heightPx);
    for (let label = 1; label <= 25; label++) {
      const [cx, cy, r, hole] = [random() * widthPx, random() * heightPx, 3 + random() * 9, random() * 4];
      for (const i of labels.keys()) {
        const distance = Math.hypot((i % widthPx) - cx, Math.floor(i / widthPx) - cy);
        if (distance <= r && distance >= hole - 1) labels[i] = label;
      }
    }
    return labels;
  }

  for (const [name, changes, region] of [
    ['a whole image', {}, undefined],
    ['a crop, and wide lines', { widthPx: 3 }, { x: 13, y: 7, widthPx: 40, heightPx: 31 }],
    ['a crop that reaches beyond the image', {}, { x: -9, y: 30, widthPx: 50, heightPx: 50 }],
    ['lines that can be seen through', { alpha: 0.3 }, { x: 5, y: 5, widthPx: 33, heightPx: 21 }],
  ] as const) {
    for (const downsample of [1, 3]) {
      it(`are what is painted: ${name}, downsample ${downsample}`, () => {
        const size = { widthPx: 70, heightPx: 60 };
        const labels = discs(size.widthPx, size.heightPx, 5);
        const others = discs(size.widthPx, size.heightPx, 6);
        const recipe: Recipe = {
          ...exampleRecipe,
          downsample,
          masks: [
            { name: 'a', mode: 'outline', color: '#ff8000', alpha: 1, widthPx: 1, ...changes },
            { name: 'filled', mode: 'fill', color: '#101010', alpha: 0.5, widthPx: 1 },
            { name: 'b', mode: 'outline', color: { column: 'c', otherColor: '#00ff00' }, alpha: 1, widthPx: 2 },
          ],
        };
        const input = {
          fov: 'F',
          index: 1,
          planes: [{ ...size, samples: Float32Array.from(labels, (_, i) => (i % 70) / 70) }],
          masks: [labels, labels, others].map((each) => ({ ...size, labels: each })),
          cellColors: [undefined, undefined, new Map([3, 4, 7, 9].map((label) => [label, '#0080ff'] as const))],
          ...(region && { region }),
          font: loadFont(),
        };
        const layers = layersOf(recipe, input);
        const { whole, underOutlines } = drawPicture(recipe, layers, undefined, true);
        assert.deepEqual(drawPicture(recipe, layers).whole, whole);
        const traced = new OutlineShapes(layers);
        // Band by band.
        for (let y = 0; y < layers.heightPx; y += 7) {
          const band = { x: 0, y, widthPx: layers.widthPx, heightPx: Math.min(7, layers.heightPx - y) };
          traced.add(band, layersOf(recipe, input, band));
        }
        const shapes = traced.shapes();
        assert.deepEqual([...new Set(shapes.map((shape) => shape.name))], ['a', 'b']);
        const rgb = Float64Array.from(underOutlines!.rgb);
        for (const { color, alpha, loops } of shapes) {
          const bytes = toRgbFractions(color).map((part) => part * 255);
          for (const [i, isInside] of fill(loops, layers).entries()) {
            if (isInside) for (let c = 0; c < 3; c++) rgb[i * 3 + c] += alpha * (bytes[c] - rgb[i * 3 + c]);
          }
        }
        assert.notDeepEqual(underOutlines!.rgb, whole.rgb);
        for (const [i, value] of rgb.entries()) assert.ok(Math.abs(value - whole.rgb[i]) <= 1, `byte ${i}`);
      });
    }
  }
});
