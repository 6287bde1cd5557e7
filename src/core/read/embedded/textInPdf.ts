import { embeddedElement, maxEmbeddedBytes } from '../../model/embeddedRecipe';
import { type ByteSource, readAll } from './byteSource';
import { findFirst, findLast } from './findBytes';
import { textInXml } from './textInXml';

/** Metadata are written after pixels and fonts; what other programs append is short. */
const searchedBytes = 2 ** 28;

/**
 * Our text in the XMP of a PDF; `undefined` if there is none. Packets are found by their first and last bytes, which is
 * what these are for (ISO 16684-1, 7.3): they are never compressed, and the newest is the last.
 * @throws Error with the end of a sentence if the packet is broken
 */
export async function textInPdf(source: ByteSource): Promise<string | undefined> {
  const from = Math.max(0, source.size - searchedBytes);
  const mark = await findLast(source, embeddedElement, from, source.size);
  if (mark === -1) return undefined;
  const start = await findLast(source, '<?xpacket begin=', Math.max(0, mark - maxEmbeddedBytes), mark);
  const end = await findFirst(source, '<?xpacket end=', mark, mark + maxEmbeddedBytes);
  if (start === -1 || end === -1) throw new Error('its XMP is cut off');
  return textInXml((await readAll(source, start, end - start)).toString('utf8'));
}
