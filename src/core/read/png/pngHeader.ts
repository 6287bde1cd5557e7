import { type FileHandle, open } from 'node:fs/promises';

/** What the first chunk of a PNG says. */
export interface PngHeader {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of a sample. */
  readonly bits: number;
  readonly colorType: number;
  readonly isInterlaced: boolean;
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Where the chunks after the header begin: signature, and a chunk of 13 bytes with its length, name and checksum. */
export const headerBytes = 8 + 12 + 13;

/** Reads the header of a PNG; throws what is wrong with a file that is none. */
export async function readPngHeader(handle: FileHandle): Promise<PngHeader> {
  const bytes = Buffer.alloc(headerBytes);
  if (!(await handle.stat()).isFile()) throw new Error('it is not a file');
  const { bytesRead } = await handle.read(bytes, 0, headerBytes, 0);
  if (!bytes.subarray(0, 8).equals(signature)) throw new Error('it does not begin as a PNG does');
  if (bytesRead < headerBytes || bytes.toString('latin1', 12, 16) !== 'IHDR' || bytes.readUInt32BE(8) !== 13) {
    throw new Error('it has no header');
  }
  const [widthPx, heightPx] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (!(widthPx >= 1 && heightPx >= 1)) throw new Error(`its size is ${widthPx} × ${heightPx}`);
  return { widthPx, heightPx, bits: bytes[24], colorType: bytes[25], isInterlaced: bytes[28] === 1 };
}

/**
 * What a PNG is, in words, when it is none that labels are in: those are grey, of 8 or 16 bits. `undefined` for one that is,
 * and for one that cannot be read, which will say so when it is.
 */
export async function colorsOfPng(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  try {
    const header = handle && (await readPngHeader(handle).catch(() => undefined));
    return header && unlikeLabels(header);
  } finally {
    await handle?.close();
  }
}

const colorTypes: Readonly<Record<number, string>> = {
  0: 'grey',
  2: 'RGB',
  3: 'with a palette',
  4: 'grey with transparency',
  6: 'RGB with transparency',
};

/** What a PNG is that is not grey of 8 or 16 bits. */
export function unlikeLabels({ bits, colorType }: PngHeader): string | undefined {
  if (colorType === 0 && (bits === 8 || bits === 16)) return undefined;
  return `${bits}-bit ${colorTypes[colorType] ?? `of colour type ${colorType}`}`;
}
