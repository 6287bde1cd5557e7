import { fontTables } from './fontTables';
import type { FontOutlines, GlyphOutline, OutlineCommand } from '../model/fontOutlines';

/** Of a glyph's outline, in font units: a curve goes through points on it, and towards those that are not. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly isOnCurve: boolean;
}

type Contour = readonly Point[];

/**
 * The outlines of a bundled font (OpenType 1.9: `cmap` of format 4, `glyf`, `hmtx`, `OS/2` of version 2 where its capitals
 * are asked for). Of what TrueType has besides, neither of the bundled fonts has anything that changes an outline.
 */
export class TrueTypeFont implements FontOutlines {
  readonly unitsPerEm: number;
  private readonly data: DataView;
  private readonly tables: ReadonlyMap<string, Uint8Array>;
  private readonly map: CharacterMap;

  constructor(bytes: Uint8Array) {
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.tables = fontTables(bytes);
    this.map = new CharacterMap(this.data, this.table('cmap'));
    this.unitsPerEm = this.data.getUint16(this.table('head') + 18);
  }

  get capHeight(): number {
    return this.data.getInt16(this.table('OS/2') + 88);
  }

  has(codePoint: number): boolean {
    return this.map.glyphOf(codePoint) !== 0;
  }

  glyph(codePoint: number): GlyphOutline {
    const glyph = this.map.glyphOf(codePoint);
    return { advance: this.advanceOf(glyph), commands: this.contoursOf(glyph).flatMap(drawContour) };
  }

  /** Where a table begins. */
  private table(tag: string): number {
    const table = this.tables.get(tag);
    if (!table) throw new RangeError(`expected a TrueType font with the table ${tag}`);
    return table.byteOffset - this.data.byteOffset;
  }

  /** Glyphs beyond the last one that has an advance of its own have that one's. */
  private advanceOf(glyph: number): number {
    const count = this.data.getUint16(this.table('hhea') + 34);
    return this.data.getUint16(this.table('hmtx') + 4 * Math.min(glyph, count - 1));
  }

  private contoursOf(glyph: number): Contour[] {
    const [start, end] = [this.placeOf(glyph), this.placeOf(glyph + 1)];
    if (start === end) return []; // a space
    const at = this.table('glyf') + start;
    const count = this.data.getInt16(at);
    return count < 0 ? this.joinedContours(at + headerBytes) : readContours(this.data, at + headerBytes, count);
  }

  /** Where a glyph is in `glyf`. */
  private placeOf(glyph: number): number {
    const isLong = this.data.getInt16(this.table('head') + 50) === 1;
    const loca = this.table('loca');
    return isLong ? this.data.getUint32(loca + 4 * glyph) : 2 * this.data.getUint16(loca + 2 * glyph);
  }

  /** Of a glyph that is made of others, such as a letter and its accent, each moved to its place. */
  private joinedContours(start: number): Contour[] {
    const { data } = this;
    const contours: Contour[] = [];
    for (let at = start, flags = componentFlags.more; flags & componentFlags.more;) {
      flags = data.getUint16(at);
      if (flags & componentFlags.anyScale || !(flags & componentFlags.areOffsets)) {
        throw new RangeError('expected a font whose accents are moved, not scaled or tied to points');
      }
      const isWide = (flags & componentFlags.areWords) !== 0;
      const [dx, dy] = isWide
        ? [data.getInt16(at + 4), data.getInt16(at + 6)]
        : [data.getInt8(at + 4), data.getInt8(at + 5)];
      for (const contour of this.contoursOf(data.getUint16(at + 2))) {
        contours.push(contour.map(({ x, y, isOnCurve }) => ({ x: x + dx, y: y + dy, isOnCurve })));
      }
      at += isWide ? 8 : 6;
    }
    return contours;
  }
}

/** Of a glyph: the number of contours and its box. */
const headerBytes = 10;

const componentFlags = { areWords: 0x1, areOffsets: 0x2, more: 0x20, anyScale: 0x8 | 0x40 | 0x80 };

const pointFlags = { isOnCurve: 0x1, isShortX: 0x2, isShortY: 0x4, repeats: 0x8, isSameX: 0x10, isSameY: 0x20 };

/** Which glyph a character has, by the sub-table of format 4: ranges of characters, each with a shift or a list. */
class CharacterMap {
  private readonly ranges: number;
  /** Twice the number of ranges, which is the length of each of its arrays. */
  private readonly lengthBytes: number;

