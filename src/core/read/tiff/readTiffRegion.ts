import { ExportError } from '../../model/exportError';
import type { Plane, Region, SampleArray } from '../../model/image';
import type { ReadOptions } from '../imageFile';
import { copyWide, exactIntegers, isWide, type WideIntegers } from '../wideIntegers';
import {
  areStoredAsKept,
  bytesPerSample,
  decodeSamples,
  makeSampleArray,
  takeSampleArray,
  toMachineOrder,
} from './decodeSamples';
import { decompressBlock, requireWhole } from './decompressBlock';
import { explain, type OpenTiff } from './openTiff';
import { blocksOf, locateBlock, readBlocks, type TiffBlock } from './readBlocks';
import type { TiffPage } from './tiffPage';

/**
 * Reads samples of a page in a region that lies inside the image, one plane for each that is asked for, values as on
 * disk. Decodes only the strips and tiles that the region touches, each once. The signal is asked before each of them.
 * Fails with the page's refusal, `ImageUnreadable`, or `ImageUnsupported` for an integer that is no number exactly.
 */
export async function readTiffRegion(
  tiff: OpenTiff,
  page: TiffPage,
  samples: readonly number[],
  region: Region,
  { signal, memory }: Pick<ReadOptions, 'signal' | 'memory'> = {},
): Promise<Plane[]> {
  if (page.refusal) throw page.refusal;
  const { widthPx, heightPx } = region;
  const isComplete = blocksOf(page, samples, region).every((block) => locateBlock(tiff, page, block));
  const planes = samples.map(() =>
    isComplete
      ? takeSampleArray(page.sampleType, widthPx * heightPx, memory)
      : makeSampleArray(page.sampleType, widthPx * heightPx),
  );
  await explain(tiff.file, async () => {
    if (holdsRowsOf(page, region)) await readRows(tiff, page, samples, region, planes, signal);
    else await decodeBlocks(tiff, page, samples, region, planes, signal);
  });
  return planes.map((plane) => ({ widthPx, heightPx, samples: plane }));
}

async function decodeBlocks(
  tiff: OpenTiff,
  page: TiffPage,
  samples: readonly number[],
  region: Region,
  planes: readonly SampleArray[],
  signal?: AbortSignal,
): Promise<void> {
  const samplesPerPixel = page.planar ? 1 : page.samplesPerPixel;
  const layout = {
    sampleType: page.sampleType,
    littleEndian: page.littleEndian,
    predictor: page.predictor,
    samplesPerRow: page.blockWidthPx * samplesPerPixel,
    samplesPerPixel,
  };
  for await (const { block, bytes } of readBlocks(tiff, page, blocksOf(page, samples, region), signal)) {
    const decoded = decodeSamples(await decompressBlock(bytes, page.compression, block.length), layout);
    for (const [i, sample] of samples.entries()) {
      if (page.planar && sample !== block.sample) continue;
      copyBlock(tiff, decoded, { page, block, sample: page.planar ? 0 : sample }, region, planes[i]);
    }
  }
}

/** Whether a page's blocks hold the rows of a region as the planes do, in whatever order of bytes. */
export function holdsRowsOf(page: TiffPage, region: Region): boolean {
  return (
    page.compression === 1 &&
    areStoredAsKept(page) &&
    (page.planar || page.samplesPerPixel === 1) &&
    page.blockWidthPx === region.widthPx &&
    region.x === 0
  );
}

/** The most that is read between two looks at the signal. */
const readAtOnce = 2 ** 24;

/** Reads rows to where they are kept, as many at once as lie side by side in the file. */
async function readRows(
  tiff: OpenTiff,
  page: TiffPage,
  samples: readonly number[],
  region: Region,
  planes: readonly SampleArray[],
  signal?: AbortSignal,
): Promise<void> {
  const rowBytes = region.widthPx * bytesPerSample(page.sampleType);
  for (const [i, { buffer }] of planes.entries()) {
    /** Of the bytes that are wanted next: in the file, and in the plane. */
    let next = { offset: 0, start: 0, end: 0 };
    const read = async (): Promise<void> => {
      for (let { offset, start } = next; start < next.end; offset += readAtOnce, start += readAtOnce) {
        signal?.throwIfAborted();
        const length = Math.min(readAtOnce, next.end - start);
        const bytes = new Uint8Array(buffer, start, length);
        await tiff.readBytes(offset, length, bytes);
        toMachineOrder(bytes, page);
      }
    };
    for (const block of blocksOf(page, [samples[i]], region)) {
      const place = locateBlock(tiff, page, block);
      if (!place) continue;
      requireWhole(place.byteCount, block.length);
      const [y0, y1] = rowsInside(block, region);
      const offset = place.offset + (y0 - block.y) * rowBytes;
      const [start, end] = [(y0 - region.y) * rowBytes, (y1 - region.y) * rowBytes];
      if (start === next.end && offset === next.offset + next.end - next.start) next = { ...next, end };
      else {
        await read();
        next = { offset, start, end };
      }
    }
    await read();
  }
}

/** The rows of a block that lie in a region, from the first up to but without the last, in the page. */
function rowsInside(block: TiffBlock, region: Region): readonly [number, number] {
  return [Math.max(block.y, region.y), Math.min(block.y + block.heightPx, region.y + region.heightPx)];
}

/** Copies the part of a block that lies in the region; `sample` counts inside a pixel of the block. */
function copyBlock(
  { file }: OpenTiff,
  samples: SampleArray | WideIntegers,
  { page, block, sample }: { readonly page: TiffPage; readonly block: TiffBlock; readonly sample: number },
  region: Region,
  target: SampleArray,
): void {
  const stride = page.planar ? 1 : page.samplesPerPixel;
  const x0 = Math.max(block.x, region.x);
  const x1 = Math.min(block.x + page.blockWidthPx, region.x + region.widthPx);
  const [y0, y1] = rowsInside(block, region);
  const isWhole = stride === 1 && x1 - x0 === region.widthPx && page.blockWidthPx === region.widthPx;
  const countAtOnce = isWhole ? y1 - y0 : 1;
  for (let y = y0; y < y1; y += countAtOnce) {
    const from = (y - block.y) * page.blockWidthPx + x0 - block.x;
    const to = (y - region.y) * region.widthPx + x0 - region.x;
    const count = (x1 - x0) * countAtOnce;
    if (isWide(samples)) {
      const start = from * stride + sample;
      const copied = copyWide({ integers: samples, start, step: stride }, count, target as Float64Array, to);
      if (copied === count) continue;
      const place = `x ${x0 + (copied % (x1 - x0))}, y ${y + Math.floor(copied / (x1 - x0))}`;
      const message = `Expected ${exactIntegers} in ${file}, but found ${samples[start + copied * stride]} at ${place}.`;
      throw new ExportError('ImageUnsupported', message, { file });
    }
    if (stride === 1) target.set(samples.subarray(from, from + count), to);
    else for (let i = 0; i < count; i++) target[to + i] = samples[(from + i) * stride + sample];
  }
}
