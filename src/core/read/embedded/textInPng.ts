import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';
import { embeddedKeyword, maxEmbeddedBytes } from '../../model/embeddedRecipe';
import { type ByteSource, countParts, readAll } from './byteSource';

const inflateAside = promisify(inflate);
const keyword = Buffer.from(`${embeddedKeyword}\0`, 'latin1');

/**
 * Our text in a PNG: the first iTXt chunk (third edition, 11.3.3.4) with our keyword, compressed or not, wherever another
 * program moved it; `undefined` if there is none. Of the pixels only the lengths are read.
 * @throws Error with the end of a sentence if the file is cut off or the chunk is damaged
 */
export async function textInPng(source: ByteSource): Promise<string | undefined> {
  const count = countParts();
  for (let at = 8; ;) {
    count();
    const head = await readAll(source, at, 8);
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') return undefined;
    if (type === 'iTXt' && length > keyword.length) {
      const start = await readAll(source, at + 8, keyword.length);
      if (start.equals(keyword)) return readText(source, at, length);
    }
    at += 12 + length;
  }
}

async function readText(source: ByteSource, at: number, length: number): Promise<string> {
  if (length > maxEmbeddedBytes)
    throw new Error(`its text has ${length} bytes, more than the ${maxEmbeddedBytes} that one may have`);
  const chunk = await readAll(source, at + 4, length + 8);
  const covered = chunk.subarray(0, length + 4);
  if (crc32(covered) !== chunk.readUInt32BE(length + 4))
    throw new Error('its text is damaged: its checksum is another one');
  const data = covered.subarray(4 + keyword.length);
  const [compressed, method] = data;
  // Then a language and the keyword in it, each with a zero at its end.
  const language = data.indexOf(0, 2);
  const translated = language === -1 ? -1 : data.indexOf(0, language + 1);
  if (translated === -1) throw new Error('its text is damaged: it has no beginning');
  const text = data.subarray(translated + 1);
  if (compressed === 0) return text.toString('utf8');
  if (compressed !== 1 || method !== 0) throw new Error(`its text is compressed in a way that PNG does not know`);
  try {
    return (await inflateAside(text, { maxOutputLength: maxEmbeddedBytes })).toString('utf8');
  } catch (error) {
    const isLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(
      isLong ? `its text unpacks to more than ${maxEmbeddedBytes} bytes` : 'its compressed text is damaged',
      { cause: error },
    );
  }
}
