import { type ByteSource, readAll, requireLength } from '../embedded/byteSource';
import { fieldTypes } from './fieldTypes';

/** How numbers of a TIFF lie in its bytes. */
export interface TiffLayout {
  readonly littleEndian: boolean;
  /** BigTIFF: places and counts of 8 bytes. */
  readonly isBig: boolean;
}

/** A field of a directory: what it says about itself, and where its values lie. */
export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  /** Where its values begin, in bytes of the file; inside the directory where they have room there. */
  readonly at: number;
  /** In bytes; NaN for a type that TIFF has not. */
  readonly length: number;
}

export interface TiffDirectory {
  readonly entries: readonly TiffEntry[];
  /** Where the next directory begins; 0 after the last. */
  readonly next: number;
  /** What was read of the file, from `at` on: many values lie in it. */
  readonly view: DataView;
  readonly at: number;
}

const unknownType = { bytes: Number.NaN, parts: 1 };

/** So many are read with their count. */
const usualEntries = 24;

/** More are in no directory that a program wrote. */
const maxEntries = 4096;

/**
 * The layout of a TIFF or BigTIFF, and where its first directory begins.
 * @throws Error with the end of a sentence if it is neither
 */
export async function readTiffHeader(source: ByteSource): Promise<{ layout: TiffLayout; first: number }> {
  const head = await readAll(source, 0, 8);
  const order = head.toString('latin1', 0, 2);
  const littleEndian = order === 'II';
  const magic = littleEndian ? head.readUInt16LE(2) : head.readUInt16BE(2);
  if (!['II', 'MM'].includes(order) || ![42, 43].includes(magic)) throw new Error('it does not begin as a TIFF does');
  const layout = { littleEndian, isBig: magic === 43 };
  if (!layout.isBig) return { layout, first: littleEndian ? head.readUInt32LE(4) : head.readUInt32BE(4) };
  const wordBytes = littleEndian ? head.readUInt16LE(4) : head.readUInt16BE(4);
  if (wordBytes !== 8) throw new Error(`its places have ${wordBytes} bytes, where BigTIFF has 8`);
  return { layout, first: readPlace(viewOf(await readAll(source, 8, 8)), 0, layout) };
}

/**
 * The fields of the directory that begins at a place, without their values (TIFF 6.0, section 2; BigTIFF as libtiff 4 has
 * it).
 * @throws Error with the end of a sentence if it is cut off or has more fields than any
 */
export async function readDirectory(source: ByteSource, layout: TiffLayout, at: number): Promise<TiffDirectory> {
  const { littleEndian, isBig } = layout;
  const [placeBytes, countBytes, entryBytes] = isBig ? [8, 8, 20] : [4, 2, 12];
  let bytes = await source.read(at, countBytes + usualEntries * entryBytes + placeBytes);
  requireLength(bytes, countBytes, source);
  let view = viewOf(bytes);
  const count = isBig ? readPlace(view, 0, layout) : view.getUint16(0, littleEndian);
  if (count > maxEntries) throw new Error(`its directory has ${count} entries, more than ${maxEntries}`);
  const end = countBytes + count * entryBytes;
  if (count > usualEntries) {
    bytes = await source.read(at, end + placeBytes);
    view = viewOf(bytes);
  }
  requireLength(bytes, end, source);
  const entries: TiffEntry[] = [];
  for (let start = countBytes; start < end; start += entryBytes) {
    const [tag, type] = [view.getUint16(start, littleEndian), view.getUint16(start + 2, littleEndian)];
    const { bytes: numberBytes, parts } = fieldTypes[type] ?? unknownType;
    const length = readPlace(view, start + 4, layout) * numberBytes * parts;
    const valueAt = start + 4 + placeBytes;
    const isInside = length <= placeBytes;
    entries.push({ tag, type, length, at: isInside ? at + valueAt : readPlace(view, valueAt, layout) });
  }
  // Some programs leave the last link out.
  const next = bytes.length < end + placeBytes ? 0 : readPlace(view, end, layout);
  return { entries, next, view, at };
}

/** A place or count: 4 bytes, or 8. No file reaches to where 8 bytes are not exact. */
function readPlace(view: DataView, at: number, { littleEndian, isBig }: TiffLayout): number {
  return isBig ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
}

/** The same bytes, to read numbers from. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
