import { crc32, inflateRawSync } from 'node:zlib';

/** One file in an archive. */
export interface ZipEntry {
  /** With its folders, separated by `/`. */
  readonly name: string;
  /** Unpacks it. Throws an Error with the end of a sentence if it is damaged, encrypted or bigger than it claims. */
  read(): Buffer;
}

const endLength = 22;
const wide = 0xffffffff;

/**
 * Lists the files of a ZIP archive (PKWARE APPNOTE 6.3.3, ZIP64 included) by its central directory, folders left out.
 * A reader of our own: Node inflates, and has a bound for that; what libraries add is streaming and writing.
 * @param bytes the whole archive
 * @param maxEntryBytes more than that no file in it may be when it is unpacked
 * @param maxBytes nor all of those together that are read
 * @throws Error with the end of a sentence, if it is no such archive or cut off
 */
export function listZip(bytes: Buffer, maxEntryBytes: number, maxBytes: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  const directory = findDirectory(bytes);
  let budget = maxBytes;
  let at = directory.start;
  for (let i = 0; i < directory.count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw new Error(`its list of files ends after ${i} of ${directory.count}; it is damaged or cut off`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const flags = bytes.readUInt16LE(at + 8);
    const name = textOf(bytes.subarray(at + 46, at + 46 + nameLength));
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const sizes = readSizes(bytes, at, extra);
    const [method, checksum] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 16)];
    at += 46 + nameLength + extraLength + commentLength;
    if (name.endsWith('/')) continue;
    const read = (): Buffer => {
      if ((flags & 1) === 1) throw new Error('it is encrypted');
      if (sizes.unpacked > maxEntryBytes) throw new Error(`it unpacks to more than ${maxEntryBytes} bytes`);
      if (sizes.unpacked > budget) throw new Error(`the archive unpacks to more than ${maxBytes} bytes`);
      budget -= sizes.unpacked;
      const unpacked = unpack(packedBytes(bytes, sizes.offset, sizes.packed), method, sizes.unpacked);
      if (crc32(unpacked) !== checksum) throw new Error('it is damaged: its checksum is another one');
      return unpacked;
    };
    entries.push({ name, read });
  }
  return entries;
}

function findDirectory(bytes: Buffer): { readonly start: number; readonly count: number } {
  // A comment of up to 65 535 bytes may follow the end record.
  const earliest = Math.max(0, bytes.length - endLength - 0xffff);
  for (let end = bytes.length - endLength; end >= earliest; end--) {
    if (bytes.readUInt32LE(end) !== 0x06054b50 || end + endLength + bytes.readUInt16LE(end + 20) > bytes.length)
      continue;
    const [count, start] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16)];
    if (count !== 0xffff && start !== wide) return { start, count };
    // The locator of the ZIP64 record stands before it; without one, the numbers are as they are.
    if (end < 20 || bytes.readUInt32LE(end - 20) !== 0x07064b50) return { start, count };
    const record = Number(bytes.readBigUInt64LE(end - 12));
    if (record + 56 > bytes.length || bytes.readUInt32LE(record) !== 0x06064b50) break;
    return { start: Number(bytes.readBigUInt64LE(record + 48)), count: Number(bytes.readBigUInt64LE(record + 32)) };
  }
  throw new Error('its list of files is missing; it is damaged or cut off');
}

/** Sizes and place of a file; those that do not fit into 32 bits follow, in this order, in the field of ZIP64. */
function readSizes(bytes: Buffer, at: number, extra: Buffer): { packed: number; unpacked: number; offset: number } {
  let wideAt = -1;
  for (let i = 0; i + 4 <= extra.length; i += 4 + extra.readUInt16LE(i + 2)) {
    if (extra.readUInt16LE(i) === 1) wideAt = i + 4;
  }
  const size = (field: number): number => {
    const value = bytes.readUInt32LE(at + field);
    if (value !== wide || wideAt === -1 || wideAt + 8 > extra.length) return value;
    wideAt += 8;
    return Number(extra.readBigUInt64LE(wideAt - 8));
  };
  const unpacked = size(24);
  const packed = size(20);
  return { unpacked, packed, offset: size(42) };
}

function packedBytes(bytes: Buffer, offset: number, length: number): Buffer {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== 0x04034b50)
    throw new Error('it is not where the list of files says');
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + length > bytes.length) throw new Error('it is cut off');
  return bytes.subarray(start, start + length);
}

function unpack(packed: Buffer, method: number, length: number): Buffer {
  if (method !== 0 && method !== 8) throw new Error(`it is compressed by method ${method}; only Deflate is known`);
  let unpacked: Buffer;
  try {
    unpacked = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, length) });
  } catch (error) {
    throw new Error('it is damaged, or longer than the list of files says', { cause: error });
  }
  if (unpacked.length !== length) throw new Error('it is not as long as the list of files says');
  return unpacked;
}

/** UTF-8 where it is; older archives have names in the code page of some machine. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}
