import assert from 'node:assert/strict';
import { isExportError } from '../../src/core/model/exportError';
import type { Picture } from '../../src/core/model/image';
import { type Place, places, type ScaleBarSettings } from '../../src/core/model/marks';
import type { Recipe } from '../../src/core/model/recipe';
import { loadFont } from '../../src/core/read/loadFont';
import { chooseScaleBarUm, formatLength, scaleBarLengthUm } from '../../src/core/render/chooseScaleBar';
import { markSizes } from '../../src/core/render/markSizes';
import { exampleRecipe } from '../support/exampleRecipe';
import { layOutOn, paintOn, renderPicture, type RenderedPicture } from '../support/renderInMemory';

const font = loadFont();
const settings: ScaleBarSettings = { length: 'auto', maxPercent: 10, color: 'auto', place: 'bottom-right' };

type Rgb = readonly [number, number, number];

function plain(widthPx: number, heightPx: number, color: number | Rgb): Picture {
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  if (typeof color === 'number') rgb.fill(color);
  else for (let o = 0; o < rgb.length; o++) rgb[o] = color[o % 3];
  return { widthPx, heightPx, rgb };
}

interface MeasuredBar {
  readonly x: number;
  readonly top: number;
  readonly length: number;
  readonly thickness: number;
}

/** The bar is the lowest thing in this ink; found in the pixels alone. */
function measureBar(picture: Picture, ink: number): MeasuredBar {
  const { widthPx, heightPx, rgb } = picture;
  const inkIn = (y: number): number[] => {
    const found: number[] = [];
    for (let o = y * widthPx * 3, x = 0; x < widthPx; x++, o += 3) {
      if (rgb[o] === ink && rgb[o + 1] === ink && rgb[o + 2] === ink) found.push(x);
    }
    return found;
  };
  let bottom = heightPx - 1;
  while (bottom >= 0 && inkIn(bottom).length === 0) bottom--;
  assert.ok(bottom >= 0, 'there is no ink');
  const row = inkIn(bottom);
  assert.equal(row.at(-1)! - row[0] + 1, row.length, 'the bar is in one piece');
  let top = bottom;
  while (top > 0 && inkIn(top - 1).join() === row.join()) top--;
  return { x: row[0], top, length: row.length, thickness: bottom - top + 1 };
}

/** What the renderer does for a bar, less channels and masks. */
function withBar(
  picture: Picture,
  umPerPx: number,
  changes: Partial<ScaleBarSettings> = {},
  marginColor: 'black' | 'white' = 'black',
): RenderedPicture {
  const recipe: Recipe = { ...exampleRecipe, scaleBar: { ...settings, ...changes } };
  const marginPx = markSizes(picture, undefined, 'raster').margin;
  const lengthUm = scaleBarLengthUm(recipe.scaleBar, { pictureWidthPx: picture.widthPx, marginPx, umPerPx });
  const { place, color } = recipe.scaleBar;
  const label = formatLength(lengthUm);
  const bar = { name: 'scale-bar', place, color, label, lengthUm, lengthPx: lengthUm / umPerPx } as const;
  const layout = layOutOn(picture, [bar], { font, medium: 'raster', marginColor });
  return { ...paintOn(picture, layout, font), scaleBar: layout.scaleBar!, notes: layout.notes };
}

/** The longest 1, 2 or 5 × 10ⁿ µm within a tenth of the width, in whole hundred-thousandths of a µm. */
function expectedAutoUm(pixelSizeUm: number, widthPx: number): number {
  const tenth = Math.round(pixelSizeUm * 1e4) * widthPx;
  let best = 0;
  for (let power = 1; power <= tenth; power *= 10) {
    for (const digit of [1, 2, 5]) if (digit * power <= tenth) best = digit * power;
  }
  return best / 1e5;
}

function assertFails(code: 'ScaleBarTooLong' | 'ScaleBarTooShort' | 'PixelSizeMissing', message: string) {
  return (error: unknown): true => {
    assert.ok(isExportError(error, code), String(error));
    assert.equal(error.message, message);
    return true;
  };
}

describe('chooseScaleBarUm', () => {
  const table: [maxUm: number, expected: number][] = [
    [40, 20],
    [50, 50],
    [49.999, 20],
    [10, 10],
    [9.99, 5],
    [5, 5],
    [2, 2],
    [1.999, 1],
    [1, 1],
    [0.999, 0.5],
    [0.2, 0.2],
    [0.1999, 0.1],
    [0.007, 0.005],
    [2000, 2000],
    [999.9, 500],
    [1e-3, 1e-3],
    [7e-7, 5e-7],
    [6e-6, 5e-6],
    [1.5e-5, 1e-5],
    [3e7, 2e7],
  ];
  for (const [maxUm, expected] of table) {
    it(`${maxUm} µm gives ${expected} µm`, () => {
      assert.equal(chooseScaleBarUm(maxUm), expected);
    });
  }
});

