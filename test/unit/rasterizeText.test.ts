import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadFont } from '../../src/core/read/loadFont';
import { rasterizeText, textBaselinePx } from '../../src/core/render/rasterizeText';

const { cases } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'text.json'), 'utf8')) as {
  cases: { text: string; sizePx: number; rows: string[] }[];
};

describe('rasterizeText draws the shapes that FreeType draws', () => {
  for (const { text, sizePx, rows } of cases) {
    it(text, () => {
      const { widthPx, heightPx, coverage } = rasterizeText(text, loadFont(), sizePx);
      assert.equal(textBaselinePx(sizePx), sizePx);
      const ours = (x: number, y: number): boolean =>
        x >= 0 && y >= 0 && x < widthPx && y < heightPx && coverage[y * widthPx + x] >= 0.5;
      // FreeType moves outlines to the pixel grid (hinting), by a fraction of a pixel: the edges may differ, no more.
      let both = 0;
      let either = 0;
      for (let y = 0; y < rows.length; y++) {
        for (let x = 0; x < rows[y].length; x++) {
          const theirs = rows[y][x] === '#';
          if (theirs && ours(x, y)) both++;
          if (theirs || ours(x, y)) either++;
        }
      }
      assert.ok(both / either > 0.8, `${Math.round((100 * both) / either)} % of the ink is common`);
    });
  }

  it('draws nothing for a space, and moves on', () => {
    const { widthPx, coverage } = rasterizeText('   ', loadFont(), 20);
    assert.ok(widthPx > 10);
    assert.ok(coverage.every((value) => value === 0));
  });
});
