import assert from 'node:assert/strict';
import type { SampleArray } from '../../src/core/model/image';
import { findPercentiles } from '../../src/core/select/orderStatistics';

function scanOf(planes: readonly SampleArray[]): Parameters<typeof findPercentiles>[0] {
  return (visit) => {
    for (const plane of planes) visit(plane);
    return Promise.resolve();
  };
}

/** Numpy's linear rule, written down a second time on a sorted copy. */
function byThePaper(planes: readonly SampleArray[], percent: number): number {
  const sorted = planes
    .flatMap((plane) => Array.from(plane))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const position = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  return below + (position - Math.floor(position)) * (sorted[Math.ceil(position)] - below);
}

describe('findPercentiles', () => {
  const planes: Readonly<Record<string, SampleArray[]>> = {
    'uint16 of two FOVs': [new Uint16Array([5, 900, 17, 17, 3]), new Uint16Array([65535, 0, 12])],
    'negative and fractional float32': [new Float32Array([-3.25, 0.1, 0.2, -0, 0, 1e-20, 7e20, -8e11])],
    'float64 that need all their bits': [new Float64Array([1, 1 + Number.EPSILON, 1 + 2 * Number.EPSILON, 2])],
    'types that differ between FOVs': [new Uint8Array([1, 2, 3]), new Float32Array([2.5, 0.5]), new Int16Array([-7])],
    'NaN and infinities, which do not count': [new Float32Array([Number.NaN, 4, Infinity, 8, -Infinity])],
    'one sample': [new Uint8Array([42])],
  };
  for (const [name, arrays] of Object.entries(planes)) {
    it(name, async () => {
      const percents = [0, 0.1, 1, 37.5, 50, 99.8, 100];
      const found = await findPercentiles(scanOf(arrays), percents);
      assert.deepEqual(
        found?.percentiles,
        percents.map((percent) => byThePaper(arrays, percent)),
      );
      assert.equal(found.max, byThePaper(arrays, 100));
    });
  }

  it('says that there is nothing when no sample is finite', async () => {
    assert.equal(await findPercentiles(scanOf([new Float32Array([Number.NaN])]), [50]), undefined);
  });
});
