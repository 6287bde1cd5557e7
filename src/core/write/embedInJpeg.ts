import { embeddedKeyword } from '../model/embeddedRecipe';

const marker = 0xeb; // APP11
/** What a segment's own length, of two bytes, can say (ITU-T T.81, B.1.1.4). */
const maxSegmentBytes = 65_535;

/**
 * Puts a text into a JPEG, behind its JFIF segment: as application segments, each of which begins with our keyword and a
 * zero, its number from 1, and how many there are, both in two bytes. One segment is too short for the recipes of large
 * slides.
 * @param text absent: the file stays as it is
 */
export function embedInJpeg(jpeg: Buffer, text: string | undefined): Buffer {
  if (text === undefined) return jpeg;
  const bytes = Buffer.from(text, 'utf8');
  const name = Buffer.from(`${embeddedKeyword}\0`, 'latin1');
  const headBytes = 4 + name.length + 4;
  const roomBytes = maxSegmentBytes + 2 - headBytes;
  const count = Math.max(1, Math.ceil(bytes.length / roomBytes));
  const segments: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const part = bytes.subarray(i * roomBytes, (i + 1) * roomBytes);
    const head = Buffer.alloc(headBytes);
    head.writeUInt16BE(0xff00 + marker, 0);
    head.writeUInt16BE(headBytes - 2 + part.length, 2);
    name.copy(head, 4);
    head.writeUInt16BE(i + 1, 4 + name.length);
    head.writeUInt16BE(count, 6 + name.length);
    segments.push(head, part);
  }
  // The first segment must stay the first.
  const at = 2 + 2 + jpeg.readUInt16BE(4);
  return Buffer.concat([jpeg.subarray(0, at), ...segments, jpeg.subarray(at)]);
}
