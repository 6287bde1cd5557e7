import { xmpPacket } from './xmpPacket';

/** `RIFF`, the length of all after it, `WEBP`. */
const headerBytes = 12;
/** In the first byte of `VP8X` (RFC 9649, 2.7.1). */
const flags = { xmp: 0x04, alpha: 0x10 };

/**
 * Puts a text into a WebP of a single lossless picture as XMP, for which it must be of the extended layout: `VP8X`, the
 * picture, `XMP `.
 * @param text absent: the file stays as it is
 */
export function embedInWebp(
  webp: Buffer,
  size: { readonly widthPx: number; readonly heightPx: number },
  text: string | undefined,
): Buffer {
  if (text === undefined) return webp;
  const type = webp.toString('latin1', headerBytes, headerBytes + 4);
  if (type !== 'VP8L') throw new RangeError(`expected a simple lossless WebP, found ${type}`);
  const picture = webp.subarray(headerBytes);
  // RFC 9649, 3.4: after a byte of signature and two sizes of 14 bits, one bit says whether alpha is used.
  const hasAlpha = ((picture.readUInt32LE(9) >>> 28) & 1) === 1;
  const extended = Buffer.alloc(10);
  extended.writeUInt8(flags.xmp | (hasAlpha ? flags.alpha : 0), 0);
  extended.writeUIntLE(size.widthPx - 1, 4, 3);
  extended.writeUIntLE(size.heightPx - 1, 7, 3);
  const chunks = Buffer.concat([chunk('VP8X', extended), picture, chunk('XMP ', Buffer.from(xmpPacket(text), 'utf8'))]);
  const header = Buffer.from(webp.subarray(0, headerBytes));
  header.writeUInt32LE(4 + chunks.length, 4);
  return Buffer.concat([header, chunks]);
}

/** Of even length; the byte that fills up is not counted. */
function chunk(type: string, data: Buffer): Buffer {
  const made = Buffer.alloc(8 + data.length + (data.length % 2));
  made.write(type, 'latin1');
  made.writeUInt32LE(data.length, 4);
  data.copy(made, 8);
  return made;
}
