import assert from 'node:assert/strict';
import { encodeLzw } from '../../sample/encodeLzw';
import { Random } from '../../sample/random';
import { compiledKernels } from '../../src/core/kernels/compiledKernels';
import { definedKernels } from '../../src/core/kernels/definedKernels';
import {
  type KernelSamples,
  type KernelWorld,
  spanElements,
  spareBytes,
  spareTokens,
} from '../../src/core/kernels/kernelWorld';

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

/** Values of 0 to 3 with runs of 1 to `longest`. */
const runs = (length: number, longest: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0, run; i < length; i += run) bytes.fill(whole(4), i, i + (run = 1 + whole(longest)));
  return bytes;
};

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

  for (const [type, make] of Object.entries(samplesOf)) {
    it(`addToBlocks of ${type}`, () => {
      for (const length of lengths) {
        for (const blockPx of [1, 2, 3, 4, 7, 16, 100]) {
          const beforePx = whole(blockPx);
          const samples: KernelSamples = make(length);
          const blocks = Math.ceil((beforePx + length) / blockPx);
          const before = { sums: samplesOf.uint16(blocks), counts: samplesOf.uint8(blocks) };
          assertSame((world) => {
            const [given, sums, counts] = world.layOut<[KernelSamples, Float64Array, Uint32Array]>(
              [samples.constructor as Uint8ArrayConstructor, length],
              [Float64Array, blocks],
              [Uint32Array, blocks],
            );
            given.set(samples);
            sums.set(before.sums);
            counts.set(before.counts);
            world.addToBlocks(given, { blockPx, beforePx }, { sums, counts });
            return [sums, counts];
          }, `${length} samples in blocks of ${blockPx}, ${beforePx} before`);
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

  it('markOutlines', () => {
    for (const widthPx of [1, 2, 3, 16, 17, 18, 19, 33, 34, 50, 70]) {
      for (const heightPx of [0, 1, 2, 3, 20]) {
        for (const largestPx of [1, 4, 12]) {
          const labels = blobs(widthPx, heightPx, largestPx);
          for (const linePx of [1, 2, 3, 4, 9, 100]) {
            for (const gap of [undefined, 2 ** 32 - 1, 3]) {
              assertSame((world) => {
                const [given, marked] = world.layOut<[Uint32Array, Uint8Array]>(
                  [Uint32Array, labels.length],
                  [Uint8Array, labels.length],
                );
                given.set(labels);
                marked.fill(9);
                world.markOutlines(given, { widthPx, linePx, ...(gap !== undefined && { gap }) }, marked);
                return [marked];
              }, `${widthPx} × ${heightPx}, parts up to ${largestPx} px, lines of ${linePx} px, gap ${gap}`);
            }
          }
        }
      }
    }
  });

  it('findSpans', () => {
    for (const length of lengths) {
      for (const longest of [1, 3, 9, 40]) {
        // Labels whose bytes have every bit, and marks that are not 1.
        const labels = Uint32Array.from(runs(length, longest), (value) => [0, 1, 2 ** 31, 2 ** 32 - 1][value]);
        for (const share of [undefined, 0, 0.1, 0.9]) {
          const marks = Uint8Array.from({ length }, () => (random.next() < (share ?? 0) ? 1 + whole(255) : 0));
          assertSame((world) => {
            const [given, marked, spans] = world.layOut<[Uint32Array, Uint8Array, Uint32Array]>(
              [Uint32Array, length],
              [Uint8Array, length],
              [Uint32Array, spanElements * length],
            );
            given.set(labels);
            marked.set(marks);
            const count = world.findSpans(given, share === undefined ? undefined : marked, spans);
            return [spans.subarray(0, spanElements * count)];
          }, `${length} labels, up to ${longest} alike, ${share} marked`);
        }
      }
    }
  });

  it('blendSpans', () => {
    for (const length of lengths) {
      for (const alpha of [0, 0.3, 1]) {
        const colors = [fractions(length), fractions(length), fractions(length)];
        const spans: number[] = [];
        for (let from = whole(3), to; from < length; from = to + whole(3)) {
          to = Math.min(length, from + 1 + whole(20));
          spans.push(from, to, [0, 0xff000000, 0xff000000 + whole(2 ** 24)][whole(3)]);
        }
        assertSame((world) => {
          const [given, red, green, blue] = world.layOut<[Uint32Array, Colors, Colors, Colors]>(
            [Uint32Array, spans.length],
            [Float64Array, length],
            [Float64Array, length],
            [Float64Array, length],
          );
          given.set(spans);
          for (const [i, color] of [red, green, blue].entries()) color.set(colors[i]);
          world.blendSpans(given, alpha, { red, green, blue });
          return [red, green, blue];
        }, `${length} pixels, alpha ${alpha}`);
      }
    }
  });

  it('decodeLzw, of whole blocks, of cut ones and of others that say what is not there', () => {
    for (const [what, content] of Object.entries(contents)) {
      for (const length of [0, 1, 7, 8, 9, 255, 4096, 40_000]) {
        const encoded = encodeLzw(content(length));
        const blocks = [encoded, encoded.subarray(0, whole(encoded.length)), damaged(encoded), damaged(encoded)];
        for (const [i, block] of blocks.entries()) {
          for (const room of [length, whole(length + 1), length + 20]) {
            for (const isLast of [true, false]) {
              assertSame(
                (world) => decodeAtEnd(world, block, room, isLast),
                `${length} bytes, ${what}, block ${i}, room for ${room}, output ${isLast ? '' : 'not '}last`,
              );
            }
          }
        }
      }
    }
  });

  it('decodeLzw, of any bytes', () => {
    for (let i = 0; i < 2000; i++) {
      const block = Uint8Array.from({ length: whole(60) }, () => random.uint32());
      // Most begin with a code that is a byte, so that there is something to go on from.
      if (i % 4 > 0 && block.length > 0) block[0] &= 0x7f;
      const room = whole(400);
      assertSame(
        (world) => decodeAtEnd(world, block, room, true),
        `room for ${room}, block ${Buffer.from(block).toString('hex')}`,
      );
    }
  });

  for (const sampleBytes of [1, 2, 4, 8] as const) {
    it(`undoDifferences and undoFloatPredictor of ${sampleBytes} bytes`, () => {
      for (const pixels of lengths.slice(1)) {
        for (const stride of [1, 2, 3, 5, 40]) {
          const rowSamples = pixels * stride;
          const rows = { sampleBytes, rowSamples, stride };
          const rowBytes = sampleBytes * rowSamples;
          const given = Uint8Array.from({ length: whole(4) * rowBytes }, () => random.uint32());
          for (const isFloat of [false, true]) {
            assertSame(
              (world) => {
                const [bytes, row] = world.layOut<[Uint8Array, Uint8Array]>(
                  [Uint8Array, given.length],
                  [Uint8Array, rowBytes],
                );
                bytes.set(given);
                row.fill(0);
                if (isFloat) world.undoFloatPredictor(bytes, rows, row);
                else world.undoDifferences(bytes, rows);
                return [bytes];
              },
              `${pixels} pixels of ${stride} samples, ${isFloat ? 'floats' : 'differences'}`,
            );
          }
        }
      }
    });
  }

  for (const filter of [0, 1] as const) {
    it(`filterRows by ${filter === 0 ? 'None' : 'Sub'}`, () => {
      for (const widthPx of [1, 2, 5, 6, 7, 100, 1365]) {
        for (const heightPx of [1, 3]) {
          const rgb = samplesOf.uint8(3 * widthPx * heightPx);
          assertSame((world) => {
            const [given, rows] = world.layOut<[Uint8Array, Uint8Array]>(
              [Uint8Array, rgb.length],
              [Uint8Array, rgb.length + heightPx],
            );
            given.set(rgb);
            world.filterRows(given, widthPx, filter, rows);
            return [rows];
          }, `${widthPx} × ${heightPx} pixels`);
        }
      }
    });
  }

  it('findRuns', () => {
    for (const length of [...lengths, 257, 258, 259, 260, 261, 600, 20_000]) {
      for (const longest of [1, 2, 4, 16, 40, 700]) {
        const bytes = runs(length, longest);
        assertSame((world) => {
          const [given, tokens] = world.layOut<[Uint8Array, Uint16Array]>(
            [Uint8Array, length],
            [Uint16Array, length + spareTokens],
          );
          given.set(bytes);
          return [tokens.subarray(0, world.findRuns(given, tokens))];
        }, `${length} bytes, runs up to ${longest}`);
      }
    }
  });

  /** Tokens, some more often than others. */
  const someTokens = (length: number): Uint16Array =>
    Uint16Array.from({ length }, () => whole([2, 256, 512][whole(3)]) ^ 256);

  it('countTokens', () => {
    for (const length of lengths) {
      const tokens = someTokens(length);
      assertSame((world) => {
        const [given, counts] = world.layOut<[Uint16Array, Uint32Array]>([Uint16Array, length], [Uint32Array, 512]);
        given.set(tokens);
        counts.fill(7);
        world.countTokens(given, counts);
        return [counts];
      }, `${length} tokens`);
    }
  });

  it('packTokens', () => {
    // 1 and 14 bits fill a word of four codes to its last bit, 21 overflow it.
    for (const longest of [1, 8, 14, 21]) {
      const codes = Uint32Array.from({ length: 512 }, () => {
        const length = longest - whole(2) * whole(longest);
        return (whole(2 ** length) << 8) | length;
      });
      for (const length of lengths) {
        const tokens = someTokens(length);
        const firstBit = whole(8);
        const before = whole(256);
        assertSame((world) => {
          const [given, table, out] = world.layOut<[Uint16Array, Uint32Array, Uint8Array]>(
            [Uint16Array, length],
            [Uint32Array, 512],
            [Uint8Array, 3 * length + 1 + spareBytes],
          );
          given.set(tokens);
          table.set(codes);
          out[0] = before;
          const end = world.packTokens(given, table, out, firstBit);
          return [Float64Array.of(end), out.subarray(0, Math.ceil(end / 8))];
        }, `${length} tokens of up to ${longest} bits from bit ${firstBit}`);
      }
    }
  });

  it('adler32', () => {
    for (const length of [...lengths, 5551, 5552, 5553, 3 * 5552 + 17, 100_000]) {
      for (const bytes of [samplesOf.uint8(length), new Uint8Array(length).fill(255)]) {
        for (const before of [1, 0xfff0_fff0, random.uint32() % 65521]) {
          assertSame((world) => {
            const [given] = world.layOut<[Uint8Array]>([Uint8Array, length]);
            given.set(bytes);
            return [Float64Array.of(world.adler32(given, before))];
          }, `${length} bytes after ${before}`);
        }
      }
    }
  });
});

/** Rectangles of labels over each other, some of them background, gap, or a label that is large. */
function blobs(widthPx: number, heightPx: number, largestPx: number): Uint32Array {
  const labels = new Uint32Array(widthPx * heightPx);
  for (let left = labels.length / largestPx; left > 0; left--) {
    const [x, y] = [whole(widthPx), whole(heightPx)];
    const label = [0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1][whole(6)];
    const end = Math.min(widthPx, x + 1 + whole(largestPx));
    for (let row = y + whole(largestPx); row >= y; row--) {
      if (row < heightPx) labels.fill(label, row * widthPx + x, row * widthPx + end);
    }
  }
  return labels;
}

/** What is to be compressed: repetitions of many kinds, and none. */
const contents: Readonly<Record<string, (length: number) => Uint8Array>> = {
  'all the same': (length) => new Uint8Array(length).fill(7),
  'any bytes': (length) => Uint8Array.from({ length }, () => random.uint32()),
  'few values': (length) => Uint8Array.from({ length }, () => whole(3)),
  periods: (length) => Uint8Array.from({ length }, (_, i) => (i % 11) * (i % 5)),
  runs: (length) => {
    const values = Uint8Array.from({ length }, () => whole(256));
    return values.map((_, i) => values[i - (i % (1 + (values[i - (i % 50)] % 50)))]);
  },
};

/** With some bits changed. */
function damaged(block: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(block);
  for (let i = 0; i < 3 && changed.length > 0; i++) changed[whole(changed.length)] ^= 1 << whole(8);
  return changed;
}

/** Decodes where memory ends, so that nothing is read or written behind. @returns what was decoded, and how much */
function decodeAtEnd(world: KernelWorld, block: Uint8Array, room: number, isLast: boolean): [Uint8Array, Int32Array] {
  const [{ buffer }] = world.layOut<[Uint8Array]>([Uint8Array, block.length + room]);
  const end = buffer.byteLength;
  const output = new Uint8Array(buffer, end - room - (isLast ? 0 : block.length), room).fill(0xa5);
  const input = new Uint8Array(buffer, end - block.length - (isLast ? room : 0), block.length);
  input.set(block);
  const decoded = world.decodeLzw(input, output);
  assert.deepEqual(input, new Uint8Array(block), 'the block is as it was');
  return [output.subarray(0, Math.max(decoded, 0)), Int32Array.of(decoded)];
}
