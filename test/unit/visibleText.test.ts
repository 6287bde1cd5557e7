import assert from 'node:assert/strict';
import { listLines, listNames } from '../../src/core/model/listNames';
import { callsOf, visibleText } from '../../src/core/model/visibleText';

describe('visibleText', () => {
  const table: [what: string, text: string, shown: string][] = [
    ['an escape sequence of terminals', 'A\u001b[2J', 'A\\x1b[2J'],
    ['the same of one byte', '\u009b2J', '\\x9b2J'],
    ['a bell and a backspace', '\u0007\b', '\\x07\\x08'],
    ['line breaks and tabs', 'a\nb\rc\td\u2028e\u2029f\u0085', 'a\\nb\\rc\\td\\u2028e\\u2029f\\x85'],
    ['overrides and embeddings', '\u202agpj\u202b\u202c\u202d\u202e', '\\u202agpj\\u202b\\u202c\\u202d\\u202e'],
    ['isolates', '\u2066\u2067\u2068\u2069', '\\u2066\\u2067\\u2068\\u2069'],
    ['marks of direction', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
    ['what has no width', '\ufeffA\u200bB\u2060', '\\ufeffA\\u200bB\\u2060'],
    [
      'what programs put into texts for themselves',
      '\u180e\u2061\u2065\u206a\u206f\ufff9\ufffb',
      '\\u180e\\u2061\\u2065\\u206a\\u206f\\ufff9\\ufffb',
    ],
    ['half a character', 'a\ud83d', 'a\\ud83d'],
  ];
  for (const [what, text, shown] of table) {
    it(`escapes ${what}`, () => {
      assert.equal(visibleText(text), shown);
    });
  }

  const kept = [
    'Tumor_margin 20 µm × 3',
    'C:\\data\\new',
    'שלום مرحبا',
    'می\u200cخواهم',
    '👩\u200d🔬 ❤️ 🏴\u{e0067}\u{e0062}',
    'é e\u0301',
  ];
  for (const text of kept) {
    it(`leaves ${text} as it is`, () => {
      assert.equal(visibleText(text), text);
    });
  }

  it('gives the calls of a stack without its message', () => {
    assert.deepEqual(callsOf('Error: A\nB\n    at f (x.ts:1:2)\n    at g (y.ts:3:4)'), [
      '    at f (x.ts:1:2)',
      '    at g (y.ts:3:4)',
    ]);
  });
});

describe('lists of names', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `N${i}`);

  it('end with how many more there are', () => {
    assert.equal(listNames(['A', 'B']), 'A, B');
    assert.equal(listNames(names), 'N0, N1, N2, N3, N4, N5, N6, N7 and 9992 more');
    assert.equal(listNames(names, { most: 2, between: ' and ' }), 'N0 and N1 and 9998 more');
    assert.deepEqual(listLines(['A', 'B'], 2), ['A', 'B']);
    assert.deepEqual(listLines(names, 2), ['N0', 'N1', 'and 9998 more']);
  });
});
