import assert from 'node:assert/strict';
import { loadFont } from '../../src/core/read/loadFont';
import { fitId, shortenText, wrapText } from '../../src/core/render/fitText';

/** Liberation Sans: 2048 units to the em; n, o and 0 are 1139 wide, a blank 569, the ellipsis 2048. */
const font = loadFont();
const size = 2048;

describe('wrapText', () => {
  it('breaks at blanks, which may hang over the edge', () => {
    assert.deepEqual(wrapText('no on oo', font, size, 1139 * 2), ['no', 'on', 'oo']);
    assert.deepEqual(wrapText('no on oo', font, size, 1139 * 4 + 569), ['no on', 'oo']);
    assert.deepEqual(wrapText('no on oo', font, size, 1139 * 4 + 568), ['no', 'on', 'oo']);
  });

  it('breaks a word that is longer than a line, and only such a one', () => {
    assert.deepEqual(wrapText('o nnnno', font, size, 1139 * 3), ['o', 'nnn', 'no']);
  });

  it('puts an ellipsis in place of what does not fit into the last line', () => {
    assert.deepEqual(wrapText('no on oo nn', font, size, 1139 * 4 + 569, 2), ['no on', 'oo nn']);
    assert.deepEqual(wrapText('no on oo nnn', font, size, 1139 * 4 + 569, 2), ['no on', 'oo…']);
    assert.deepEqual(wrapText('no', font, size, 1139, 1), ['…']);
  });

  it('of nothing has no lines', () => {
    assert.deepEqual(wrapText('  ', font, size, 100), []);
  });

  it('keeps characters of two units whole', () => {
    assert.deepEqual(wrapText('😀😀', font, size, 1), ['😀', '…']);
  });
});

describe('shortenText', () => {
  it('leaves a text that is exactly as wide as its room', () => {
    assert.equal(shortenText('noon', font, size, 1139 * 4), 'noon');
    assert.equal(shortenText('noon', font, size, 1139 * 4 - 1), 'no…');
  });
});

describe('fitId', () => {
  const within = { width: 1139 * 4, largest: 2048, smallest: 1024 };

  it('is as large as wanted where it fits', () => {
    assert.deepEqual(fitId('noon', font, within), { size: 2048, lines: ['noon'] });
  });

  it('becomes smaller rather than be cut', () => {
    assert.deepEqual(fitId('00000', font, within), { size: (2048 * 4) / 5, lines: ['00000'] });
    assert.deepEqual(fitId('00000000', font, within), { size: 1024, lines: ['00000000'] });
  });

  it('goes on in another line rather than become too small, and is never cut', () => {
    assert.deepEqual(fitId('000000001', font, within), { size: 1024, lines: ['00000000', '1'] });
    const long = '0'.repeat(250);
    assert.equal(fitId(long, font, within).lines.join(''), long);
  });
});
