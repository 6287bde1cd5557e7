import path from 'node:path';
import { messageOf } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import type { Point, RoiShape } from '../../model/roi';
import { bezierPoints, ellipsePoints, roundedRectPoints } from './curves';
import { listZip } from './readZip';
import { BadRoi, openRing, quoted, type RoiCollector, type RoiDraft } from './roiCollector';

const types = [
  'polygon',
  'rectangle',
  'oval',
  'line',
  'freeline',
  'polyline',
  'none',
  'freehand',
  'traced',
  'angle',
  'point',
];
const subtypes = ['', 'text', 'arrow', 'ellipse', 'image', 'rotated rectangle'];

/** Reads one ImageJ `.roi` file. @throws ExportError `DatasetInvalid` if it is damaged */
export function readImageJRoi(bytes: Buffer, collector: RoiCollector): void {
  const name = path.basename(collector.file).replace(/\.roi$/i, '');
  collector.take(`the ROI (${quoted(name)})`, () => {
    try {
      return toDraft(bytes, name, () => `the ROI (${quoted(name)})`, collector);
    } catch (error) {
      if (error instanceof BadRoi && error.damaged) throw collector.unreadable(error.expected, error.found);
      throw error;
    }
  });
}

/** Reads the `.roi` files in a ZIP archive, as ImageJ's ROI Manager saves them. */
export async function readImageJZip(bytes: Buffer, collector: RoiCollector): Promise<void> {
  const expected = 'a ZIP archive of ImageJ .roi files';
  let entries: ReturnType<typeof listZip>;
  try {
    entries = listZip(bytes, collector.bounds.roiBytes, collector.bounds.archiveBytes);
  } catch (error) {
    throw collector.unreadable(expected, messageOf(error));
  }
  // What macOS packs beside every file is called like it, and is none.
  const own = entries.filter(({ name }) => !/(^|\/)(__MACOSX\/|\._)/.test(name));
  const others = own.filter(({ name }) => !/\.roi$/i.test(name)).map(({ name }) => quoted(name));
  if (others.length === own.length)
    throw collector.unreadable(expected, others.length === 0 ? 'it is empty' : `found only ${listNames(others)}`);
  if (others.length > 0)
    collector.warn(`Expected only .roi files in ${collector.file}, but found others, too: ${listNames(others)}.`);
  for (const entry of own) {
    if (!/\.roi$/i.test(entry.name)) continue;
    const name = entry.name.slice(0, -4);
    const what = `entry ${quoted(entry.name)}`;
    collector.take(what, () => {
      let roi: Buffer;
      try {
        roi = entry.read();
      } catch (error) {
        throw new BadRoi('an ImageJ ROI', messageOf(error));
      }
      return toDraft(roi, name, () => what, collector);
    });
    await collector.pause();
  }
}

/**
 * One ROI of ImageJ's format (the table in the documentation of `ij.io.RoiDecoder`; numbers are big-endian).
 * Its id is the name of its file, as in the ROI Manager; its name is the one within, else that of the file. The slice that
 * it is on is not looked at. Whole numbers are corners of pixels in areas; of lines they are pixel centres in ImageJ, half
 * a pixel further on in ours.
 */
function toDraft(bytes: Buffer, fileName: string, what: () => string, collector: RoiCollector): RoiDraft {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 4) !== 'Iout')
    throw new BadRoi('an ImageJ ROI', 'it is too short or does not begin with "Iout"', true);
  const header = new RoiHeader(bytes);
  const name = header.name() ?? path.posix.basename(fileName);
  const base = { id: fileName, name };
  const plainBox = header.type === 'rectangle' && header.shapeLength === 0 && header.cornerDiameter() === 0;
  if (plainBox && header.subtype === '') {
    const [xMin, yMin, xMax, yMax] = header.bounds();
    return { ...base, box: { xMin, yMin, xMax, yMax } };
  }
  const shape = toShape(header, collector.bounds.pathPoints);
  if (header.isSpline) collector.remark(what(), 'the curve through its points is read as straight lines');
  return { ...base, shape };
}

