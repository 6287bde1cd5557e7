import { type Embedded, parseEmbedded } from '../../model/embeddedRecipe';
import { ExportError, isExportError, messageOf, systemCodeOf } from '../../model/exportError';
import { type ByteSource, memorySource, withFileSource } from './byteSource';
import { textInJpeg } from './textInJpeg';
import { textInPdf } from './textInPdf';
import { textInPng } from './textInPng';
import { textInSvg } from './textInSvg';
import { textInTiff } from './textInTiff';
import { textInWebp } from './textInWebp';

type FindText = (source: ByteSource) => Promise<string | undefined>;

/** How each format begins. */
const formats: readonly (readonly [begins: (head: Buffer) => boolean, find: FindText])[] = [
  [(head) => head.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n', textInPng],
  [(head) => head.toString('latin1', 0, 3) === '\xff\xd8\xff', textInJpeg],
  [(head) => /^RIFF[^]{4}WEBP/.test(head.toString('latin1', 0, 12)), textInWebp],
  [(head) => /^(II[*+]\0|MM\0[*+])/.test(head.toString('latin1', 0, 4)), textInTiff],
  [(head) => head.toString('latin1').includes('%PDF-'), textInPdf],
  [(head) => /^(\ufeff)?\s*<[^]*<svg[\s>]|^(\ufeff)?\s*<svg[\s>]/.test(head.toString('utf8')), textInSvg],
];

const headBytes = 1024;

/**
 * What a picture or gallery says of how it was made, read from its metadata alone; `undefined` for a file that is no picture of a
 * known format, or says nothing. `Usage` if there is no such file, `RecipeInvalid` if it is damaged or of a newer version.
 */
export async function findEmbedded(file: string): Promise<Embedded | undefined> {
  return withReasons(file, () => withFileSource(file, (source) => find(source, file)));
}

/** The same of a picture's bytes; `name` is for messages. */
export async function findEmbeddedIn(bytes: Uint8Array, name: string): Promise<Embedded | undefined> {
  return withReasons(name, () => find(memorySource(bytes), name));
}

/** What a picture must say for what the user asks for; `Usage` if it says nothing. */
export function requireEmbedded(embedded: Embedded | undefined, picture: string): Embedded {
  if (embedded) return embedded;
  throw new ExportError(
    'Usage',
    `Expected a picture that Multiplex Batch Export made, but ${picture} does not say how it was made.`,
  );
}

async function find(source: ByteSource, name: string): Promise<Embedded | undefined> {
  const head = await source.read(0, headBytes);
  const format = formats.find(([begins]) => begins(head));
  const text = await format?.[1](source);
  return text === undefined ? undefined : parseEmbedded(text, name);
}

async function withReasons<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isExportError(error)) throw error;
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
    if (isMissing) throw new ExportError('Usage', `Expected a picture at ${name}, but there is no such file.`);
    throw new ExportError('RecipeInvalid', `Expected to read ${name}, but ${messageOf(error)}.`, undefined, error);
  }
}
