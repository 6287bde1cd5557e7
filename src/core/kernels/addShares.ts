import type { ColorRows, KernelSamples, Shares } from './kernelWorld';

/** Adds every sample to the colours of its pixel; see `Kernels`. */
export function addShares(samples: KernelSamples, { low, scale, weights }: Shares, colors: ColorRows): void {
  const [redWeight, greenWeight, blueWeight] = weights;
  const { red, green, blue } = colors;
  for (let i = 0; i < samples.length; i++) {
    const share = (samples[i] - low) * scale;
    if (!(share > 0)) continue; // Not `share <= 0`: NaN adds nothing, too.
    const n = share < 1 ? share : 1;
    red[i] += n * redWeight;
    green[i] += n * greenWeight;
    blue[i] += n * blueWeight;
  }
}
