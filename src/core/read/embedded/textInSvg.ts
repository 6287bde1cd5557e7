import { maxEmbeddedBytes } from '../../model/embeddedRecipe';
import { type ByteSource, readAll } from './byteSource';
import { findFirst } from './findBytes';
import { textInXml } from './textInXml';

const closing = '</metadata>';
/** Programs that write an SVG again may put the metadata behind pictures and fonts. */
const searchedBytes = 2 ** 28;

/**
 * Our text in the `metadata` of an SVG; `undefined` if there is none.
 * @throws Error with the end of a sentence if they are broken
 */
export async function textInSvg(source: ByteSource): Promise<string | undefined> {
  const start = await findFirst(source, '<metadata', 0, searchedBytes);
  if (start === -1) return undefined;
  const end = await findFirst(source, closing, start, start + maxEmbeddedBytes);
  if (end === -1) throw new Error('its metadata are cut off');
  return textInXml((await readAll(source, start, end + closing.length - start)).toString('utf8'));
}