function toShape(header: RoiHeader, maxPathPoints: number): RoiShape {
  if (header.shapeLength > 0) return { kind: 'polygon', rings: readPath(header, maxPathPoints) };
  const { type, subtype } = header;
  if (type === 'rectangle' || type === 'oval') {
    if (subtype !== '') throw new BadRoi('a region', `found ${subtype === 'image' ? 'an image' : 'a text'} on it`);
    const [left, top, right, bottom] = header.bounds();
    const [width, height] = [right - left, bottom - top];
    if (type === 'oval') return polygon(ellipsePoints((left + right) / 2, (top + bottom) / 2, width / 2, height / 2));
    const diameter = header.cornerDiameter();
    return polygon(
      roundedRectPoints([left, top, right, bottom], Math.min(diameter, width) / 2, Math.min(diameter, height) / 2),
    );
  }
  if (type === 'line') {
    const [x1, y1, x2, y2] = header.ends();
    return polyline([
      [x1, y1],
      [x2, y2],
    ]);
  }
  if (type === 'none') throw new BadRoi('a region', 'found an empty selection');
  if (type === 'point') {
    const count = header.pointCount();
    throw new BadRoi('a region', `found ${count === 1 ? 'a point, which has' : `${count} points, which have`} no area`);
  }
  if (type === 'freehand' && subtype === 'ellipse') return polygon(tiltedEllipse(header));
  if (type === 'freehand' && subtype === 'rotated rectangle') return polygon(tiltedRectangle(header));
  const points = header.points();
  if (['polyline', 'freeline', 'angle'].includes(type)) {
    if (points.length < 2) throw new BadRoi('a line of at least two points', `found ${points.length}`);
    return polyline(points);
  }
  const ring = openRing(points);
  if (ring.length < 3) throw new BadRoi('a polygon of at least three points', `found ${ring.length}`);
  return polygon(ring);
}

function polygon(ring: readonly Point[]): RoiShape {
  return { kind: 'polygon', rings: [ring] };
}

/** In ImageJ a line at 3 runs through the middle of pixel 3. */
function polyline(points: readonly Point[]): RoiShape {
  return { kind: 'polyline', points: points.map(([x, y]) => [x + 0.5, y + 0.5] as const) };
}

/** Of an ellipse, the ends of the long axis and how long the short one is beside it. */
function tiltedEllipse(header: RoiHeader): Point[] {
  const [x1, y1, x2, y2] = header.ends();
  const radius = Math.hypot(x2 - x1, y2 - y1) / 2;
  const [cos, sin] = radius === 0 ? [1, 0] : [(x2 - x1) / 2 / radius, (y2 - y1) / 2 / radius];
  const flat = ellipsePoints(0, 0, radius, radius * header.parameter());
  return flat.map(([x, y]) => [(x1 + x2) / 2 + x * cos - y * sin, (y1 + y2) / 2 + x * sin + y * cos] as const);
}

/** Of a rotated rectangle, the ends of its middle line and how wide it is across. */
function tiltedRectangle(header: RoiHeader): Point[] {
  const [x1, y1, x2, y2] = header.ends();
  const length = Math.hypot(x2 - x1, y2 - y1);
  const half = header.parameter() / 2;
  const [acrossX, acrossY] = length === 0 ? [0, 0] : [(-(y2 - y1) / length) * half, ((x2 - x1) / length) * half];
  return [
    [x1 + acrossX, y1 + acrossY],
    [x2 + acrossX, y2 + acrossY],
    [x2 - acrossX, y2 - acrossY],
    [x1 - acrossX, y1 - acrossY],
  ];
}

/** A composite: a path as `java.awt.geom` has it, of which each part that encloses something is a ring. */
function readPath(header: RoiHeader, maxPathPoints: number): (readonly Point[])[] {
  const rings: (readonly Point[])[] = [];
  let ring: Point[] = [];
  let count = 0;
  const close = (): void => {
    const open = openRing(ring);
    if (open.length >= 3) rings.push(open);
  };
  for (let at = 0; at < header.shapeLength;) {
    const segment = header.pathNumber(at++);
    // Of MOVETO, LINETO, QUADTO, CUBICTO and CLOSE.
    const size = [1, 1, 2, 3, 0][segment];
    if (size === undefined) throw new BadRoi('a path of known segments', `found ${segment}`, true);
    if (at + 2 * size > header.shapeLength) throw new BadRoi('whole segments', 'its path is cut off', true);
    const controls = Array.from({ length: size }, (_, i): Point => [
      header.pathNumber(at + 2 * i),
      header.pathNumber(at + 2 * i + 1),
    ]);
    at += 2 * size;
    const before = ring.length;
    if (segment === 0) {
      close();
      ring = controls;
    } else if (segment === 1) {
      ring.push(...controls);
    } else if (segment < 4) {
      const start = ring.at(-1);
      if (!start) throw new BadRoi('a path that begins with a point', 'it begins with a curve', true);
      ring.push(...bezierPoints([start, ...controls]));
    } else {
      close();
      // What follows without a point of its own goes on from where this part began.
      ring = ring.slice(0, 1);
    }
    count += Math.max(1, ring.length - before);
    if (count > maxPathPoints) throw new BadRoi(`at most ${maxPathPoints} points`, 'found more');
  }
  close();
  if (rings.length === 0) throw new BadRoi('a composite of areas', 'found none that encloses anything');
  return rings;
}

