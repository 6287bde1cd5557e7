import { endianness } from 'node:os';
import { deflateSync } from 'node:zlib';
import { encodeLzw } from './encodeLzw';

/** One 2-D plane, row by row from the top left. The array's type is the sample type. */
export interface Plane {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly data: Uint8Array | Uint16Array | Uint32Array | Int16Array | Int32Array | Float32Array;
}

export interface TiffOptions {
  /** Byte order of the file; default true (`II`). */
  readonly littleEndian?: boolean;
  /** Default `none`. `deflate` is zlib. */
  readonly compression?: keyof typeof compressions;
  /** 2: each sample is stored as its difference from the one before it in the row, floats by their bits. Default 1: as it is. */
  readonly predictor?: 1 | 2;
  /** Default: the whole plane in one strip. */
  readonly rowsPerStrip?: number;
  readonly software?: string;
  /** Written as UTF-8, which readers of OME-XML expect although TIFF says ASCII. */
  readonly imageDescription?: string;
  /** Pixels per unit; `none` leaves the unit to the description, as ImageJ does. */
  readonly resolution?: { readonly x: number; readonly y: number; readonly unit: 'none' | 'inch' | 'centimeter' };
}

const compressions = {
  none: { code: 1, encode: (strip: Buffer) => strip },
  lzw: { code: 5, encode: encodeLzw },
  deflate: { code: 8, encode: (strip: Buffer) => deflateSync(strip) },
} as const;

type FieldType = 'ascii' | 'short' | 'long' | 'rational';
interface Field {
  readonly tag: number;
  readonly type: FieldType;
  readonly count: number;
  readonly bytes: Buffer;
}

const fieldTypeCode: Record<FieldType, number> = { ascii: 2, short: 3, long: 4, rational: 5 };
const resolutionUnitCode = { none: 1, inch: 2, centimeter: 3 };
const headerBytes = 8;

/**
 * A baseline grey TIFF of one page, for tests and the sample dataset. Equal input gives equal bytes under one runtime
 * (zlib's output may differ between versions of Node).
 *
 * Source: TIFF Revision 6.0 (Adobe, 1992), sections 2, 8, 13, 14 and 19; compression 8 is from the Adobe Photoshop TIFF
 * Technical Notes (2002). File layout: header, strips, values that do not fit their entry, directory.
 */
export function writeTiff(plane: Plane, options: TiffOptions = {}): Buffer {
  const { widthPx, heightPx, data } = plane;
  const { littleEndian = true, predictor = 1, imageDescription, resolution, software } = options;
  const compression = compressions[options.compression ?? 'none'];
  const rowsPerStrip = Math.min(options.rowsPerStrip ?? heightPx, heightPx);
  if (data.length !== widthPx * heightPx || data.length === 0 || !(rowsPerStrip >= 1)) {
    throw new RangeError(
      `expected ${widthPx} × ${heightPx} samples and at least one row per strip, found ${data.length} samples`,
    );
  }

  const samples = sampleBytes(predictor === 2 ? differences(data, widthPx) : data, littleEndian);
  const stripBytes = rowsPerStrip * widthPx * data.BYTES_PER_ELEMENT;
  const strips: Buffer[] = [];
  for (let start = 0; start < samples.length; start += stripBytes) {
    const strip = samples.subarray(start, start + stripBytes);
    strips.push(compression.encode(strip));
  }
  const stripOffsets: number[] = [];
  let offset = headerBytes;
  for (const strip of strips) {
    stripOffsets.push(offset);
    offset += strip.length;
  }

  const numbers = (tag: number, type: 'short' | 'long' | 'rational', ...values: number[]): Field => ({
    tag,
    type,
    count: values.length,
    bytes: Buffer.concat(values.map((value) => numberBytes(value, type, littleEndian))),
  });
  const text = (tag: number, value: string): Field => {
    const bytes = Buffer.from(`${value}\0`, 'utf8');
    return { tag, type: 'ascii', count: bytes.length, bytes };
  };
  // In ascending order of tag, as section 2 asks.
  const fields = [
    numbers(256, 'long', widthPx), // ImageWidth
    numbers(257, 'long', heightPx), // ImageLength
    numbers(258, 'short', data.BYTES_PER_ELEMENT * 8), // BitsPerSample
    numbers(259, 'short', compression.code), // Compression
    numbers(262, 'short', 1), // PhotometricInterpretation: black is zero
    ...(imageDescription === undefined ? [] : [text(270, imageDescription)]), // ImageDescription
    numbers(273, 'long', ...stripOffsets), // StripOffsets
    numbers(277, 'short', 1), // SamplesPerPixel
    numbers(278, 'long', rowsPerStrip), // RowsPerStrip
    numbers(279, 'long', ...strips.map((strip) => strip.length)), // StripByteCounts
    ...(resolution === undefined
      ? []
      : [
          numbers(282, 'rational', resolution.x), // XResolution
          numbers(283, 'rational', resolution.y), // YResolution
          numbers(296, 'short', resolutionUnitCode[resolution.unit]), // ResolutionUnit
        ]),
    ...(software === undefined ? [] : [text(305, software)]), // Software
    ...(predictor === 2 ? [numbers(317, 'short', predictor)] : []), // Predictor
    numbers(339, 'short', sampleFormatCode(data)), // SampleFormat
  ];
  return joinFile(strips, offset, fields, littleEndian);
}

