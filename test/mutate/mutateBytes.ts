import type { Random } from '../../sample/random';

/** What a mutator makes of the bytes of a valid file; `undefined` if it finds nothing to change. */
export type Mutator = (bytes: Buffer, random: Random) => Buffer | undefined;

/** A whole number from 0 to below `count`. */
export function below(random: Random, count: number): number {
  return Math.floor(random.next() * count);
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[below(random, values.length)];
}

/** Lengths, counts and offsets that readers meet in hostile files. */
export const extremes: readonly number[] = [
  0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffe,
  0xffffffff,
];

/** Writes a number as 1, 2, 4 or 8 bytes of either order over what is there. */
export function overwriteNumber(bytes: Buffer, at: number, random: Random): Buffer {
  const size = pick(random, [1, 2, 4, 4, 8]);
  const copy = Buffer.from(bytes);
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(size === 8 ? BigInt(pick(random, extremes)) * 0x1_0001n : BigInt(pick(random, extremes)));
  const value = number.subarray(0, size);
  (random.chance(0.5) ? value : Buffer.from(value).reverse()).copy(copy, at);
  return copy;
}

function span(bytes: Buffer, random: Random, most = 4096): readonly [start: number, end: number] {
  const start = below(random, bytes.length);
  return [start, Math.min(bytes.length, start + 1 + below(random, random.chance(0.8) ? 64 : most))];
}

/** Changes bytes that may be anything. */
export const byteMutators: readonly Mutator[] = [
  function flipBits(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let flips = 1 + below(random, 8); flips > 0; flips--)
      copy[below(random, copy.length)] ^= 1 << below(random, 8);
    return copy;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, below(random, bytes.length));
  },
  function takeOut(bytes, random) {
    const [start, end] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function double(bytes, random) {
    const [start, end] = span(bytes, random);
    const block = bytes.subarray(start, end);
    const times = 1 + below(random, random.chance(0.9) ? 2 : 200);
    return Buffer.concat([bytes.subarray(0, end), ...Array<Buffer>(times).fill(block), bytes.subarray(end)]);
  },
  function fill(bytes, random) {
    const copy = Buffer.from(bytes);
    return copy.fill(pick(random, [0, 0xff, 0x20, 0x30, 0x80]), ...span(bytes, random));
  },
  function swapBlocks(bytes, random) {
    const copy = Buffer.from(bytes);
    const size = 1 + below(random, 32);
    const [a, b] = [below(random, bytes.length), below(random, bytes.length)];
    bytes.copy(copy, a, b, b + size);
    bytes.copy(copy, b, a, a + size);
    return copy;
  },
  function extremeNumber(bytes, random) {
    // What files say of themselves is mostly near their beginning or their end.
    const near = Math.min(bytes.length, 256);
    const start = pick(random, [0, 0, bytes.length - near, below(random, bytes.length)]);
    return overwriteNumber(bytes, Math.min(bytes.length - 1, start + below(random, near)), random);
  },
  function append(bytes, random) {
    return Buffer.concat([bytes, bytes.subarray(...span(bytes, random))]);
  },
];
