import assert from 'node:assert/strict';
import { findRepeats, hashOfText } from '../../src/core/model/findRepeats';

describe('texts that are there more than once', () => {
  it('are found among all, each once', () => {
    assert.deepEqual(
      findRepeats(() => []),
      new Set(),
    );
    assert.deepEqual(
      findRepeats(() => ['a', 'b', '', 'µ']),
      new Set(),
    );
    assert.deepEqual(
      findRepeats(() => ['a', 'b', 'a', '', 'c', '', 'a']),
      new Set(['a', '']),
    );
  });

  it('are not those that share a hash alone', () => {
    const known = new Map<number, string>();
    const sharing: string[] = [];
    for (let i = 0; sharing.length === 0; i++) {
      const other = known.get(hashOfText(`cell ${i}`));
      if (other !== undefined) sharing.push(other, `cell ${i}`);
      known.set(hashOfText(`cell ${i}`), `cell ${i}`);
    }
    assert.deepEqual(
      findRepeats(() => sharing),
      new Set(),
    );
    assert.deepEqual(
      findRepeats(() => [...sharing, sharing[0]]),
      new Set([sharing[0]]),
    );
  });
});
