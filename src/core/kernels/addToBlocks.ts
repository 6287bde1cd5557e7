import type { BlockRow, BlockSums, KernelSamples } from './kernelWorld';

/** Adds samples to the sums of blocks; see `Kernels`. */
export function addToBlocks(
  samples: KernelSamples,
  { blockPx, beforePx }: BlockRow,
  { sums, counts }: BlockSums,
): void {
  for (let i = 0, block = 0, left = blockPx - beforePx; i < samples.length; i++, left--) {
    if (left === 0) {
      block++;
      left = blockPx;
    }
    const value = samples[i];
    if (!Number.isFinite(value)) continue;
    sums[block] += value;
    counts[block]++;
  }
}
