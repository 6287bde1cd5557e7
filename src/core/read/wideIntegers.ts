import { endianness } from 'node:os';
import type { SampleType } from '../model/image';

/** Integers of 64 bits as files hold them. */
export type WideIntegers = BigInt64Array | BigUint64Array;

/** Those that are numbers exactly, in words. */
export const exactIntegers = 'integers between −2⁵³ and 2⁵³';

const firstInexact = 2 ** 53;
const highWord = endianness() === 'LE' ? 1 : 0;

export function isWideType(sampleType: SampleType): boolean {
  return sampleType === 'int64' || sampleType === 'uint64';
}

export function isWide(samples: ArrayLike<number> | WideIntegers): samples is WideIntegers {
  return samples instanceof BigInt64Array || samples instanceof BigUint64Array;
}

/**
 * Copies integers of 64 bits as the numbers that they are, up to the first that is none exactly.
 * @param from where they are: every `step`-th from `start`
 * @returns how many were copied: fewer than `count` if one of them is 2⁵³ or more away from 0
 */
export function copyWide(
  from: { readonly integers: WideIntegers; readonly start: number; readonly step: number },
  count: number,
  target: Float64Array,
  to: number,
): number {
  const { integers, start, step } = from;
  const isSigned = integers instanceof BigInt64Array;
  // By halves: making a big integer of each takes several times as long.
  const words = new Uint32Array(integers.buffer, integers.byteOffset, 2 * integers.length);
  for (let i = 0; i < count; i++) {
    const word = 2 * (start + i * step);
    const high = words[word + highWord];
    const value = (isSigned ? high | 0 : high) * 2 ** 32 + words[word + 1 - highWord];
    if (!(value > -firstInexact && value < firstInexact)) return i;
    target[to + i] = value;
  }
  return count;
}