  constructor(
    private readonly data: DataView,
    table: number,
  ) {
    const subTables = Array.from({ length: data.getUint16(table + 2) }, (_, i) => {
      return table + data.getUint32(table + 8 + 8 * i);
    });
    const ranges = subTables.find((at) => data.getUint16(at) === 4);
    if (ranges === undefined) throw new RangeError('expected a font whose characters are mapped by format 4');
    this.ranges = ranges;
    this.lengthBytes = data.getUint16(ranges + 6);
  }

  /** 0, the glyph for what is missing, for a character that the font does not have. */
  glyphOf(codePoint: number): number {
    const { data, ranges, lengthBytes } = this;
    if (codePoint > 0xffff) return 0;
    const [ends, starts] = [ranges + 14, ranges + 16 + lengthBytes];
    const [shifts, lists] = [starts + lengthBytes, starts + 2 * lengthBytes];
    for (let i = 0; i < lengthBytes; i += 2) {
      if (codePoint > data.getUint16(ends + i)) continue;
      const start = data.getUint16(starts + i);
      if (codePoint < start) return 0;
      const list = data.getUint16(lists + i);
      const found = list === 0 ? codePoint : data.getUint16(lists + i + list + 2 * (codePoint - start));
      return found === 0 ? 0 : (found + data.getInt16(shifts + i)) & 0xffff;
    }
    return 0;
  }
}

/** The contours of a glyph that is not made of others: the ends of each, instructions, then flags, x and y of all points. */
function readContours(data: DataView, start: number, count: number): Contour[] {
  const ends = Array.from({ length: count }, (_, i) => data.getUint16(start + 2 * i));
  const pointCount = ends.length === 0 ? 0 : ends[ends.length - 1] + 1;
  let at = start + 2 * count;
  at += 2 + data.getUint16(at);
  const flags: number[] = [];
  while (flags.length < pointCount) {
    const flag = data.getUint8(at++);
    const times = flag & pointFlags.repeats ? 1 + data.getUint8(at++) : 1;
    for (let i = 0; i < times; i++) flags.push(flag);
  }
  /** Each is a step from the one before: of a byte, whose sign is the other flag, of a word, or none. */
  const readCoordinates = (isShort: number, isSame: number): number[] => {
    let value = 0;
    return flags.map((flag) => {
      if (flag & isShort) value += flag & isSame ? data.getUint8(at++) : -data.getUint8(at++);
      else if (!(flag & isSame)) {
        value += data.getInt16(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = readCoordinates(pointFlags.isShortX, pointFlags.isSameX);
  const ys = readCoordinates(pointFlags.isShortY, pointFlags.isSameY);
  const points = flags.map((flag, i) => ({ x: xs[i], y: ys[i], isOnCurve: (flag & pointFlags.isOnCurve) !== 0 }));
  return ends.map((end, i) => points.slice(i === 0 ? 0 : ends[i - 1] + 1, end + 1));
}

/**
 * Between two points that are not on the curve, it goes through their middle. Where a contour starts at such a middle, its
 * first curve goes by that point twice, as fontkit (2.0.4) has it, which pictures were drawn with at first: they stay the
 * same. Of the bundled fonts it concerns 33 signs.
 */
function drawContour(contour: Contour): OutlineCommand[] {
  const [first, last] = [contour[0], contour[contour.length - 1]];
  const startsBetween = !first.isOnCurve && !last.isOnCurve;
  const start = first.isOnCurve ? first : startsBetween ? middleOf(first, last) : last;
  const commands: OutlineCommand[] = [{ command: 'moveTo', args: [start.x, start.y] }];
  let towards = startsBetween ? start : undefined;
  const goTo = ({ x, y }: Point): void => {
    if (towards) commands.push({ command: 'quadraticCurveTo', args: [towards.x, towards.y, x, y] });
    else commands.push({ command: 'lineTo', args: [x, y] });
    towards = undefined;
  };
  for (const point of first.isOnCurve ? contour.slice(1) : contour) {
    if (point.isOnCurve) goTo(point);
    else {
      if (towards) goTo(middleOf(towards, point));
      towards = point;
    }
  }
  if (towards) goTo(start);
  commands.push({ command: 'closePath', args: [] });
  return commands;
}

function middleOf(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, isOnCurve: true };
}
