import assert from 'node:assert/strict';
import { Random } from '../../sample/random';
import { compiledKernels } from '../../src/core/kernels/compiledKernels';
import { definedKernels } from '../../src/core/kernels/definedKernels';
import type { KernelSamples, KernelWorld } from '../../src/core/kernels/kernelWorld';

const random = new Random(20261130, 'kernels');
const whole = (below: number): number => Math.floor(below * random.next());
const worlds = [definedKernels(), compiledKernels()];

/** Around the lengths of vectors, none, and some that fill none of them. */
const lengths = [...Array(35).keys(), 64, 127, 1000, 4099];

/** Both worlds do the same, bit for bit: what `run` returns is compared as bytes. */
function assertSame(run: (world: KernelWorld) => readonly ArrayBufferView[], what: string): void {
  const [defined, compiled] = worlds.map((world) =>
    run(world).map((view) => Buffer.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))),
  );
  for (const [i, bytes] of defined.entries()) assert.ok(bytes.equals(compiled[i]), `${what}: result ${i} differs`);
}

const odd = [NaN, Infinity, -Infinity, -0, 0, 1, 2 ** -1074, -(2 ** -1022), 2 ** 24 + 1, 1e300, -1e300];

const samplesOf = {
  uint8: (length) => Uint8Array.from({ length }, () => random.uint32()),
  uint16: (length) => Uint16Array.from({ length }, () => random.uint32()),
  float32: (length) => Float32Array.from({ length }, () => odd[whole(60)] ?? random.between(-1e6, 1e6)),
  float64: (length) => Float64Array.from({ length }, () => odd[whole(60)] ?? random.between(-1e6, 1e6)),
} satisfies Record<string, (length: number) => KernelSamples>;

const limits = [
  [0, 255],
  [-3.7, 1e6],
  [1e5, 1e5 + 1],
  [0.1, 0.3],
] as const;

type Colors = Float64Array;

/** Fractions of a colour, some of more than 1. */
const fractions = (length: number): Float64Array => Float64Array.from({ length }, () => random.between(0, 1.5));

describe('compiled kernels compute what is defined, bit for bit', () => {
  for (const [type, make] of Object.entries(samplesOf)) {
    it(`addShares of ${type}`, () => {
      for (const length of lengths) {
        for (const [low, high] of limits) {
          const samples: KernelSamples = make(length);
          const colors = [fractions(length), fractions(length), fractions(length)];
          const weights = [random.next(), length % 3 === 0 ? 0 : 1, whole(256) / 255] as const;
          assertSame((world) => {
            const [given, red, green, blue] = world.layOut<[KernelSamples, Colors, Colors, Colors]>(
              [samples.constructor as Uint8ArrayConstructor, length],
              [Float64Array, length],
              [Float64Array, length],
              [Float64Array, length],
            );
            given.set(samples);
            for (const [i, color] of [red, green, blue].entries()) color.set(colors[i]);
            world.addShares(given, { low, scale: 1 / (high - low), weights }, { red, green, blue });
            return [red, green, blue];
          }, `${length} samples, ${low} to ${high}`);
        }
      }
    });
  }

  it('toBytes', () => {
    for (const length of lengths) {
      // Halves between two levels, and what is next to them.
      const near = Float64Array.from({ length }, () => {
        const half = (whole(255) + 0.5) / 255;
        return half * (1 + (whole(3) - 1) * Number.EPSILON);
      });
      const [green, blue] = [fractions(length), fractions(length)];
      assertSame((world) => {
        const [r, g, b, rgb] = world.layOut<[Colors, Colors, Colors, Uint8Array]>(
          [Float64Array, length],
          [Float64Array, length],
          [Float64Array, length],
          [Uint8Array, 3 * length],
        );
        r.set(near);
        g.set(green);
        b.set(blue);
        world.toBytes({ red: r, green: g, blue: b }, rgb);
        return [rgb];
      }, `${length} pixels`);
    }
  });
});