/** The fields of a ROI, each checked against the length of the file. */
class RoiHeader {
  readonly type: string;
  readonly subtype: string;
  /** How many numbers a composite's path has; 0 for other ROIs. */
  readonly shapeLength: number;
  private readonly isExact: boolean;
  private readonly options: number;

  constructor(private readonly bytes: Buffer) {
    const version = bytes.readInt16BE(4);
    const subtype = bytes.readInt16BE(48);
    this.type = types[bytes[6]] ?? '';
    if (this.type === '') throw new BadRoi('a known type of ROI', `found number ${bytes[6]}`, true);
    this.subtype = version >= 218 ? (subtypes[subtype] ?? '') : '';
    this.options = version >= 218 ? bytes.readInt16BE(50) : 0;
    this.isExact = version >= 222 && (this.options & 128) !== 0;
    this.shapeLength = this.type === 'rectangle' ? Math.max(0, bytes.readInt32BE(36)) : 0;
    if (64 + 4 * this.shapeLength > bytes.length)
      throw new BadRoi(`a path of ${this.shapeLength} numbers`, `the file has ${bytes.length} bytes only`, true);
  }

  get isSpline(): boolean {
    return (this.options & 1) !== 0 && ['polygon', 'polyline'].includes(this.type);
  }

  /** Left, top, right, bottom. */
  bounds(): readonly [number, number, number, number] {
    if (this.isExact && this.bytes.readInt16BE(4) >= 223) {
      const [x, y, width, height] = this.ends();
      // Programs that set the flag for all their ROIs leave the exact numbers at zero.
      if (width > 0 && height > 0) return [x, y, x + width, y + height];
    }
    const [top, left, bottom, right] = [8, 10, 12, 14].map((at) => this.coordinate(at));
    // 16 bits do not hold more; what lies behind is known to be further on.
    return [left, top, right < left ? right + 2 ** 16 : right, bottom < top ? bottom + 2 ** 16 : bottom];
  }

  /** The four numbers at 18: both ends of a line, or place and size. */
  ends(): readonly [number, number, number, number] {
    const [a, b, c, d] = [18, 22, 26, 30].map((at) => this.bytes.readFloatBE(at));
    return [a, b, c, d];
  }

  /** Of an ellipse the short axis as a part of the long one, of a rotated rectangle the width. */
  parameter(): number {
    return this.bytes.readFloatBE(52);
  }

  cornerDiameter(): number {
    return this.type === 'rectangle' ? Math.max(0, this.bytes.readInt16BE(54)) : 0;
  }

  pathNumber(index: number): number {
    return this.bytes.readFloatBE(64 + 4 * index);
  }

  pointCount(): number {
    // More than 65 535 points do not fit into the field.
    return this.bytes.readUInt16BE(16) || Math.max(0, this.bytes.readInt32BE(18));
  }

  /** The exact ones where there are such, else whole numbers, which are counted from the corner of the box. */
  points(): Point[] {
    const count = this.pointCount();
    const [start, size] = this.isExact ? [64 + 4 * count, 4] : [64, 2];
    if (start + 2 * size * count > this.bytes.length)
      throw new BadRoi(`${count} points`, `the file has ${this.bytes.length} bytes only`, true);
    const [left, top] = [this.coordinate(10), this.coordinate(8)];
    return Array.from({ length: count }, (_, i): Point => {
      const [xAt, yAt] = [start + size * i, start + size * (count + i)];
      if (this.isExact) return [this.bytes.readFloatBE(xAt), this.bytes.readFloatBE(yAt)];
      return [left + Math.max(0, this.coordinate(xAt)), top + Math.max(0, this.coordinate(yAt))];
    });
  }

  /** Its name in the second header, if it has one. */
  name(): string | undefined {
    const header2 = this.bytes.readInt32BE(60);
    if (header2 < 64 || header2 + 24 > this.bytes.length) return undefined;
    const [start, length] = [this.bytes.readInt32BE(header2 + 16), this.bytes.readInt32BE(header2 + 20)];
    if (start < 64 || length <= 0 || start + 2 * length > this.bytes.length) return undefined;
    return Buffer.from(this.bytes.subarray(start, start + 2 * length))
      .swap16()
      .toString('utf16le');
  }

  /** A 16-bit number from -5000 to 60535: what ImageJ makes of negative ones further out. */
  private coordinate(at: number): number {
    const value = this.bytes.readInt16BE(at);
    return value < -5000 ? value + 2 ** 16 : value;
  }
}
