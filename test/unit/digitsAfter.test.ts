import assert from 'node:assert/strict';
import { digitsAfter } from '../../src/core/job/digitsAfter';

describe('digits of a name that sorts after others', () => {
  for (const [now, before, expected] of [
    ['0500', [], '0500'],
    ['0500', ['0499', '0007'], '0500'],
    ['0500', ['0500'], '0501'],
    ['0500', ['0099', '0899', '0100'], '0900'],
    ['0500', ['9999'], '0500'],
  ] as const) {
    it(`${now} after ${before.join(', ') || 'none'}: ${expected}`, () => {
      assert.equal(digitsAfter(now, before), expected);
    });
  }
});
