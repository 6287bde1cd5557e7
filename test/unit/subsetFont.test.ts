import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fontkit from 'fontkit';
import { loadFont } from '../../src/core/read/loadFont';
import { subsetFont } from '../../src/core/read/subsetFont';

const [sans, signs] = loadFont().files;
const original = parse(sans.bytes);

function parse(bytes: Uint8Array): fontkit.Font {
  return fontkit.create(Buffer.from(bytes)) as fontkit.Font;
}

interface Table {
  readonly tag: string;
  readonly checksum: number;
  readonly start: number;
  readonly length: number;
}

function viewOf(font: Uint8Array): DataView {
  return new DataView(font.buffer, font.byteOffset, font.byteLength);
}

function tablesOf(font: Uint8Array): Table[] {
  const data = viewOf(font);
  return Array.from({ length: data.getUint16(4) }, (_, i) => {
    const at = 12 + 16 * i;
    return {
      tag: String.fromCharCode(...font.subarray(at, at + 4)),
      checksum: data.getUint32(at + 4),
      start: data.getUint32(at + 8),
      length: data.getUint32(at + 12),
    };
  });
}

/** The sum of big-endian 32-bit words, zeros added at the end. */
function sum(bytes: Uint8Array): number {
  let total = 0n;
  for (const [i, byte] of bytes.entries()) total += BigInt(byte) << BigInt(8 * (3 - (i % 4)));
  return Number(total & 0xffffffffn);
}

const texts: Record<string, string> = {
  'a label': '20 µm',
  'all of ASCII': Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join(''),
  'composed letters': 'ÅÉéîñçüŞǺ½',
  'Greek, Cyrillic and signs': 'αβγΔΩ Жя × ∞ ± → €',
  'one character': 'x',
  'one character, often': 'xxxxxxxx',
  'a blank': ' ',
  nothing: '',
  'characters that the font lacks': 'a\u{1f600}漢b',
};

describe('a subset of the bundled font', () => {
  for (const [name, text] of Object.entries(texts)) {
    it(`draws every character as the whole font does: ${name}`, () => {
      const subset = parse(subsetFont(sans.bytes, text));
      assert.equal(subset.unitsPerEm, original.unitsPerEm);
      assert.deepEqual([subset.ascent, subset.descent, subset.capHeight], [1854, -434, original.capHeight]);
      for (const char of text) {
        const code = char.codePointAt(0)!;
        const [ours, theirs] = [subset, original].map((font) => font.glyphForCodePoint(code));
        assert.equal(ours.advanceWidth, theirs.advanceWidth, `advance of ${char}`);
        assert.deepEqual(ours.path.commands, theirs.path.commands, `shape of ${char}`);
        assert.equal(ours.id === 0, theirs.id === 0, `${char} is there if the font has it`);
      }
    });

    it(`has the tables that every font must have, with their checksums: ${name}`, () => {
      const bytes = subsetFont(sans.bytes, text);
      const tables = tablesOf(bytes);
      const data = viewOf(bytes);
      assert.equal(data.getUint32(0), 0x00010000);
      const tags = tables.map(({ tag }) => tag);
      assert.deepEqual(tags, [...tags].sort());
      for (const tag of ['OS/2', 'cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'name', 'post']) {
        assert.ok(tags.includes(tag), tag);
      }
      let end = 12 + 16 * tables.length;
      for (const { tag, start, length, checksum } of [...tables].sort((a, b) => a.start - b.start)) {
        assert.equal(start % 4, 0, tag);
        assert.ok(start >= end && start - end < 4, `${tag} follows what is before it`);
        end = start + length;
        const table = bytes.slice(start, end);
        if (tag === 'head') table.fill(0, 8, 12);
        assert.equal(sum(table), checksum, `checksum of ${tag}`);
      }
      assert.ok(end <= bytes.length && bytes.length - end < 4);
      assert.equal(sum(bytes), 0xb1b0afba, 'head.checkSumAdjustment');
    });
  }

  it('describes its directory as a search tree', () => {
    const bytes = subsetFont(sans.bytes, 'abc');
    const data = viewOf(bytes);
    const count = data.getUint16(4);
    const power = [1, 2, 3, 4].filter((each) => 2 ** each <= count).at(-1)!;
    const largest = 16 * 2 ** power;
    assert.deepEqual(
      [data.getUint16(6), data.getUint16(8), data.getUint16(10)],
      [largest, power, 16 * count - largest],
    );
  });

  it('knows no other characters', () => {
    const subset = parse(subsetFont(sans.bytes, 'baab'));
    assert.deepEqual([...subset.characterSet].sort(), [97, 98]);
    assert.ok(!subset.hasGlyphForCodePoint('c'.codePointAt(0)!));
    assert.equal(subset.numGlyphs, 3);
  });

  it('maps characters in ascending order, as the format asks', () => {
    const bytes = subsetFont(sans.bytes, 'zyxµ a');
    const { start } = tablesOf(bytes).find(({ tag }) => tag === 'cmap')!;
    const data = viewOf(bytes);
    const at = start + data.getUint32(start + 8);
    assert.deepEqual([data.getUint16(at), data.getUint32(at + 12)], [12, 6]);
    const codes = Array.from({ length: 6 }, (_, i) => data.getUint32(at + 16 + 12 * i));
    assert.deepEqual(codes, [32, 97, 120, 121, 122, 181]);
  });

  it('keeps the name, and names no glyphs', () => {
    const bytes = subsetFont(sans.bytes, 'abc');
    assert.equal(parse(bytes).familyName, 'Liberation Sans');
    const post = tablesOf(bytes).find(({ tag }) => tag === 'post')!;
    assert.deepEqual([viewOf(bytes).getUint32(post.start), post.length], [0x00030000, 32]);
  });

  it('is small', () => {
    assert.ok(sans.bytes.length > 300_000);
    assert.ok(subsetFont(sans.bytes, '20 µm').length < 30_000);
  });

  it('has equal bytes for equal characters', () => {
    const first = subsetFont(sans.bytes, '20 µm é');
    assert.deepEqual(subsetFont(sans.bytes, '20 µm é'), first);
    assert.deepEqual(subsetFont(sans.bytes, 'é µ0m2 2'), first);
  });

  it('is as well one of the font of signs', () => {
    const whole = parse(signs.bytes);
    const subset = parse(subsetFont(signs.bytes, '⁻⁺‑'));
    assert.equal(subset.familyName, 'Batch Export Signs');
    assert.deepEqual([...subset.characterSet].sort(), [0x2011, 0x207a, 0x207b]);
    for (const char of '⁻⁺‑') {
      const [own, other] = [subset, whole].map((font) => font.glyphForCodePoint(char.codePointAt(0)!));
      assert.equal(own.advanceWidth, other.advanceWidth, char);
      assert.deepEqual(own.path.commands, other.path.commands, char);
    }
  });

  it('leaves the font as it was', () => {
    const file = path.join(__dirname, '..', '..', 'media', 'fonts', 'LiberationSans-Regular.ttf');
    assert.ok(readFileSync(file).equals(sans.bytes));
  });
});