describe('formatLength', () => {
  it('writes nm below 1 µm and mm from 1000 µm', () => {
    const table: [lengthUm: number, text: string][] = [
      [0.0005, '0.5 nm'],
      [0.2, '200 nm'],
      [0.999, '999 nm'],
      [1, '1 µm'],
      [2.5, '2.5 µm'],
      [50, '50 µm'],
      [500, '500 µm'],
      [999, '999 µm'],
      [1000, '1 mm'],
      [2000, '2 mm'],
      [12_340, '12.34 mm'],
    ];
    for (const [lengthUm, text] of table) assert.equal(formatLength(lengthUm), text);
  });

  it('shows no noise of binary fractions', () => {
    assert.equal(formatLength(0.1 + 0.2), '300 nm');
    assert.equal(formatLength(3 * 1.1), '3.3 µm');
  });
});

describe('the length of a scale bar', () => {
  const room = { pictureWidthPx: 100, marginPx: 6, umPerPx: 1 };

  it('is the longest round one within its share of the width, and within the margins', () => {
    const shares: [maxPercent: number, expected: number][] = [
      [10, 10],
      [9.9, 5],
      [19, 10],
      [25, 20],
      [60, 50],
      [100, 50],
    ];
    for (const [maxPercent, expected] of shares) {
      assert.equal(scaleBarLengthUm({ ...settings, maxPercent }, room), expected, `${maxPercent} %`);
    }
    assert.equal(scaleBarLengthUm({ ...settings, maxPercent: 100 }, { ...room, pictureWidthPx: 112 }), 100);
  });

  it('stays within its share in a picture that is narrower than its margins', () => {
    assert.equal(scaleBarLengthUm({ ...settings, maxPercent: 50 }, { ...room, pictureWidthPx: 12 }), 5);
  });

  it('is too short where its share of the width is less than numbers can say', () => {
    const message =
      'Expected room for a scale bar of at least a pixel, but 0 nm is less than half a pixel of this picture, 100 pixels wide; make the picture larger, allow a longer bar, or switch it off.';
    for (const [maxPercent, umPerPx] of [
      [1e-300, 1e-300],
      [0.1, 5e-324],
    ]) {
      assert.throws(
        () => scaleBarLengthUm({ ...settings, maxPercent }, { ...room, umPerPx }),
        assertFails('ScaleBarTooShort', message),
      );
    }
  });

  it('is the one that was asked for, however large its share', () => {
    for (const length of [0.5, 1, 20, 33.3, 88]) assert.equal(scaleBarLengthUm({ ...settings, length }, room), length);
  });

  it('refuses a fixed one that is longer than the picture less its margins', () => {
    const message =
      'Expected a scale bar of 89 µm to fit into the picture, but the picture less its margins is 88 µm wide; choose a shorter bar or "auto".';
    assert.throws(() => scaleBarLengthUm({ ...settings, length: 89 }, room), assertFails('ScaleBarTooLong', message));
    assert.throws(
      () => scaleBarLengthUm({ ...settings, length: 1500 }, { ...room, pictureWidthPx: 10 }),
      assertFails(
        'ScaleBarTooLong',
        'Expected a scale bar of 1.5 mm to fit into the picture, but the picture less its margins is 0 nm wide; choose a shorter bar or "auto".',
      ),
    );
  });

  it('refuses one of less than half a pixel', () => {
    const message = (lengthText: string, widthPx: number): string =>
      `Expected room for a scale bar of at least a pixel, but ${lengthText} is less than half a pixel of this picture, ${widthPx} pixels wide; make the picture larger, allow a longer bar, or switch it off.`;
    assert.throws(
      () => scaleBarLengthUm({ ...settings, length: 4.9 }, { ...room, umPerPx: 10 }),
      assertFails('ScaleBarTooShort', message('4.9 µm', 100)),
    );
    assert.throws(
      () => scaleBarLengthUm(settings, { ...room, pictureWidthPx: 4 }),
      assertFails('ScaleBarTooShort', message('200 nm', 4)),
    );
    assert.equal(scaleBarLengthUm({ ...settings, length: 5 }, { ...room, umPerPx: 10 }), 5);
  });
});

