import assert from 'node:assert/strict';
import { toUnicodeMap } from '../../src/core/write/toUnicodeMap';

describe('toUnicodeMap', () => {
  it('has a line for each glyph, none for the one that stands for nothing', () => {
    const map = toUnicodeMap([[0], [0x3b2], [0x2011], undefined, [], [0x66, 0x69], [0x1f9ec]]);
    assert.match(map, /begincodespacerange\n<0000> <ffff>\nendcodespacerange\n/);
    const blocks = [...map.matchAll(/(\d+) beginbfchar\n([^]*?)endbfchar/g)].map(([, count, lines]) => [count, lines]);
    // β, a hyphen, two letters of one glyph, and a pair of surrogates
    assert.deepEqual(blocks, [['4', '<0001> <03b2>\n<0002> <2011>\n<0005> <00660069>\n<0006> <d83eddec>\n']]);
    assert.doesNotMatch(map, /bfrange/);
  });

  it('has at most a hundred lines in a block, and each glyph once', () => {
    const map = toUnicodeMap(Array.from({ length: 251 }, (_, i) => [0x100 + i]));
    const counts = [...map.matchAll(/(\d+) beginbfchar\n([^]*?)endbfchar/g)].map(([, count, lines]) => {
      assert.equal(lines.trim().split('\n').length, Number(count));
      return Number(count);
    });
    assert.deepEqual(counts, [100, 100, 50]);
    assert.deepEqual(
      [...map.matchAll(/^<([0-9a-f]{4})> <([0-9a-f]{4})>$/gm)].slice(1).map(([, glyph, code]) => [glyph, code]),
      Array.from({ length: 250 }, (_, i) => [i + 1, 0x101 + i].map((value) => value.toString(16).padStart(4, '0'))),
    );
  });

  it('of a font that nothing was written in has no block', () => {
    assert.doesNotMatch(toUnicodeMap([[0]]), /bfchar/);
  });
});
