import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StagedSink } from '../../src/core/write/stagedSink';
import { temporaryFolder } from '../support/temporaryFolder';

/** Bytes that are different at every place. */
function pieceOf(bytes: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) & 255);
}

describe('a file that is written as its pieces come', () => {
  for (const [name, sizes] of [
    ['a small one, at once', [10, 0, 300]],
    ['one of more than may wait', [5_000_000, 5_000_000, 7, 9_000_000, 3]],
    ['an empty one', []],
  ] as const) {
    it(`has them all, with bytes put in their places later, and says its hash: ${name}`, () => {
      const folder = temporaryFolder();
      const sink = new StagedSink(path.join(folder, 'a.png'), 'test');
      const pieces = sizes.map((bytes, i) => pieceOf(bytes, i));
      const expected = Buffer.concat(pieces);
      for (const piece of pieces) sink.write(piece);
      // Over the border of two pieces, and of what is on disk and what waits.
      for (const at of [0, sizes[0]! - 3, expected.length - 6].filter(
        (each) => each >= 0 && each + 6 <= expected.length,
      )) {
        const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6]);
        sink.replace(at, bytes);
        expected.set(bytes, at);
      }
      const sha256 = sink.end();
      assert.deepEqual(readdirSync(folder), [path.basename(sink.staged.temporary)]);
      const found = readFileSync(sink.staged.temporary);
      assert.ok(found.equals(expected));
      assert.equal(sha256, createHash('sha256').update(expected).digest('hex'));
      assert.equal(sink.bytes, expected.length);
    });
  }

  it('is not there when it could not be written', () => {
    const folder = path.join(temporaryFolder(), 'gone');
    const sink = new StagedSink(path.join(folder, 'a.png'), 'test');
    sink.write(pieceOf(10, 0));
    assert.throws(() => sink.end(), { code: 'OutputNotWritable' });
    assert.ok(!existsSync(sink.staged.temporary));
  });
});
