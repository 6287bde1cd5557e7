import { embeddedKeyword, maxEmbeddedBytes } from '../../model/embeddedRecipe';
import { type ByteSource, countParts, readAll } from './byteSource';

const app11 = 0xeb;
/** After these the pixels begin, or the file ends. */
const ends: ReadonlySet<number> = new Set([0xda, 0xd9]);
/** Markers without a length: restarts, and one for private use. */
const bare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
const keyword = Buffer.from(`${embeddedKeyword}\0`, 'latin1');
const headBytes = keyword.length + 4;

/**
 * Our text in a JPEG, put together from our segments (see `embedInJpeg`); `undefined` if there are none. Nothing is read
 * from where the pixels begin.
 * @throws Error with the end of a sentence if the file is cut off or a part is missing
 */
export async function textInJpeg(source: ByteSource): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let expected: number | undefined;
  let bytes = 0;
  const count = countParts();
  for (let at = 2; ;) {
    count();
    const head = await readAll(source, at, 2);
    if (head[0] !== 0xff) throw new Error(`it is damaged: there is no segment at byte ${at}`);
    const marker = head[1];
    if (ends.has(marker)) break;
    // Any number of them may stand before a marker.
    if (marker === 0xff) at += 1;
    else if (bare(marker)) at += 2;
    else {
      const length = (await readAll(source, at + 2, 2)).readUInt16BE(0);
      if (length < 2) throw new Error(`it is damaged: there is no segment at byte ${at}`);
      const isLong = marker === app11 && length >= headBytes + 2;
      const data = isLong ? await readAll(source, at + 4, length - 2) : undefined;
      if (data?.subarray(0, keyword.length).equals(keyword)) {
        const [number, total] = [data.readUInt16BE(keyword.length), data.readUInt16BE(keyword.length + 2)];
        expected ??= total;
        if (number !== parts.length + 1 || total !== expected) throw new Error('parts of its text are missing');
        bytes += data.length;
        if (bytes > maxEmbeddedBytes) throw new Error(`its text has more than ${maxEmbeddedBytes} bytes`);
        parts.push(Buffer.from(data.subarray(headBytes)));
      }
      at += 2 + length;
    }
  }
  if (expected === undefined) return undefined;
  if (parts.length !== expected) throw new Error('parts of its text are missing');
  return Buffer.concat(parts).toString('utf8');
}