describe('a scale bar in the pixels', () => {
  for (const pixelSizeUm of [0.1083, 0.39, 0.5, 1, 2.6]) {
    it(`is right within half a pixel at every width, for pixels of ${pixelSizeUm} µm`, () => {
      for (const widthPx of [40, 41, 64, 100, 333, 500, 1024, 2049, 4000]) {
        for (const heightPx of [40, Math.min(widthPx, 300)]) {
          const picture = withBar(plain(widthPx, heightPx, 20), pixelSizeUm);
          const { lengthUm, lengthPx, xPx, yPx } = picture.scaleBar!;
          const bar = measureBar(picture, 255);
          const where = `${widthPx} × ${heightPx}`;
          assert.equal(lengthUm, expectedAutoUm(pixelSizeUm, widthPx), where);
          assert.ok(Math.abs(bar.length - lengthUm / pixelSizeUm) <= 0.5, `${where}: ${bar.length} px`);
          assert.deepEqual([bar.x, bar.length], [xPx, lengthPx], where);
          assert.ok(yPx >= bar.top && yPx < bar.top + bar.thickness, where);
          assert.ok(bar.thickness >= 2, where);
        }
      }
    });
  }

  it('is right in a square of 1024 pixels, and in a strip of 20 000 × 300', () => {
    const square = measureBar(withBar(plain(1024, 1024, 0), 0.39), 255);
    assert.equal(square.length, 51); // 20 µm; 51.3
    const long = withBar(plain(20_000, 300, 7), 0.5);
    assert.equal(long.scaleBar!.lengthUm, 1000);
    assert.equal(measureBar(long, 255).length, 2000);
    assert.deepEqual([long.widthPx, long.heightPx], [20_000, 300]);
  });

  it('is as long as was asked for', () => {
    const cases: [length: number, umPerPx: number, expectedPx: number][] = [
      [20, 0.5, 40],
      [88, 1, 88],
      [0.5, 1, 1],
      [10, 0.39, 26],
      [33.3, 1, 33],
      [100, 2.6, 38],
      [1.3, 2.6, 1],
    ];
    for (const [length, umPerPx, expectedPx] of cases) {
      for (const place of ['bottom-left', 'margin'] as const) {
        const picture = withBar(plain(100, 100, 30), umPerPx, { length, place });
        assert.equal(measureBar(picture, 255).length, expectedPx, `${length} µm, ${place}`);
        assert.equal(picture.scaleBar!.lengthUm, length);
      }
    }
  });

  const inks: [behind: number | Rgb, asked: ScaleBarSettings['color'], ink: number][] = [
    [20, 'auto', 255],
    [127, 'auto', 255],
    [128, 'auto', 0],
    [230, 'auto', 0],
    [20, 'white', 255],
    [230, 'white', 255],
    [20, 'black', 0],
    [230, 'black', 0],
    [[0, 250, 0], 'auto', 0],
    [[250, 0, 0], 'auto', 255],
    [[1, 1, 250], 'auto', 255],
    [[250, 250, 1], 'auto', 0],
  ];
  for (const [behind, color, ink] of inks) {
    it(`is ${ink === 255 ? 'white' : 'black'} on ${String(behind)}, asked ${color}, with a contour of the other`, () => {
      const picture = withBar(plain(300, 200, behind), 1, { color, maxPercent: 40 });
      const { x, top, length, thickness } = measureBar(picture, ink);
      assert.equal(length, 100);
      const at = (px: number, py: number): number[] => [
        ...picture.rgb.subarray((py * 300 + px) * 3, (py * 300 + px) * 3 + 3),
      ];
      const other = [255 - ink, 255 - ink, 255 - ink];
      for (const [px, py] of [
        [x - 1, top],
        [x + length, top],
        [x + 50, top - 1],
        [x + 50, top + thickness],
      ]) {
        assert.deepEqual(at(px, py), other, `contour at ${px}, ${py}`);
      }
      const unchanged = typeof behind === 'number' ? [behind, behind, behind] : [...behind];
      assert.deepEqual(at(x + 5, top - 2), unchanged, 'the contour is a pixel wide');
    });
  }

  it('goes by what is behind it, not by the rest of the picture', () => {
    const picture = plain(300, 200, 240);
    for (let y = 150; y < 200; y++) picture.rgb.fill(10, (y * 300 + 150) * 3, (y + 1) * 300 * 3);
    assert.equal(measureBar(withBar(picture, 1, { maxPercent: 40 }), 255).length, 100);
    assert.equal(measureBar(withBar(picture, 1, { maxPercent: 40, place: 'bottom-left' }), 0).length, 100);
  });

  /** How far the bar is from the edges of its corner. */
  const margins: Record<Exclude<Place, 'margin'>, (bar: MeasuredBar) => readonly number[]> = {
    'top-left': ({ x }) => [x],
    'top-right': ({ x, length }) => [300 - x - length],
    'bottom-left': ({ x, top, thickness }) => [x, 200 - top - thickness],
    'bottom-right': ({ x, length, top, thickness }) => [300 - x - length, 200 - top - thickness],
  };
  for (const place of places) {
    for (const behind of [25, 225]) {
      it(`stands ${place} on ${behind}`, () => {
        const before = plain(300, 200, behind);
        const picture = withBar(before, 1, { maxPercent: 40, place });
        if (place !== 'margin') {
          const bar = measureBar(picture, behind === 25 ? 255 : 0);
          assert.equal(bar.top < 40, place.startsWith('top'));
          for (const margin of margins[place](bar)) assert.ok(margin >= 3 && margin <= 8, `${margin} px`);
          assert.equal(new Set(margins[place](bar)).size, 1, 'equally far from both edges');
          assert.deepEqual([picture.widthPx, picture.heightPx, picture.notes], [300, 200, []]);
          return;
        }
        const bar = measureBar(picture, 255);
        assert.ok(bar.top >= 200);
        assert.equal(bar.length, 100);
        assert.deepEqual(picture.rgb.subarray(0, before.rgb.length), before.rgb);
        assert.equal(picture.notes.length, 1);
        assert.match(picture.notes[0], /^scale bar in a black margin strip of \d+ pixels below the picture$/);
      });
    }
  }

  it('is black in a white strip', () => {
    const picture = withBar(plain(300, 200, 99), 1, { maxPercent: 40, place: 'margin' }, 'white');
    assert.equal(measureBar(picture, 0).length, 100);
    assert.deepEqual([...picture.rgb.subarray(-3)], [255, 255, 255]);
  });

  it('goes into a strip below where it does not fit, and says so', () => {
    const before = plain(24, 20, 77);
    const picture = withBar(before, 1);
    assert.match(picture.notes.join('; '), /the scale bar does not fit into the picture; .*strip/);
    assert.equal(measureBar(picture, 255).length, 2);
    for (let y = 0; y < 20; y++) {
      const row = picture.rgb.subarray(y * picture.widthPx * 3, (y * picture.widthPx + 24) * 3);
      assert.ok(
        row.every((value) => value === 77),
        `row ${y}`,
      );
    }
  });
});

