import { ExportError } from '../../model/exportError';
import type { Region } from '../../model/image';
import { bytesPerSample } from './decodeSamples';
import type { OpenTiff } from './openTiff';
import type { TiffPage } from './tiffPage';

/** A strip or tile of a page. */
export interface TiffBlock {
  /** Its place in the page's lists. */
  readonly index: number;
  /** Of its first pixel, in the page. */
  readonly x: number;
  readonly y: number;
  /** Rows that it holds: the last strip holds those that are left; tiles are always whole. */
  readonly heightPx: number;
  /** Bytes that it holds when it is decompressed. */
  readonly length: number;
  /** The one sample that a planar page has in it. */
  readonly sample: number;
}

/** Blocks that lie side by side in the file are read together, up to so many bytes: small ones are many. */
const readAtOnce = 2 ** 20;

/** The blocks that hold samples of a region that lies inside the page, in the order of their places. */
export function blocksOf(page: TiffPage, samples: readonly number[], region: Region): TiffBlock[] {
  const { blockWidthPx, blockHeightPx, planar } = page;
  const columns = Math.ceil(page.widthPx / blockWidthPx);
  const rows = Math.ceil(page.heightPx / blockHeightPx);
  const rowBytes = blockWidthPx * bytesPerSample(page.sampleType) * (planar ? 1 : page.samplesPerPixel);
  const blocks: TiffBlock[] = [];
  for (const sample of planar ? samples : [0]) {
    for (let y = floorTo(region.y, blockHeightPx); y < region.y + region.heightPx; y += blockHeightPx) {
      const heightPx = page.tiled ? blockHeightPx : Math.min(blockHeightPx, page.heightPx - y);
      for (let x = floorTo(region.x, blockWidthPx); x < region.x + region.widthPx; x += blockWidthPx) {
        const index = (sample * rows + y / blockHeightPx) * columns + x / blockWidthPx;
        blocks.push({ index, x, y, heightPx, length: rowBytes * heightPx, sample });
      }
    }
  }
  return blocks;
}

function floorTo(position: number, step: number): number {
  return position - (position % step);
}

/** Where a block lies in the file; `undefined` for one that the file leaves out, which means zeros. */
export function locateBlock(
  { file }: OpenTiff,
  { offsets, byteCounts }: TiffPage,
  { index }: TiffBlock,
): { readonly offset: number; readonly byteCount: number } | undefined {
  const [offset, byteCount] = [offsets[index], byteCounts[index]];
  if (offset === 0 || byteCount === 0) return undefined;
  if (byteCount === undefined) {
    throw new ExportError(
      'ImageUnreadable',
      `Expected a size for every block of pixels in ${file}, but block ${index} has none.`,
    );
  }
  return { offset, byteCount };
}

/**
 * The stored bytes of blocks, those left out that the file leaves out. The signal is asked before each of them.
 * @returns bytes that belong to the caller
 */
export async function* readBlocks(
  tiff: OpenTiff,
  page: TiffPage,
  blocks: readonly TiffBlock[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly block: TiffBlock; readonly bytes: Uint8Array }> {
  let run: { readonly block: TiffBlock; readonly offset: number; readonly byteCount: number }[] = [];
  let end = 0;
  const read = async function* (): AsyncGenerator<{ readonly block: TiffBlock; readonly bytes: Uint8Array }> {
    if (run.length === 0) return;
    const start = run[0].offset;
    const bytes = await tiff.readBytes(start, end - start);
    for (const { block, offset, byteCount } of run) {
      signal?.throwIfAborted();
      yield { block, bytes: bytes.subarray(offset - start, offset - start + byteCount) };
    }
    run = [];
  };
  for (const block of blocks) {
    const place = locateBlock(tiff, page, block);
    if (!place) continue;
    if (run.length > 0 && (place.offset !== end || end + place.byteCount - run[0].offset > readAtOnce)) yield* read();
    signal?.throwIfAborted();
    run.push({ block, ...place });
    end = place.offset + place.byteCount;
  }
  yield* read();
}
