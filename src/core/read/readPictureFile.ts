import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, isExportError, messageOf } from '../model/exportError';
import type { EmbeddablePicture } from '../model/galleryPage';

/** The head of a file, in which both formats say how large the picture is. */
const headBytes = 64 * 1024;

/** What a PNG or JPEG that we have written is, from its head. Fails with `ImageUnreadable`. */
export async function readPictureSize(file: string): Promise<Omit<EmbeddablePicture, 'bytes'>> {
  return orUnreadable(file, async () => {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return describe(buffer.subarray(0, bytesRead), file);
    } finally {
      await handle.close();
    }
  });
}

/** A PNG or JPEG that we have written, whole. Fails with `ImageUnreadable`. */
export async function readPictureFile(file: string): Promise<EmbeddablePicture> {
  return orUnreadable(file, async () => {
    const bytes = await readFile(file);
    return { ...describe(bytes, file), bytes };
  });
}

async function orUnreadable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isExportError(error)) throw error;
    const message = `Expected to read the picture ${path.basename(file)}, but ${messageOf(error)}.`;
    throw new ExportError('ImageUnreadable', message, undefined, error);
  }
}

function describe(bytes: Buffer, file: string): Omit<EmbeddablePicture, 'bytes'> {
  const found = describePng(bytes) ?? describeJpeg(bytes);
  if (found) return found;
  throw new ExportError(
    'ImageUnreadable',
    `Expected a PNG or JPEG of 8-bit RGB in ${path.basename(file)}, but found something else.`,
  );
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The chunk IHDR comes first (PNG, third edition, 11.2.2): 8 bits, colour type 2, which is RGB, not interlaced. */
function describePng(bytes: Buffer): Omit<EmbeddablePicture, 'bytes'> | undefined {
  if (bytes.length < 29 || !bytes.subarray(0, 8).equals(pngSignature)) return undefined;
  if (bytes[24] !== 8 || bytes[25] !== 2 || bytes[28] !== 0) return undefined;
  return { format: 'png', widthPx: bytes.readUInt32BE(16), heightPx: bytes.readUInt32BE(20) };
}

/** Segments up to the frame's head (ITU-T T.81, B.2.2): 8 bits, three colours. */
function describeJpeg(bytes: Buffer): Omit<EmbeddablePicture, 'bytes'> | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 10 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at);
    // Frames are C0 to CF but for tables (C4, CC) and an extension (C8).
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (!isFrame) continue;
    if (bytes[at + 4] !== 8 || bytes[at + 9] !== 3) return undefined;
    return { format: 'jpeg', heightPx: bytes.readUInt16BE(at + 5), widthPx: bytes.readUInt16BE(at + 7) };
  }
  return undefined;
}
