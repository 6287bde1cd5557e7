import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fontkit from 'fontkit';
import { splitByFont, textWidth } from '../../src/core/model/fontOutlines';
import { loadFont } from '../../src/core/read/loadFont';
import { TrueTypeFont } from '../../src/core/read/trueTypeFont';
import { shownText } from '../../src/core/render/shownText';
import { rasterizeText, textBaselinePx } from '../../src/core/render/rasterizeText';
import { wrapText } from '../../src/core/render/fitText';

const font = loadFont();

/** The rows and columns that have ink, from the baseline up and from the pen's start. */
function inkOf(text: string, sizePx: number): { top: number; bottom: number; left: number; right: number } {
  const { leftPx, widthPx, heightPx, coverage } = rasterizeText(text, font, sizePx);
  const rows: number[] = [];
  const columns: number[] = [];
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (coverage[y * widthPx + x] < 0.5) continue;
      rows.push(textBaselinePx(sizePx) - y);
      columns.push(x - leftPx);
    }
  }
  return {
    top: Math.max(...rows),
    bottom: Math.min(...rows) - 1,
    left: Math.min(...columns),
    right: Math.max(...columns) + 1,
  };
}

describe('the bundled fonts', () => {
  // Of the build before there was a second font: SHA-256 of the sizes and coverage of 8, 11, 36 and 12.5 pixels.
  const before = {
    '20 µm, E-cadherin 0.01 ▪ (clone 24E10)': 'c30912602505287b3e653330a57194fa8d1f186a617a9915e72f06b0490e5d50',
    'αβγδ ΑΒΓ β-catenin ΔF/F Ω': '0ec6782352eb69a9bb90cc81c9ec49bce7f41a6243d957668d8b5fffcfbeab21',
    'ÅÉéîñçüŞǺ½ Жя': '36baa1be249dc51276fd229d5a964bf7fccdac8ae65bf32df48c646232faca73',
    'CD8² x³ 10⁴ ₂ ± × ∞ ≤ ≠ → −5 €': '364bbcd4299398ccfc8438592dda74b4d62164a3abd4c798fa9f2803e0346fd0',
    '□ … – — “”': 'f12d4b3899e354fa45bbdfa50da265f1429545a6f12c9abdb5846738b5ec8276',
    'AVA To fi ffl': 'c9b0e6301a90ed5883a3fb059c90c61ee402d937339352624267db524af0de47',
  };
  for (const [text, sha256] of Object.entries(before)) {
    it(`draw as ever what Liberation Sans has: ${text}`, () => {
      const hash = createHash('sha256');
      for (const size of [8, 11, 36, 12.5]) {
        const { leftPx, widthPx, heightPx, coverage } = rasterizeText(text, font, size);
        hash.update(JSON.stringify([leftPx, widthPx, heightPx])).update(new Uint8Array(coverage.buffer));
      }
      assert.equal(hash.digest('hex'), sha256);
    });
  }

  for (const file of font.files) {
    it(`have the outlines, advances and names that fontkit finds: ${file.family}`, () => {
      const whole = fontkit.create(Buffer.from(file.bytes)) as fontkit.Font;
      assert.equal(file.family, whole.familyName);
      const ours = new TrueTypeFont(file.bytes);
      assert.equal(ours.unitsPerEm, whole.unitsPerEm);
      assert.ok(whole.characterSet.length > 700);
      for (const code of [...whole.characterSet, 0x6f22, 0x1f9ec]) {
        assert.equal(ours.has(code), whole.hasGlyphForCodePoint(code), `U+${code.toString(16)}`);
        const { advanceWidth: advance, path } = whole.glyphForCodePoint(code);
        assert.deepEqual(ours.glyph(code), { advance, commands: path.commands }, `U+${code.toString(16)}`);
      }
    });
  }

  it('have capitals as tall as fontkit says', () => {
    assert.equal(font.capHeight, (fontkit.create(Buffer.from(font.files[0].bytes)) as fontkit.Font).capHeight);
  });

  it('have the signs of the field', () => {
    // Superscripts and subscripts, hyphens and dashes, minus and other mathematics, arrows, Greek, ticks.
    const signs =
      '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ ‐‑‒–—― −×÷±∓·≤≥≠≈≅≃∼≲≳≪≫∝∞√∑∏∫∂∇∈∉∅∩∪⊂⊃⊕⊗⟨⟩ ←↑→↓↔⇒⇔ ' +
      'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψωϑϕϵ µ°′″‰ℓÅΩ ♀♂★☆✓✗⚠ ᵃᵇᶜ';
    assert.equal(shownText(signs, font), signs.normalize('NFC'));
    assert.equal(shownText('漢 🧬', font), '□ □');
  });

  it('match in height and on the baseline: 10⁻³, CD8⁺, α‑SMA', () => {
    const size = 100;
    // The hyphen that does not break beside the one that does, within 2 % of the size.
    const [own, other] = ['-', '‑'].map((char) => inkOf(char, size));
    for (const side of ['top', 'bottom', 'left', 'right'] as const) {
      assert.ok(Math.abs(own[side] - other[side]) <= 2, `${side}: ${own[side]} and ${other[side]}`);
    }
    // Signs above the line are as high as the figures above the line that Liberation Sans has.
    const three = inkOf('³', size);
    for (const char of '⁺⁻⁰') {
      const { top, bottom } = inkOf(char, size);
      assert.ok(top <= three.top + 2 && bottom >= three.bottom - 2, `${char}: ${bottom} to ${top}`);
    }
    const zero = inkOf('⁰', size);
    assert.ok(Math.abs(zero.top - three.top) <= 2 && zero.bottom - three.bottom <= 5);
  });

  it('are reckoned with where text is measured and broken', () => {
    // DejaVu Sans, of 2048 units, a capital of 1493 made one of 1409: ⁺ and ⁻ 1081, ‑ 739. Liberation Sans: C 1479, D 1479, 8 1139.
    const scaled = (units: number): number => Math.round((units * 1933) / 2048);
    assert.equal(textWidth('⁺', font, 2048), scaled(1081));
    assert.equal(textWidth('‑', font, 2048), scaled(739));
    assert.equal(textWidth('CD8⁺', font, 2048), 1479 + 1479 + 1139 + scaled(1081));
    assert.deepEqual(wrapText('CD8⁺ α‑SMA', font, 2048, textWidth('α‑SMA', font, 2048)), ['CD8⁺', 'α‑SMA']);
  });

  it('split a text into runs of one font each', () => {
    const families = (text: string): string[] => splitByFont(text, font).map((run) => `${run.text}|${run.file.family}`);
    assert.deepEqual(families('CD8⁺⁻ α‑SMA'), [
      'CD8|Liberation Sans',
      '⁺⁻|Batch Export Signs',
      ' α|Liberation Sans',
      '‑|Batch Export Signs',
      'SMA|Liberation Sans',
    ]);
    assert.deepEqual(families('β-catenin 漢'), ['β-catenin 漢|Liberation Sans']);
    assert.deepEqual(families(''), []);
  });
});
