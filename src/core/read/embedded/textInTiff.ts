import { maxEmbeddedBytes } from '../../model/embeddedRecipe';
import { readDirectory, readTiffHeader, type TiffEntry } from '../tiff/readDirectory';
import { type ByteSource, readAll } from './byteSource';
import { textInXml } from './textInXml';

const tags = { imageDescription: 270, xmp: 700 };
/** Bytes, ASCII and undefined bytes: one byte each. */
const byteTypes: ReadonlySet<number> = new Set([1, 2, 7]);

/**
 * Our text in the first directory of a TIFF or BigTIFF, in its XMP or in OME-XML; `undefined` if there is none.
 * @throws Error with the end of a sentence if the directory or the text is broken
 */
export async function textInTiff(source: ByteSource): Promise<string | undefined> {
  const { layout, first } = await readTiffHeader(source);
  const { entries } = await readDirectory(source, layout, first);
  const read = async ({ at, length }: TiffEntry): Promise<string> => {
    if (length > maxEmbeddedBytes) throw new Error(`its metadata have ${length} bytes, more than ${maxEmbeddedBytes}`);
    const bytes = await readAll(source, at, length);
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    return bytes.toString('utf8', 0, end);
  };
  const find = (wanted: number): TiffEntry | undefined =>
    entries.find(({ tag, type }) => tag === wanted && byteTypes.has(type));
  const xmp = find(tags.xmp);
  const found = xmp && textInXml(await read(xmp));
  if (found !== undefined) return found;
  const description = find(tags.imageDescription);
  const text = description && (await read(description));
  return text?.startsWith('<') ? textInXml(text) : undefined;
}
