/**
 * A tag with its values; text is written as UTF-8, which readers of OME-XML expect although TIFF says ASCII. As `ascii` it
 * ends in a zero, as `byte` it does not.
 */
export type TiffField =
  | { readonly tag: number; readonly type: 'ascii' | 'byte'; readonly text: string }
  | {
      readonly tag: number;
      /** `long8` is for BigTIFF only. A `rational` is given as the number that it is to be. */
      readonly type: 'short' | 'long' | 'long8' | 'rational';
      readonly values: readonly number[];
    };

const typeCodes = { byte: 1, ascii: 2, short: 3, long: 4, rational: 5, long8: 16 } as const;
const typeBytes = { byte: 1, ascii: 1, short: 2, long: 4, rational: 8, long8: 8 } as const;

/** Sizes that differ between a TIFF and a BigTIFF; a word holds an offset, a count of values, or short values. */
const layouts = {
  classic: { headerBytes: 8, entryCountBytes: 2, entryBytes: 12, wordBytes: 4 },
  big: { headerBytes: 16, entryCountBytes: 8, entryBytes: 20, wordBytes: 8 },
} as const;

export function tiffHeaderBytes(big: boolean): number {
  return layouts[big ? 'big' : 'classic'].headerBytes;
}

/**
 * The header of a little-endian file whose first directory follows at once.
 * Source: TIFF 6.0, section 2; the BigTIFF proposal (Aware Systems), as libtiff 4 has it: version 43, offsets of 8 bytes.
 */
export function tiffHeader(big: boolean): Buffer {
  const header = Buffer.alloc(tiffHeaderBytes(big));
  header.write('II', 'latin1');
  header.writeUInt16LE(big ? 43 : 42, 2);
  if (big) header.writeUInt16LE(8, 4);
  writeWord(header, header.length, big ? 8 : 4, big);
  return header;
}

/**
 * An image directory and, after it, the values that do not fit into its entries; of even length.
 * @param fields in ascending order of tag
 * @param at where it will lie in the file; the next directory, unless this is the last, follows at once
 */
export function tiffDirectory(fields: readonly TiffField[], at: number, last: boolean, big: boolean): Buffer {
  const { entryCountBytes, entryBytes, wordBytes } = layouts[big ? 'big' : 'classic'];
  const nextAt = entryCountBytes + fields.length * entryBytes;
  const entries = Buffer.alloc(nextAt + wordBytes);
  if (big) writeWord(entries, fields.length, 0, big);
  else entries.writeUInt16LE(fields.length, 0);
  const parts = [entries];
  let length = entries.length;
  for (const [i, field] of fields.entries()) {
    const entryAt = entryCountBytes + i * entryBytes;
    const value = valueBytes(field);
    entries.writeUInt16LE(field.tag, entryAt);
    entries.writeUInt16LE(typeCodes[field.type], entryAt + 2);
    writeWord(entries, value.length / typeBytes[field.type], entryAt + 4, big);
    const valueAt = entryAt + 4 + wordBytes;
    if (value.length <= wordBytes) value.copy(entries, valueAt);
    else {
      writeWord(entries, at + length, valueAt, big);
      const padded = value.length + (value.length % 2);
      parts.push(Buffer.concat([value], padded));
      length += padded;
    }
  }
  if (!last) writeWord(entries, at + length, nextAt, big);
  return Buffer.concat(parts, length);
}

function valueBytes(field: TiffField): Buffer {
  if ('text' in field) return Buffer.from(field.type === 'ascii' ? `${field.text}\0` : field.text, 'utf8');
  const bytes = Buffer.alloc(field.values.length * typeBytes[field.type]);
  for (const [i, value] of field.values.entries()) {
    const at = i * typeBytes[field.type];
    if (field.type === 'short') bytes.writeUInt16LE(value, at);
    else if (field.type === 'rational') {
      const [numerator, denominator] = toRational(value);
      bytes.writeUInt32LE(numerator, at);
      bytes.writeUInt32LE(denominator, at + 4);
    } else writeWord(bytes, value, at, field.type === 'long8');
  }
  return bytes;
}

function writeWord(target: Buffer, value: number, at: number, big: boolean): void {
  if (big) target.writeBigUInt64LE(BigInt(value), at);
  else target.writeUInt32LE(value, at);
}

/**
 * A positive number as two whole numbers below 2³²: of the convergents of its continued fraction the last that fits, which
 * gives back 300 as 300/1, and 10⁴/0.39 as 10⁶/39.
 */
function toRational(value: number): [numerator: number, denominator: number] {
  const limit = 2 ** 32 - 1;
  let [before, current] = [
    [0, 1],
    [1, 0],
  ] as [[number, number], [number, number]];
  let rest = value;
  for (;;) {
    const whole = Math.floor(rest);
    const next: [number, number] = [whole * current[0] + before[0], whole * current[1] + before[1]];
    if (next[0] > limit || next[1] > limit) break;
    [before, current] = [current, next];
    // What is left is rounding: the quotient is as near as the number itself is known.
    if (Math.abs(current[0] / current[1] - value) <= value * Number.EPSILON) break;
    rest = 1 / (rest - whole);
  }
  return current[1] === 0 || current[0] === 0 ? nearestExtreme(value, limit) : current;
}

/** Beyond what a rational can say, the largest or smallest that it can. */
function nearestExtreme(value: number, limit: number): [number, number] {
  return value > 1 ? [limit, 1] : [1, limit];
}