/** Header, strips, values too long for their entry, and the directory; offsets to words are even. */
function joinFile(
  strips: readonly Buffer[],
  stripsEnd: number,
  fields: readonly Field[],
  littleEndian: boolean,
): Buffer {
  const long = (value: number) => numberBytes(value, 'long', littleEndian);
  const short = (value: number) => numberBytes(value, 'short', littleEndian);
  const parts: Buffer[] = [];
  let end = stripsEnd;
  const append = (bytes: Buffer) => {
    parts.push(bytes);
    end += bytes.length;
  };
  const align = () => {
    if (end % 2 === 1) append(Buffer.alloc(1));
  };

  const entries = fields.map(({ tag, type, count, bytes }) => {
    let value: Buffer;
    if (bytes.length <= 4) {
      value = Buffer.concat([bytes], 4); // left-justified, the rest zero
    } else {
      align();
      value = long(end);
      append(bytes);
    }
    return Buffer.concat([short(tag), short(fieldTypeCode[type]), long(count), value]);
  });
  align();
  const header = Buffer.concat([Buffer.from(littleEndian ? 'II' : 'MM'), short(42), long(end)]);
  return Buffer.concat([header, ...strips, ...parts, short(fields.length), ...entries, long(0)]);
}

/** Modulo the sample's size; the first of each row stays as it is. */
function differences({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: Plane['data'], widthPx: number): Plane['data'] {
  const unsigned = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[BYTES_PER_ELEMENT as 1 | 2 | 4];
  const result = new unsigned(buffer as ArrayBuffer, byteOffset, length).slice();
  for (let i = result.length - 1; i > 0; i--) if (i % widthPx !== 0) result[i] -= result[i - 1];
  return result;
}

/** The samples in the file's byte order; never a view on the caller's array where bytes have to change. */
function sampleBytes(data: Plane['data'], littleEndian: boolean): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (data.BYTES_PER_ELEMENT === 1 || littleEndian === (endianness() === 'LE')) return bytes;
  return data.BYTES_PER_ELEMENT === 2 ? Buffer.from(bytes).swap16() : Buffer.from(bytes).swap32();
}

/** A RATIONAL is two LONGs; its denominator is the largest power of ten that keeps the numerator in 32 bits, up to 10⁶. */
function numberBytes(value: number, type: 'short' | 'long' | 'rational', littleEndian: boolean): Buffer {
  if (type === 'rational') {
    let denominator = 1_000_000;
    while (denominator > 1 && value * denominator > 0xffff_ffff) denominator /= 10;
    const numerator = numberBytes(Math.round(value * denominator), 'long', littleEndian);
    return Buffer.concat([numerator, numberBytes(denominator, 'long', littleEndian)]);
  }
  const bytes = Buffer.alloc(type === 'short' ? 2 : 4);
  if (littleEndian) bytes.writeUIntLE(value, 0, bytes.length);
  else bytes.writeUIntBE(value, 0, bytes.length);
  return bytes;
}

/** 1 unsigned, 2 signed, 3 floating point. */
function sampleFormatCode(data: Plane['data']): number {
  if (data instanceof Float32Array) return 3;
  return data instanceof Int16Array || data instanceof Int32Array ? 2 : 1;
}
