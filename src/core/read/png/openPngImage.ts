import { constants } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { ExportError } from '../../model/exportError';
import type { ImageHeader, Plane, Region, SampleType } from '../../model/image';
import { explainImage } from '../explainImage';
import type { ImageFile } from '../imageFile';
import type { PlaneMemory } from '../planeMemory';
import { takeSampleArray } from '../tiff/decodeSamples';
import { headerBytes, type PngHeader, readPngHeader, unlikeLabels } from './pngHeader';
import { unfilter } from './unfilter';

const inflateAsync = promisify(inflate);

/** As of the planes of other formats. */
const maxPlaneBytes = 2 ** 32;

/**
 * Opens a PNG of labels: grey, 8 or 16 bits, values as they are stored, whatever the file says about colours and gamma.
 * Decoded by us, because a picture library turns values into colours. A region is cut from the whole.
 * Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`.
 */
export async function openPngImage(file: string): Promise<ImageFile> {
  return explainPng(file, async () => {
    const handle = await open(file, 'r');
    try {
      const header = await readPngHeader(handle);
      return { ...access(file, handle, header, describePng(file, header)), close: () => handle.close() };
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

function explainPng<T>(file: string, read: () => Promise<T>): Promise<T> {
  return explainImage(file, 'a PNG image', read);
}

function describePng(file: string, header: PngHeader): ImageHeader {
  const { widthPx, heightPx, bits } = header;
  const found = unlikeLabels(header);
  if (found !== undefined) {
    const message = `Expected labels as a grey PNG of 8 or 16 bits in ${file}, but it is ${found}; save the labels themselves, as TIFF or grey PNG.`;
    throw new ExportError('ImageUnsupported', message, { file });
  }
  if (filteredBytes(header) > Math.min(maxPlaneBytes, constants.MAX_LENGTH)) {
    const message = `Expected a plane of at most 4 GiB in ${file}, but it says ${widthPx} × ${heightPx} pixels of ${bits} bits.`;
    throw new ExportError('TooLarge', message, { file });
  }
  return { widthPx, heightPx, sampleType: bits === 8 ? 'uint8' : 'uint16', levels: [{ widthPx, heightPx }] };
}

function access(file: string, handle: FileHandle, header: PngHeader, described: ImageHeader): Omit<ImageFile, 'close'> {
  return {
    describe(plane) {
      if (plane) throw new RangeError(`expected no address of a plane for ${file}`);
      return described;
    },
    read: (planes, region, { signal, memory } = {}) =>
      explainPng(file, async () => {
        signal?.throwIfAborted();
        const isWhole = region.widthPx === described.widthPx && region.heightPx === described.heightPx;
        // What is only cut from is not handed back, so it takes nothing that others could use.
        const whole = await decode(handle, header, described, { signal, memory: isWhole ? memory : undefined });
        return planes.map(() => (isWhole ? whole : crop(whole, region, described.sampleType, memory)));
      }),
  };
}

/** The columns and rows of the pixels of each pass: first and step. Interlaced files have seven (PNG, "Pass extraction"). */
const allAtOnce = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
const adam7 = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

function passesOf({ widthPx, heightPx, isInterlaced }: PngHeader): Pass[] {
  return (isInterlaced ? adam7 : allAtOnce)
    .map((pass) => ({
      ...pass,
      widthPx: Math.ceil((widthPx - pass.x) / pass.stepX),
      heightPx: Math.ceil((heightPx - pass.y) / pass.stepY),
    }))
    .filter((pass) => pass.widthPx > 0 && pass.heightPx > 0);
}

/** What the rows take before they are compressed, each with the number of its filter. */
function filteredBytes(header: PngHeader): number {
  const rowBytes = (pass: Pass): number => 1 + (pass.widthPx * header.bits) / 8;
  return passesOf(header).reduce((sum, pass) => sum + pass.heightPx * rowBytes(pass), 0);
}

async function decode(
  handle: FileHandle,
  header: PngHeader,
  { widthPx, heightPx, sampleType }: ImageHeader,
  { signal, memory }: { readonly signal: AbortSignal | undefined; readonly memory: PlaneMemory | undefined },
): Promise<Plane> {
  const length = filteredBytes(header);
  // A little more than it should hold is left alone, as libpng does.
  const maxOutputLength = Math.min(length + 65_536, constants.MAX_LENGTH);
  const rows = await inflateAsync(await readPixelChunks(handle, length), { maxOutputLength });
  if (rows.length < length) throw new Error(`it holds ${rows.length} bytes of pixels in place of ${length}`);
  const samples = takeSampleArray(sampleType, widthPx * heightPx, memory);
  const pixelBytes = header.bits / 8;
  let at = 0;
  for (const pass of passesOf(header)) {
    const rowBytes = pass.widthPx * pixelBytes;
    const passRows = rows.subarray(at, (at += pass.heightPx * (1 + rowBytes)));
    for (let row = 0; row < pass.heightPx; row++) {
      signal?.throwIfAborted();
      unfilter(passRows, row, rowBytes, pixelBytes);
      let from = row * (1 + rowBytes) + 1;
      let to = (pass.y + row * pass.stepY) * widthPx + pass.x;
      for (let i = 0; i < pass.widthPx; i++, from += pixelBytes, to += pass.stepX) {
        samples[to] = pixelBytes === 1 ? passRows[from] : (passRows[from] << 8) | passRows[from + 1];
      }
    }
  }
  return { widthPx, heightPx, samples };
}

/**
 * The compressed pixels, which are in one chunk or in many.
 * @param length what they hold; compressed they are hardly longer
 */
async function readPixelChunks(handle: FileHandle, length: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const parts: Buffer[] = [];
  const head = Buffer.alloc(8);
  let room = length * 1.01 + 65_536;
  for (let at = headerBytes; at + 12 <= size;) {
    await handle.read(head, 0, 8, at);
    const bytes = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') return Buffer.concat(parts);
    if (at + 12 + bytes > size) break;
    if (type === 'IDAT') {
      room -= bytes;
      if (room < 0) throw new Error('it holds more compressed pixels than its size can need');
      const part = Buffer.allocUnsafe(bytes);
      const { bytesRead } = await handle.read(part, 0, bytes, at + 8);
      if (bytesRead < bytes) break;
      parts.push(part);
    }
    at += 12 + bytes;
  }
  throw new Error(`it was cut off after ${size} bytes`);
}

function crop(
  { widthPx: width, samples }: Plane,
  { x, y, widthPx, heightPx }: Region,
  sampleType: SampleType,
  memory: PlaneMemory | undefined,
): Plane {
  const part = takeSampleArray(sampleType, widthPx * heightPx, memory);
  for (let row = 0; row < heightPx; row++) {
    const from = (y + row) * width + x;
    part.set(samples.subarray(from, from + widthPx), row * widthPx);
  }
  return { widthPx, heightPx, samples: part };
}
