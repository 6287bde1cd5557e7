import { maxEmbeddedBytes } from '../../model/embeddedRecipe';
import { type ByteSource, readAll } from './byteSource';
import { textInXml } from './textInXml';

const tags = { imageDescription: 270, xmp: 700 };
/** ASCII, bytes and undefined bytes: one byte each. */
const byteTypes: ReadonlySet<number> = new Set([1, 2, 7]);
const maxEntries = 4096;

/**
 * Our text in the first directory of a TIFF or BigTIFF, in its XMP or in OME-XML; `undefined` if there is none.
 * @throws Error with the end of a sentence if the directory or the text is broken
 */
export async function textInTiff(source: ByteSource): Promise<string | undefined> {
  const fields = await readTextFields(source);
  const read = async ({ at, length }: Field): Promise<string> => {
    if (length > maxEmbeddedBytes) throw new Error(`its metadata have ${length} bytes, more than ${maxEmbeddedBytes}`);
    const bytes = await readAll(source, at, length);
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    return bytes.toString('utf8', 0, end);
  };
  const xmp = fields.get(tags.xmp);
  const found = xmp && textInXml(await read(xmp));
  if (found !== undefined) return found;
  const description = fields.get(tags.imageDescription);
  const text = description && (await read(description));
  return text?.startsWith('<') ? textInXml(text) : undefined;
}

interface Field {
  readonly at: number;
  readonly length: number;
}

/** Where the texts of the first directory lie (TIFF 6.0, section 2; BigTIFF as libtiff 4 has it). */
async function readTextFields(source: ByteSource): Promise<ReadonlyMap<number, Field>> {
  const header = await readAll(source, 0, 8);
  const isLittle = header.toString('latin1', 0, 2) === 'II';
  const short = (bytes: Buffer, at: number): number => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const isBig = short(header, 2) === 43;
  const word = (bytes: Buffer, at: number): number => {
    if (isBig) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  };
  const [wordBytes, countBytes, entryBytes] = isBig ? [8, 8, 20] : [4, 2, 12];
  const directory = word(await readAll(source, isBig ? 8 : 4, wordBytes), 0);
  const countField = await readAll(source, directory, countBytes);
  const entries = isBig ? word(countField, 0) : short(countField, 0);
  if (entries > maxEntries) throw new Error(`its directory has ${entries} entries, more than ${maxEntries}`);
  const table = await readAll(source, directory + countBytes, entries * entryBytes);
  const fields = new Map<number, Field>();
  for (let at = 0; at < table.length; at += entryBytes) {
    if (!byteTypes.has(short(table, at + 2))) continue;
    const length = word(table, at + 4);
    const valueAt = at + 4 + wordBytes;
    const isInline = length <= wordBytes;
    fields.set(short(table, at), { length, at: isInline ? directory + countBytes + valueAt : word(table, valueAt) });
  }
  return fields;
}
