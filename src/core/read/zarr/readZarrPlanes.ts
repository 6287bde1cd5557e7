import type { Plane, Region, SampleArray } from '../../model/image';
import { makeSampleArray } from '../tiff/decodeSamples';
import { copyWide, exactIntegers, isWide } from '../wideIntegers';
import type { ZarrArray, ZarrChunk } from './zarrArray';
import { ZarrProblem } from './zarrMetadata';

interface Target {
  /** Along the axes before y and x. */
  readonly index: readonly number[];
  readonly samples: SampleArray;
}

/**
 * Reads planes of an array in one region that lies inside of it. Decodes the chunks that the region touches, each once
 * for all planes that have samples in it, one after the other; the signal is asked before each.
 */
export async function readZarrPlanes(
  array: ZarrArray,
  indices: readonly (readonly number[])[],
  region: Region,
  signal?: AbortSignal,
): Promise<Plane[]> {
  const { widthPx, heightPx } = region;
  const targets = indices.map((index) => ({
    index,
    samples: makeSampleArray(array.sampleType, widthPx * heightPx),
  }));
  const [chunkHeightPx, chunkWidthPx] = array.chunkShape.slice(-2);
  const last = {
    column: Math.floor((region.x + widthPx - 1) / chunkWidthPx),
    row: Math.floor((region.y + heightPx - 1) / chunkHeightPx),
  };
  for (const [leading, together] of byChunk(targets, array.chunkShape)) {
    for (let row = Math.floor(region.y / chunkHeightPx); row <= last.row; row++) {
      for (let column = Math.floor(region.x / chunkWidthPx); column <= last.column; column++) {
        signal?.throwIfAborted();
        const chunk = await array.readChunk([...leading, row, column]);
        for (const target of together) copyChunk(chunk, array, target, row, column, region);
      }
    }
  }
  return targets.map(({ samples }) => ({ widthPx, heightPx, samples }));
}

/** Planes by the position of their chunks along the axes before y and x. */
function byChunk(targets: readonly Target[], chunkShape: readonly number[]): [number[], Target[]][] {
  const groups = new Map<string, [number[], Target[]]>();
  for (const target of targets) {
    const leading = target.index.map((index, axis) => Math.floor(index / chunkShape[axis]));
    const group = groups.get(leading.join());
    if (group) group[1].push(target);
    else groups.set(leading.join(), [leading, [target]]);
  }
  return [...groups.values()];
}

/** Copies the part of a chunk that lies in the region; of one that is not on disk, the fill value. */
function copyChunk(
  chunk: ZarrChunk | undefined,
  { chunkShape, fillValue }: ZarrArray,
  { index, samples }: Target,
  row: number,
  column: number,
  region: Region,
): void {
  const [chunkHeightPx, chunkWidthPx] = chunkShape.slice(-2);
  const left = column * chunkWidthPx;
  const top = row * chunkHeightPx;
  const x0 = Math.max(left, region.x);
  const x1 = Math.min(left + chunkWidthPx, region.x + region.widthPx);
  const y0 = Math.max(top, region.y);
  const y1 = Math.min(top + chunkHeightPx, region.y + region.heightPx);
  const strideY = chunk?.stride.at(-2) ?? 0;
  const strideX = chunk?.stride.at(-1) ?? 0;
  const start = index.reduce((sum, at, axis) => sum + (at % chunkShape[axis]) * (chunk?.stride[axis] ?? 0), 0);
  for (let y = y0; y < y1; y++) {
    const to = (y - region.y) * region.widthPx + x0 - region.x;
    if (!chunk) {
      samples.fill(fillValue, to, to + x1 - x0);
      continue;
    }
    const from = start + (y - top) * strideY + (x0 - left) * strideX;
    const stored = chunk.samples;
    if (isWide(stored)) {
      const place = { integers: stored, start: from, step: strideX };
      const copied = copyWide(place, x1 - x0, samples as Float64Array, to);
      if (copied === x1 - x0) continue;
      const value = stored[from + copied * strideX];
      throw new ZarrProblem('ImageUnsupported', exactIntegers, `found ${value} at x ${x0 + copied}, y ${y}`);
    }
    if (strideX === 1) samples.set(stored.subarray(from, from + x1 - x0), to);
    else for (let i = 0; i < x1 - x0; i++) samples[to + i] = stored[from + i * strideX];
  }
}
