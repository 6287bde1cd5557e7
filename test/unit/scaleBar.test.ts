import assert from 'node:assert/strict';
import type { Picture } from '../../src/core/model/image';
import { loadFont } from '../../src/core/read/loadFont';
import { chooseScaleBarUm, formatLength } from '../../src/core/render/chooseScaleBar';
import { drawScaleBar } from '../../src/core/render/drawScaleBar';

function blank(widthPx: number, heightPx: number, gray: number): Picture {
  return { widthPx, heightPx, rgb: new Uint8Array(widthPx * heightPx * 3).fill(gray) };
}

/** The longest run of pure white in one row: where the bar is, measured in the picture itself. */
function measureBar(picture: Picture, value: number): { x: number; length: number } {
  let best = { x: -1, length: 0 };
  for (let y = 0; y < picture.heightPx; y++) {
    let start = 0;
    for (let x = 0; x <= picture.widthPx; x++) {
      const on = x < picture.widthPx && picture.rgb[(y * picture.widthPx + x) * 3] === value;
      if (on) continue;
      if (x - start > best.length) best = { x: start, length: x - start };
      start = x + 1;
    }
  }
  return best;
}

describe('chooseScaleBarUm', () => {
  const table: [maxUm: number, expected: number][] = [
    [40, 20],
    [50, 50],
    [49.999, 20],
    [10, 10],
    [9.99, 5],
    [1, 1],
    [0.2, 0.2],
    [0.1999, 0.1],
    [0.007, 0.005],
    [2000, 2000],
    [1e-3, 1e-3],
  ];
  for (const [maxUm, expected] of table) {
    it(`${maxUm} µm gives ${expected} µm`, () => {
      assert.equal(chooseScaleBarUm(maxUm), expected);
    });
  }
});

describe('formatLength', () => {
  it('writes nm below 1 µm and mm from 1000 µm', () => {
    assert.deepEqual([0.2, 0.5, 1, 50, 500, 1000, 2000].map(formatLength), [
      '200 nm',
      '500 nm',
      '1 µm',
      '50 µm',
      '500 µm',
      '1 mm',
      '2 mm',
    ]);
  });
});

describe('drawScaleBar', () => {
  const font = loadFont();
  for (const pixelSizeUm of [0.1083, 0.39, 0.5, 1, 2.6]) {
    for (const widthPx of [40, 64, 100, 333, 1024, 4000]) {
      it(`is right within half a pixel: ${widthPx} px of ${pixelSizeUm} µm`, () => {
        const picture = drawScaleBar(blank(widthPx, widthPx, 0), { pixelSizeUm, maxFraction: 0.1, font });
        const bar = measureBar(picture, 255);
        const { lengthUm, lengthPx, xPx } = picture.scaleBar;
        assert.ok(lengthUm <= 0.1 * widthPx * pixelSizeUm * (1 + 1e-12), 'at most a tenth of the width');
        assert.match(String(lengthUm), /^(0\.0*)?[125]0*(e-\d+)?$/, 'a round length');
        assert.deepEqual({ x: bar.x, length: bar.length }, { x: xPx, length: lengthPx });
        assert.ok(Math.abs(bar.length - lengthUm / pixelSizeUm) <= 0.5, `${bar.length} px for ${lengthUm} µm`);
      });
    }
  }

  it('is black on a bright picture', () => {
    const picture = drawScaleBar(blank(200, 200, 250), { pixelSizeUm: 1, maxFraction: 0.1, font });
    assert.equal(measureBar(picture, 0).length, 20);
  });

  it('changes no pixel outside its own box', () => {
    const before = blank(300, 200, 9);
    const after = drawScaleBar(before, { pixelSizeUm: 1, maxFraction: 0.1, font });
    const changed: number[] = [];
    for (let i = 0; i < before.rgb.length; i++) if (before.rgb[i] !== after.rgb[i]) changed.push(Math.floor(i / 3));
    assert.ok(changed.length > 0);
    assert.ok(changed.every((i) => i % 300 > 220 && Math.floor(i / 300) > 160));
    assert.ok(
      before.rgb.every((value) => value === 9),
      'the picture that was given is left as it was',
    );
  });

  it('goes into a strip below where it does not fit, and leaves every pixel of the picture as it was', () => {
    const before = blank(24, 20, 77);
    const after = drawScaleBar(before, { pixelSizeUm: 1, maxFraction: 0.1, font });
    assert.ok(after.heightPx > 20);
    assert.match(after.note ?? '', /strip/);
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 24; x++) assert.equal(after.rgb[(y * after.widthPx + x) * 3], 77);
    }
    assert.equal(measureBar(after, 255).length, after.scaleBar.lengthPx);
  });
});