describe('a scale bar in a rendered picture', () => {
  function render(
    widthPx: number,
    heightPx: number,
    changes: Partial<Recipe>,
    pixelSizeUm: number | undefined = 0.5,
  ): RenderedPicture {
    const samples = Float32Array.from({ length: widthPx * heightPx }, (_, i) => (i % 7) / 20);
    return renderPicture(
      { ...exampleRecipe, scaleBar: settings, ...changes },
      {
        fov: 'F',
        index: 1,
        planes: [{ widthPx, heightPx, samples }],
        masks: [],
        font,
        ...(pixelSizeUm > 0 && { pixelSizeUm }),
      },
    );
  }

  it('follows the downsample', () => {
    for (const [downsample, lengthUm, lengthPx] of [
      [1, 20, 40],
      [2, 20, 20],
      [3, 20, 13],
      [7, 20, 6],
    ]) {
      const picture = render(401, 301, { downsample });
      const width = Math.ceil(401 / downsample);
      assert.equal(picture.widthPx, width);
      const bar = measureBar(picture, 255);
      assert.equal(picture.scaleBar!.lengthUm, lengthUm);
      assert.deepEqual([bar.length, bar.x], [lengthPx, picture.scaleBar!.xPx]);
    }
  });

  it('changes nothing of the rendering above its strip', () => {
    const bare = render(60, 40, { scaleBar: { ...settings, length: 'off' } });
    assert.deepEqual([bare.heightPx, bare.scaleBar, bare.notes], [40, undefined, []]);
    const marked = render(60, 40, { scaleBar: { ...settings, place: 'margin' } });
    assert.ok(marked.heightPx > 40);
    assert.deepEqual(marked.rgb.subarray(0, bare.rgb.length), bare.rgb);
  });

  it('needs a pixel size', () => {
    assert.throws(
      () => render(100, 100, {}, 0),
      assertFails(
        'PixelSizeMissing',
        'Expected a pixel size for the scale bar of FOV F, but its files state none; give it, or switch the scale bar off.',
      ),
    );
    assert.equal(render(100, 100, { scaleBar: { ...settings, length: 'off' } }, 0).scaleBar, undefined);
  });

  it('stands inside the picture at every fixed length that is not too long, in any font', () => {
    for (const fontPt of [5, 7, 14.4]) {
      // 25.4 mm at 100 px: 100 dpi.
      const print = { widthMm: 25.4, fontPt };
      let longest = 0;
      for (let length = 60; length <= 100; length++) {
        try {
          const picture = render(100, 100, { print, scaleBar: { ...settings, length } }, 1);
          assert.deepEqual([picture.widthPx, picture.heightPx], [100, 100], `${length} µm in ${fontPt} pt`);
          assert.equal(measureBar(picture, 255).length, length);
          assert.equal(length - longest === 1 || longest === 0, true, 'none is too long that is shorter than another');
          longest = length;
        } catch (error) {
          assert.ok(isExportError(error, 'ScaleBarTooLong'), String(error));
        }
      }
      assert.ok(longest >= 70 && longest < 100, `${longest} px at most`);
    }
  });
});
