import type { SampleArray } from '../model/image';

/** Visits every plane of a selection, one at a time; called once per pass. */
export type ScanPlanes = (visit: (samples: SampleArray) => void) => Promise<void>;

/** The scan of values that are in memory. */
export function scanOf(samples: SampleArray): ScanPlanes {
  return (visit) => {
    visit(samples);
    return Promise.resolve();
  };
}

/** So few samples are kept and sorted: that takes less than the tables of a radix select take to be made. */
const fewSamples = 2 ** 18;

/**
 * Percentiles by numpy's linear rule over all finite samples of many planes, exact, with memory that does not depend on
 * their number: a radix select over the order-preserving bit pattern of the samples, 22 bits a pass. Integers and
 * float32 are settled after two passes; only float64 values that use their last bits need the third.
 * @param percents 0…100
 * @param few so many samples are sorted instead; the result does not depend on it
 * @returns the percentiles and the maximum; `undefined` if no sample is finite
 */
export async function findPercentiles(
  scan: ScanPlanes,
  percents: readonly number[],
  few = fewSamples,
): Promise<{ readonly percentiles: readonly number[]; readonly max: number } | undefined> {
  const first = new Float64Array(few);
  let counts: Float64Array | undefined;
  let total = 0;
  let max = -Infinity;
  await scan((samples) => {
    for (const value of samples) {
      if (!Number.isFinite(value)) continue;
      if (total < few)
        first[total] = value + 0; // −0 is 0 here, too.
      else {
        counts ??= countTops(first);
        counts[digits(value)[0]]++;
      }
      total++;
      if (value > max) max = value;
    }
  });
  if (total === 0) return undefined;
  const positions = percents.map((percent) => (percent / 100) * (total - 1));
  const ranks = new Set(positions.flatMap((position) => [Math.floor(position), Math.ceil(position)]));
  const values = counts ? await findRanks(scan, counts, [...ranks]) : sortedRanks(first.subarray(0, total), [...ranks]);
  const percentiles = positions.map((position) => {
    const below = values.get(Math.floor(position))!;
    const above = values.get(Math.ceil(position))!;
    return below + (position - Math.floor(position)) * (above - below);
  });
  return { percentiles, max };
}

function sortedRanks(samples: Float64Array, ranks: readonly number[]): Map<number, number> {
  samples.sort();
  return new Map(ranks.map((rank) => [rank, samples[rank]]));
}

/** How many of the samples have each first digit. */
function countTops(samples: Float64Array): Float64Array {
  const counts = new Float64Array(topBins);
  for (const value of samples) counts[digits(value)[0]]++;
  return counts;
}

const topBins = 2 ** 22;
const middleBins = 2 ** 22;
const lowBins = 2 ** 20;

const asFloat = new Float64Array(1);
const asWords = new Uint32Array(asFloat.buffer);
/** Typed arrays have the machine's byte order; Node runs on little-endian machines, and this line on the others. */
const highWord = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
const out: [number, number, number] = [0, 0, 0];

/**
 * The bit pattern of a float64, turned so that unsigned order is numeric order (negative numbers inverted, the sign bit
 * of the others set), as three digits. The result is reused by the next call.
 */
function digits(value: number): readonly [number, number, number] {
  asFloat[0] = value + 0; // −0 becomes 0, so that the two are one value
  let high = asWords[highWord];
  let low = asWords[1 - highWord];
  if (high >>> 31) {
    high = ~high >>> 0;
    low = ~low >>> 0;
  } else high = (high | 0x80000000) >>> 0;
  out[0] = high >>> 10;
  out[1] = ((high & 0x3ff) << 12) | (low >>> 20);
  out[2] = low & 0xfffff;
  return out;
}

function fromDigits(top: number, middle: number, last: number): number {
  let high = ((top << 10) | (middle >>> 12)) >>> 0;
  let low = (((middle & 0xfff) << 20) | last) >>> 0;
  if (high >>> 31) high = (high & 0x7fffffff) >>> 0;
  else {
    high = ~high >>> 0;
    low = ~low >>> 0;
  }
  asWords[highWord] = high;
  asWords[1 - highWord] = low;
  return asFloat[0];
}

/** The last digit of every number that 44 bits hold: zeros, inverted for negative numbers. */
function trivialLast(top: number): number {
  return top >= topBins / 2 ? 0 : lowBins - 1;
}

/** The bin that holds a rank, and the rank inside it. */
function locate(counts: Float64Array, rank: number): { bin: number; rest: number } {
  let rest = rank;
  for (let bin = 0; bin < counts.length; bin++) {
    if (rest < counts[bin]) return { bin, rest };
    rest -= counts[bin];
  }
  throw new RangeError(`rank ${rank} is beyond the samples`);
}

async function findRanks(
  scan: ScanPlanes,
  topCounts: Float64Array,
  ranks: readonly number[],
): Promise<Map<number, number>> {
  const tops = ranks.map((rank) => locate(topCounts, rank));
  const middleCounts = new Map(tops.map(({ bin }) => [bin, new Float64Array(middleBins)]));
  let settled = true;
  await scan((samples) => {
    for (const value of samples) {
      if (!Number.isFinite(value)) continue;
      const [top, middle, last] = digits(value);
      const counts = middleCounts.get(top);
      if (!counts) continue;
      counts[middle]++;
      if (last !== trivialLast(top)) settled = false;
    }
  });
  const middles = tops.map(({ bin, rest }) => ({ top: bin, ...locate(middleCounts.get(bin)!, rest) }));
  if (settled) {
    return new Map(
      ranks.map((rank, i) => [rank, fromDigits(middles[i].top, middles[i].bin, trivialLast(middles[i].top))]),
    );
  }
  const lowCounts = new Map(middles.map(({ top, bin }) => [top * middleBins + bin, new Float64Array(lowBins)]));
  await scan((samples) => {
    for (const value of samples) {
      if (!Number.isFinite(value)) continue;
      const [top, middle, last] = digits(value);
      const counts = lowCounts.get(top * middleBins + middle);
      if (counts) counts[last]++;
    }
  });
  return new Map(
    ranks.map((rank, i) => {
      const { top, bin, rest } = middles[i];
      return [rank, fromDigits(top, bin, locate(lowCounts.get(top * middleBins + bin)!, rest).bin)];
    }),
  );
}
