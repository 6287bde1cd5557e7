import { ExportError } from '../../model/exportError';
import type { Plane, Region, SampleArray } from '../../model/image';
import { bytesPerSample, decodeSamples, makeSampleArray } from './decodeSamples';
import { decompressBlock } from './decompressBlock';
import { explain, type OpenTiff } from './openTiff';
import type { TiffPage } from './tiffPage';

/**
 * Reads samples of a page in a region that lies inside the image, one plane for each that is asked for, values as on
 * disk. Decodes only the strips and tiles that the region touches, each once. The signal is asked before each of them.
 * Fails with the page's refusal, or `ImageUnreadable`.
 */
export async function readTiffRegion(
  tiff: OpenTiff,
  page: TiffPage,
  samples: readonly number[],
  region: Region,
  signal?: AbortSignal,
): Promise<Plane[]> {
  if (page.refusal) throw page.refusal;
  const { widthPx, heightPx } = region;
  const planes = samples.map(() => makeSampleArray(page.sampleType, widthPx * heightPx));
  const columns = Math.ceil(page.widthPx / page.blockWidthPx);
  const rows = Math.ceil(page.heightPx / page.blockHeightPx);
  const first = { column: Math.floor(region.x / page.blockWidthPx), row: Math.floor(region.y / page.blockHeightPx) };
  const last = {
    column: Math.floor((region.x + widthPx - 1) / page.blockWidthPx),
    row: Math.floor((region.y + heightPx - 1) / page.blockHeightPx),
  };
  await explain(tiff.file, async () => {
    for (let row = first.row; row <= last.row; row++) {
      for (let column = first.column; column <= last.column; column++) {
        signal?.throwIfAborted();
        const index = row * columns + column;
        if (page.planar) {
          for (const [i, sample] of samples.entries()) {
            const block = await readBlock(tiff, page, sample * rows * columns + index, row);
            if (block) copyBlock(block, page, 0, column, row, region, planes[i]);
          }
        } else {
          const block = await readBlock(tiff, page, index, row);
          if (!block) continue;
          for (const [i, sample] of samples.entries()) copyBlock(block, page, sample, column, row, region, planes[i]);
        }
      }
    }
  });
  return planes.map((plane) => ({ widthPx, heightPx, samples: plane }));
}

/** The samples of one strip or tile; `undefined` for one that the file leaves out, which means zeros. */
async function readBlock(tiff: OpenTiff, page: TiffPage, index: number, row: number): Promise<SampleArray | undefined> {
  const offset = page.offsets[index];
  const byteCount = page.byteCounts[index];
  if (offset === 0 || byteCount === 0) return undefined;
  // The last strip holds the rows that are left; tiles are always whole.
  const heightPx = page.tiled
    ? page.blockHeightPx
    : Math.min(page.blockHeightPx, page.heightPx - row * page.blockHeightPx);
  const samplesPerPixel = page.planar ? 1 : page.samplesPerPixel;
  const samplesPerRow = page.blockWidthPx * samplesPerPixel;
  const length = samplesPerRow * heightPx * bytesPerSample(page.sampleType);
  if (byteCount === undefined) {
    throw new ExportError(
      'ImageUnreadable',
      `Expected a size for every block of pixels in ${tiff.file}, but block ${index} has none.`,
    );
  }
  const bytes = await decompressBlock(await tiff.readBytes(offset, byteCount), page.compression, length);
  return decodeSamples(bytes, {
    sampleType: page.sampleType,
    littleEndian: page.littleEndian,
    predictor: page.predictor,
    samplesPerRow,
    samplesPerPixel,
  });
}

/** Copies the part of a block that lies in the region; `sample` counts inside a pixel of the block. */
function copyBlock(
  block: SampleArray,
  page: TiffPage,
  sample: number,
  column: number,
  row: number,
  region: Region,
  target: SampleArray,
): void {
  const stride = page.planar ? 1 : page.samplesPerPixel;
  const left = column * page.blockWidthPx;
  const top = row * page.blockHeightPx;
  const x0 = Math.max(left, region.x);
  const x1 = Math.min(left + page.blockWidthPx, region.x + region.widthPx);
  const y0 = Math.max(top, region.y);
  const y1 = Math.min(top + page.blockHeightPx, region.y + region.heightPx);
  for (let y = y0; y < y1; y++) {
    const from = (y - top) * page.blockWidthPx + x0 - left;
    const to = (y - region.y) * region.widthPx + x0 - region.x;
    if (stride === 1) target.set(block.subarray(from, from + x1 - x0), to);
    else for (let i = 0; i < x1 - x0; i++) target[to + i] = block[(from + i) * stride + sample];
  }
}
