import { maxEmbeddedBytes } from '../../model/embeddedRecipe';
import { type ByteSource, countParts, readAll } from './byteSource';
import { textInXml } from './textInXml';

/**
 * Our text in the XMP of a WebP (RFC 9649, 2.7); `undefined` if there is none.
 * @throws Error with the end of a sentence if the file or its XMP is broken
 */
export async function textInWebp(source: ByteSource): Promise<string | undefined> {
  const end = Math.min(source.size, 8 + (await readAll(source, 4, 4)).readUInt32LE(0));
  const count = countParts();
  for (let at = 12; at + 8 <= end;) {
    count();
    const head = await readAll(source, at, 8);
    const length = head.readUInt32LE(4);
    if (head.toString('latin1', 0, 4) === 'XMP ') {
      if (length > maxEmbeddedBytes) throw new Error(`its XMP has ${length} bytes, more than ${maxEmbeddedBytes}`);
      return textInXml((await readAll(source, at + 8, length)).toString('utf8'));
    }
    at += 8 + length + (length % 2);
  }
  return undefined;
}
