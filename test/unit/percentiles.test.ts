import assert from 'node:assert/strict';
import type { SampleArray } from '../../src/core/model/image';
import { resolveLimits } from '../../src/core/plan/resolveContrastLimits';
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
    for (const few of [undefined, 0, 2]) {
      it(`${name}${few === undefined ? '' : `, of which ${few} are few`}`, async () => {
        const percents = [0, 0.1, 1, 37.5, 50, 99.8, 100];
        const found = await findPercentiles(scanOf(arrays), percents, few);
        assert.deepEqual(
          found?.percentiles,
          percents.map((percent) => byThePaper(arrays, percent)),
        );
        assert.equal(found.max, byThePaper(arrays, 100));
      });
    }
  }

  it('says that there is nothing when no sample is finite', async () => {
    assert.equal(await findPercentiles(scanOf([new Float32Array([Number.NaN])]), [50]), undefined);
  });
});

describe('percentiles that coincide', () => {
  const p = (percentile: number): { percentile: number } => ({ percentile });
  /** An image of the field's sparse kind: 20 pixels of signal and a hot one among 10 000. */
  const sparse = new Uint16Array(10_000);
  for (let i = 0; i < 20; i++) sparse[i * 100] = 10 + i;
  sparse[5] = 5000;

  it('say what there is above them, and what to do', async () => {
    // numpy.percentile of 10…29 and 5000: 20, 28 and 4005.8.
    const { limits, warnings, notes } = await resolveLimits('CD3', [p(1), p(99)], scanOf([sparse]));
    assert.deepEqual(limits, [0, 5000]);
    const sentence =
      'CD3: the contrast limits coincide at 0, so the high one is 5000, the maximum; give it as a number, or as a higher percentile (of the 21 pixels above 0, p50 is 20, p90 is 28, p99 is 4006)';
    assert.deepEqual([warnings, notes], [[sentence], [sentence]]);
  });

  it('with a low limit in numbers, negative values, and values of a column', async () => {
    const values = new Float32Array(94).fill(-2.5);
    values.set([0.25, 0.5, 1.5, 7], 90);
    // numpy.percentile of 0.25, 0.5, 1.5 and 7: 1 and 5.35.
    const { limits, warnings } = await resolveLimits('area', [-2.5, p(90)], scanOf([values]), 'values');
    assert.deepEqual(limits, [-2.5, 7]);
    assert.match(warnings.join(), /\(of the 4 values above -2\.5, p50 is 1, p90 is 5\.35\)$/);
  });

  it('leave a high limit in numbers as it is: one that the low one reaches is refused', async () => {
    for (const [high, found] of [
      [0, 0],
      [-1, -1],
    ]) {
      await assert.rejects(
        resolveLimits('CD3', [p(1), high], scanOf([sparse])),
        new RegExp(`for CD3, but the low one is 0 and the high one ${found}`),
      );
    }
    const { limits } = await resolveLimits('CD3', [p(1), 9], scanOf([sparse]));
    assert.deepEqual(limits, [0, 9]);
  });

  it('of one value alone: there is nothing to see', async () => {
    const { limits, warnings } = await resolveLimits('CD3', [p(1), p(99)], scanOf([new Uint8Array(9).fill(5)]));
    assert.deepEqual(limits, [5, 6]);
    assert.deepEqual(warnings, [
      'CD3: the contrast limits coincide at 5, so the high one is 6; no pixel is above 5, so nothing of it is seen',
    ]);
  });

  it('also of more than is looked at in one piece', async () => {
    const values = new Uint32Array(20_000_000);
    for (let i = 0; i < 100_001; i++) values[i] = i + 1;
    // numpy.percentile of 1…100001: 50001, 90001 and 99001.
    const { warnings } = await resolveLimits('CD3', [p(1), p(99)], scanOf([values]));
    assert.match(warnings.join(), /of the 100001 pixels above 0, p50 is 50000, p90 is 90000, p99 is 99000\)$/);
  }).timeout(60_000);

  it('are no concern where they differ', async () => {
    const { warnings, notes } = await resolveLimits('CD3', [p(1), p(99.9)], scanOf([sparse]));
    assert.deepEqual([warnings, notes], [[], []]);
  });
});
