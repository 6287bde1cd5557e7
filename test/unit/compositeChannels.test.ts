import assert from 'node:assert/strict';
import { Random } from '../../sample/random';
import type { SampleArray } from '../../src/core/model/image';
import { canvasesOf, compositeChannels, type CompositeLayer, roundInto } from '../../src/core/render/compositeChannels';
import type { GridPlane } from '../../src/core/render/outputGrid';

const random = new Random(20261123, 'composite');

function draw(layers: readonly CompositeLayer[], widthPx: number, heightPx: number): Uint8Array {
  const rgb = new Uint8Array(3 * widthPx * heightPx);
  const paint = compositeChannels(layers);
  for (const canvas of canvasesOf(widthPx, heightPx)) {
    paint(canvas);
    roundInto(canvas, rgb);
  }
  return rgb;
}

/** The formula of a picture as it is written down, a pixel at a time. */
function asDefined(layers: readonly CompositeLayer[], widthPx: number, heightPx: number): Uint8Array {
  const rgb = new Uint8Array(3 * widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      for (let i = 0; i < 3; i++) {
        let sum = 0;
        for (const { plane, color, contrastLimits } of layers) {
          const value = plane.samples[(plane.firstSample ?? 0) + y * (plane.rowSamples ?? widthPx) + x];
          const n =
            ((Number.isNaN(value) ? contrastLimits[0] : value) - contrastLimits[0]) /
            (contrastLimits[1] - contrastLimits[0]);
          sum += Math.min(Math.max(n, 0), 1) * (parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16) / 255);
        }
        rgb[3 * (y * widthPx + x) + i] = Math.floor(255 * Math.min(sum, 1) + 0.5);
      }
    }
  }
  return rgb;
}

const types = {
  uint8: (length: number) => Uint8Array.from({ length }, () => random.uint32()),
  uint16: (length: number) => Uint16Array.from({ length }, () => random.uint32()),
  int16: (length: number) => Int16Array.from({ length }, () => random.uint32()),
  float32: (length: number) =>
    Float32Array.from({ length }, (_, i) => [NaN, Infinity, -Infinity, -0][i % 97] ?? random.between(-100, 60_000)),
} satisfies Record<string, (length: number) => SampleArray>;

describe('compositing is the formula', () => {
  // The small picture is worked out, the large one looked up, and so is a small one after it.
  for (const [name, make] of Object.entries(types)) {
    it(`${name}, few pixels, many, and few again`, () => {
      for (const [widthPx, heightPx] of [
        [23, 19],
        [401, 337],
        [23, 19],
      ]) {
        const plane = (): GridPlane => ({ widthPx, heightPx, samples: make(widthPx * heightPx) });
        const top = name === 'uint8' ? 255 : 60_000;
        const layers: CompositeLayer[] = [
          { plane: plane(), color: '#ff0000', contrastLimits: [0, top] },
          { plane: plane(), color: '#00ff80', contrastLimits: [top / 7, top / 2] },
          { plane: plane(), color: '#123456', contrastLimits: [top / 3, top / 3 + 1] },
          // Limits that rise or fall between: a negative low, one above all values.
          { plane: plane(), color: '#0000ff', contrastLimits: [-20, 10] },
          { plane: plane(), color: '#ffffff', contrastLimits: [2 ** 17, 2 ** 18] },
        ];
        const [drawn, defined] = [draw(layers, widthPx, heightPx), asDefined(layers, widthPx, heightPx)];
        let different = 0;
        // A share times 1 / (high − low) and one divided by it may differ in the last bit, which shows at a half alone.
        for (let i = 0; i < drawn.length; i++) {
          assert.ok(
            Math.abs(drawn[i] - defined[i]) <= 1,
            `${widthPx} × ${heightPx}, sample ${i}: ${drawn[i]}, ${defined[i]}`,
          );
          if (drawn[i] !== defined[i]) different++;
        }
        assert.ok(different <= drawn.length / 1000, `${different} of ${drawn.length} differ`);
      }
    });
  }

  it('parts of planes are the same as the same part alone', () => {
    const samples = types.uint16(400 * 300);
    const part: GridPlane = { widthPx: 300, heightPx: 250, samples, firstSample: 400 * 20 + 30, rowSamples: 400 };
    const alone = Uint16Array.from({ length: 300 * 250 }, (_, i) => {
      return samples[400 * (20 + Math.floor(i / 300)) + 30 + (i % 300)];
    });
    const layer = { color: '#8040ff', contrastLimits: [100, 50_000] } as const;
    const whole = { widthPx: 300, heightPx: 250, samples: alone };
    assert.deepEqual(draw([{ plane: part, ...layer }], 300, 250), draw([{ plane: whole, ...layer }], 300, 250));
  });
});
