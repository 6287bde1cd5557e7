import assert from 'node:assert/strict';
import { parseUelerColor } from '../../src/core/store/uelerColor';

describe('colours in UELer’s files', () => {
  // The values of matplotlib 3.6.3's to_hex, but for UELer's own names, of which Green is full green.
  for (const [text, expected] of [
    ['Green', '#00ff00'],
    ['Gray', '#808080'],
    ['#A0a0a0', '#a0a0a0'],
    ['#0f0', '#00ff00'],
    ['#00ff0080', '#00ff00'],
    ['#0f08', '#00ff00'],
    ['teal', '#008080'],
    ['RebeccaPurple', '#663399'],
    ['lightslategrey', '#778899'],
    ['grey', '#808080'],
    ['0.5', '#808080'],
    ['1', '#ffffff'],
    ['C0', '#1f77b4'],
    ['C13', '#d62728'],
    ['tab:blue', '#1f77b4'],
    ['tab:grey', '#7f7f7f'],
    ['g', '#008000'],
    ['c', '#00bfbf'],
  ] as const) {
    it(`${text} is ${expected}`, () => {
      assert.equal(parseUelerColor(text), expected);
    });
  }

  for (const text of ['', 'no colour', '1.5', '-1', '#12', '#12345', 'tab:', 'toString', 'xkcd:sky blue', 'none']) {
    it(`"${text}" is none`, () => {
      assert.equal(parseUelerColor(text), undefined);
    });
  }
});
