import assert from 'node:assert/strict';
import type { Recipe } from '../../src/core/model/recipe';
import { dotsPerInch, pointsToPx, printDownsample } from '../../src/core/render/printSize';
import { exampleRecipe } from '../support/exampleRecipe';

function printed(widthMm: number, dpi?: number): Recipe {
  return { ...exampleRecipe, print: { widthMm, fontPt: 7 }, ...(dpi !== undefined && { dpi }) };
}

/** By trying, in whole tenths of a millimetre: `widthPx / d` pixels on `tenths` / 254 inches are at least `dpi`. */
function strongestDownsample(tenths: number, dpi: number, widthPx: number): number {
  let best = 1;
  for (let d = 2; d <= 1024 && widthPx * 254 >= dpi * tenths * d; d++) best = d;
  return best;
}

describe('the downsample of a print width', () => {
  const cases: [widthMm: number, dpi: number | undefined, widthPx: number, expected: number][] = [
    [25.4, 300, 300, 1],
    [25.4, 300, 299, 1],
    [25.4, 300, 600, 2],
    [25.4, 300, 599, 1],
    [25.4, 300, 10_000, 33],
    [25.4, 72, 2048, 28],
    [85, undefined, 2048, 2],
    [85, 300, 2007, 1],
    [85, 300, 2008, 2],
    [180, 600, 4000, 1],
    [1, 1, 100_000, 1024],
  ];
  for (const [widthMm, dpi, widthPx, expected] of cases) {
    it(`is ${expected} for ${widthPx} px on ${widthMm} mm at ${dpi ?? 'the usual'} dpi`, () => {
      assert.equal(printDownsample(printed(widthMm, dpi), widthPx), expected);
    });
  }

  it('is the largest that gives the asked resolution, for widths that it divides exactly', () => {
    for (let tenths = 10; tenths <= 2500; tenths++) {
      for (const dpi of [72, 150, 300, 600]) {
        for (const times of [1, 2, 3, 4]) {
          const widthPx = (tenths * dpi * times) / 254;
          if (!Number.isInteger(widthPx)) continue;
          assert.equal(printDownsample(printed(tenths / 10, dpi), widthPx), times, `${tenths / 10} mm, ${dpi} dpi`);
        }
      }
    }
  });

  it('keeps the asked resolution in the picture that is made, and would not with one more', () => {
    for (let widthPx = 40; widthPx < 20_000; widthPx += 37) {
      const tenths = 300 + (widthPx % 1500);
      const recipe = printed(tenths / 10, 150);
      const downsample = printDownsample(recipe, widthPx);
      assert.equal(downsample, strongestDownsample(tenths, 150, widthPx), `${widthPx} px, ${tenths / 10} mm`);
      const madePx = Math.ceil(widthPx / downsample);
      if (downsample > 1) assert.ok(madePx * 254 >= 150 * tenths);
      assert.ok(Math.abs((madePx / dotsPerInch(recipe, madePx)!) * 25.4 - tenths / 10) < 1e-9, 'the width is exact');
    }
  });

  it('needs a print width', () => {
    assert.throws(() => printDownsample(exampleRecipe, 100), RangeError);
  });
});

describe('the resolution of a picture', () => {
  it('is the asked one without a print width', () => {
    assert.equal(dotsPerInch(exampleRecipe, 100), undefined);
    assert.equal(dotsPerInch({ ...exampleRecipe, dpi: 123 }, 100), 123);
  });

  it('makes the picture as wide as its print width, whatever was asked for', () => {
    for (const dpi of [undefined, 72, 1200]) {
      assert.equal(dotsPerInch(printed(25.4, dpi), 300), 300);
      assert.equal(dotsPerInch(printed(50.8, dpi), 300), 150);
      assert.ok(Math.abs(dotsPerInch(printed(100, dpi), 1000)! - 254) < 1e-9);
    }
  });
});

describe('points on paper', () => {
  it('are nothing without a print width', () => {
    assert.equal(pointsToPx(7, exampleRecipe, 100), undefined);
    assert.equal(pointsToPx(7, { ...exampleRecipe, dpi: 300 }, 100), undefined);
  });

  it('are 1/72 inch', () => {
    assert.equal(pointsToPx(72, printed(25.4), 300), 300);
    assert.equal(pointsToPx(7.2, printed(25.4), 300), 30);
    assert.equal(pointsToPx(6, printed(50.8), 288), 12);
  });
});
