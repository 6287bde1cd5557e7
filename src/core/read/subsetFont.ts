import * as fontkit from 'fontkit';
import { fontHeaderBytes, fontTables, tableRecordBytes } from './fontTables';

/** What the types of fontkit leave out. */
interface GlyphSubset {
  /** Returns the glyph's number in the subset. */
  includeGlyph(glyph: number): number;
  encode(): Uint8Array;
}

/**
 * A TrueType font of some characters of another one, for documents that carry their font with them. fontkit keeps the
 * shapes alone, as PDF wants them; browsers and editors also need to know which character each one is, and the tables
 * that every font file must have (OpenType 1.9, "Required Tables").
 * @param original the whole font's bytes, from which the tables about the font as a whole are taken
 */
export function subsetFont(original: Uint8Array, text: string): Uint8Array {
  const font = fontkit.create(Buffer.from(original)) as fontkit.Font;
  const subset = font.createSubset() as unknown as GlyphSubset;
  const codePoints = [...new Set(Array.from(text, (char) => char.codePointAt(0)!))].sort((a, b) => a - b);
  const glyphs = codePoints.map((code) => [code, subset.includeGlyph(font.glyphForCodePoint(code).id)] as const);
  const tables = fontTables(subset.encode());
  const whole = fontTables(original);
  for (const tag of ['OS/2', 'name']) tables.set(tag, whole.get(tag)!);
  tables.set('post', postWithoutNames(whole.get('post')!));
  tables.set('cmap', characterMap(glyphs));
  return writeTables(tables);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Version 3 of the table: the same figures, and no names of glyphs, which are numbered anew. */
function postWithoutNames(post: Uint8Array): Uint8Array {
  const short = post.slice(0, 32);
  view(short).setUint32(0, 0x00030000);
  return short;
}

/** Format 12: groups of characters; each is a group of one. */
function characterMap(glyphs: readonly (readonly [codePoint: number, glyph: number])[]): Uint8Array {
  const headBytes = 12;
  const groupBytes = 12;
  const bytes = new Uint8Array(headBytes + 16 + glyphs.length * groupBytes);
  const data = view(bytes);
  data.setUint16(2, 1); // one sub-table
  data.setUint16(4, 3); // for Windows,
  data.setUint16(6, 10); // all of Unicode
  data.setUint32(8, headBytes);
  data.setUint16(headBytes, 12);
  data.setUint32(headBytes + 4, 16 + glyphs.length * groupBytes);
  data.setUint32(headBytes + 12, glyphs.length);
  for (const [i, [codePoint, glyph]] of glyphs.entries()) {
    const at = headBytes + 16 + i * groupBytes;
    data.setUint32(at, codePoint);
    data.setUint32(at + 4, codePoint);
    data.setUint32(at + 8, glyph);
  }
  return bytes;
}

/** A font file of these tables, in the order of their tags, each at a multiple of four bytes. */
function writeTables(tables: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const inOrder = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  const start = fontHeaderBytes + inOrder.length * tableRecordBytes;
  const file = new Uint8Array(start + inOrder.reduce((sum, [, bytes]) => sum + padded(bytes.length), 0));
  const data = view(file);
  const power = Math.floor(Math.log2(inOrder.length));
  data.setUint32(0, 0x00010000);
  data.setUint16(4, inOrder.length);
  data.setUint16(6, 2 ** power * tableRecordBytes);
  data.setUint16(8, power);
  data.setUint16(10, (inOrder.length - 2 ** power) * tableRecordBytes);
  let at = start;
  let head = 0;
  for (const [i, [tag, bytes]] of inOrder.entries()) {
    const record = fontHeaderBytes + i * tableRecordBytes;
    for (let c = 0; c < 4; c++) file[record + c] = tag.charCodeAt(c);
    file.set(bytes, at);
    if (tag === 'head') {
      head = at;
      data.setUint32(at + 8, 0); // the sum over the whole file is taken without it
    }
    data.setUint32(record + 4, checksum(file, at, padded(bytes.length)));
    data.setUint32(record + 8, at);
    data.setUint32(record + 12, bytes.length);
    at += padded(bytes.length);
  }
  data.setUint32(head + 8, (0xb1b0afba - checksum(file, 0, file.length)) >>> 0);
  return file;
}

function checksum(file: Uint8Array, start: number, length: number): number {
  const data = view(file);
  let sum = 0;
  for (let at = start; at < start + length; at += 4) sum = (sum + data.getUint32(at)) >>> 0;
  return sum;
}
