import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { DamagedTable } from './damagedTable';

/** How the characters of a table's file are written. */
export type TableEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Of the file, to tell how it is encoded. */
const headBytes = 2 ** 16;

/** What is mistaken for a table, by how it begins; a byte is read as the character of its number. */
const otherFormats: readonly (readonly [beginning: RegExp, name: string])[] = [
  [/^PK\x03\x04/, 'an Excel workbook or another ZIP archive'],
  [/^\xd0\xcf\x11\xe0/, 'an old Excel workbook'],
  [/^\x89HDF\r\n/, 'an HDF5 file, such as .h5ad'],
  [/^\x1f\x8b/, 'compressed with gzip'],
  [/^BZh\d1AY/, 'compressed with bzip2'],
  [/^\xfd7zXZ/, 'compressed with xz'],
  [/^\x28\xb5\x2f\xfd/, 'compressed with zstd'],
  [/^PAR1[\x00-\x1f]/, 'a Parquet file'],
  [/^ARROW1\0/, 'an Arrow or Feather file'],
  [/^RD[AX]\d\n/, "R's own data format"],
  [/^(?:II[*+]\0|MM\0[*+])/, 'a TIFF image'],
  [/^\x89PNG/, 'a PNG image'],
  [/^%PDF-/, 'a PDF document'],
  [/^(?:\xef\xbb\xbf)?\s*[[{]\s*["[\]{}]/, 'JSON'],
  [/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|\?xml|html)/i, 'XML or a web page'],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, not the file itself'],
];

/** The characters of bytes 0x80-0x9F in Windows-1252. Node's own decoder gives control characters in some versions. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Makes text of a file's bytes. */
export class TableText {
  encoding: TableEncoding = 'utf-8';
  private utf16: TextDecoder | undefined;
  /** Bytes that wait: the head until it suffices, then the beginning of a character. */
  private rest: Buffer = Buffer.alloc(0);
  private atHead = true;
  /** A character beyond ASCII was seen, and it was UTF-8. */
  private isUtf8 = false;
  private bytesBefore = 0;

  /** The text of the bytes so far, less what was returned before. */
  add(block: Buffer, last: boolean): string {
    let bytes = this.rest.length > 0 ? Buffer.concat([this.rest, block]) : block;
    if (this.atHead && !last && bytes.length < headBytes) {
      this.rest = bytes;
      return '';
    }
    if (this.atHead) bytes = bytes.subarray(this.findEncoding(bytes.subarray(0, headBytes)));
    this.atHead = false;
    this.rest = Buffer.alloc(0);
    if (this.encoding === 'windows-1252') return fromWindows1252(bytes);
    if (this.utf16) return this.decodeUtf16(this.utf16, bytes, last);
    const whole = bytes.subarray(0, last ? bytes.length : wholeCharacters(bytes));
    if (!isUtf8(whole)) {
      const first = whole.findIndex((byte) => byte > 0x7f);
      if (this.isUtf8 || isUtf8(whole.subarray(first, first + characterLength(whole[first])))) {
        throw new DamagedTable(
          `byte ${this.bytesBefore + validLength(whole)} is not UTF-8, as the text before it is; the file is damaged or its parts were written in different encodings`,
        );
      }
      this.encoding = 'windows-1252';
      return fromWindows1252(bytes);
    }
    this.isUtf8 ||= !isAscii(whole);
    this.rest = Buffer.from(bytes.subarray(whole.length));
    this.bytesBefore += whole.length;
    return whole.toString('utf8');
  }

  /** @returns the length of the byte order mark */
  private findEncoding(head: Buffer): number {
    const beginning = head.toString('latin1', 0, 1024);
    const other = otherFormats.find(([pattern]) => pattern.test(beginning));
    if (other) throw new DamagedTable(`found that it is ${other[1]}`);
    if (beginning.startsWith('\xef\xbb\xbf')) {
      this.isUtf8 = true;
      this.bytesBefore = 3;
      return 3;
    }
    const zeros = [0, 0];
    for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2]++;
    const highBytesAt = (odd: 0 | 1): boolean => zeros[odd] * 4 > head.length;
    if (beginning.startsWith('\xff\xfe') || highBytesAt(1)) this.encoding = 'utf-16le';
    else if (beginning.startsWith('\xfe\xff') || highBytesAt(0)) this.encoding = 'utf-16be';
    else return 0;
    this.utf16 = new TextDecoder(this.encoding, { fatal: true, ignoreBOM: true });
    return /^(?:\xff\xfe|\xfe\xff)/.test(beginning) ? 2 : 0;
  }

  private decodeUtf16(decoder: TextDecoder, bytes: Buffer, last: boolean): string {
    try {
      return decoder.decode(bytes, { stream: !last });
    } catch {
      throw new DamagedTable(`its text is not valid ${this.encoding.toUpperCase()}; it is damaged or incomplete`);
    }
  }
}

function fromWindows1252(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80]);
}

/** How many bytes a UTF-8 character has, by its first byte. */
function characterLength(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/** The length of the bytes without a UTF-8 character that they only begin. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte >= 0xc0) return bytes.length - (characterLength(byte) > back ? back : 0);
    if (byte < 0x80) break;
  }
  return bytes.length;
}

/** How many bytes are valid UTF-8 before the first that is not. */
function validLength(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, wholeCharacters(part)))) valid = middle;
    else invalid = middle;
  }
  return valid;
}
