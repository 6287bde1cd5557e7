import type { Plane, SampleArray } from '../model/image';

/** One channel on the output grid. NaN means "no finite pixel here", which is drawn as nothing. */
export interface GridPlane {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly samples: SampleArray;
}

/** The size of an output grid: a last, partial block still makes a pixel. */
export function gridSize(sizePx: number, downsample: number): number {
  return Math.ceil(sizePx / downsample);
}

/** Puts a whole plane on the output grid; at `downsample` 1 it is the plane itself, not a copy. */
export function downsamplePlane(plane: Plane, downsample: number, resample: 'mean' | 'nearest'): GridPlane {
  if (downsample === 1) return plane;
  return resample === 'mean' ? blockMeans(plane, downsample) : nearest(plane, downsample);
}

/** The mean over the finite pixels of each d × d block, anchored at the top left; NaN where a block has none. */
function blockMeans({ widthPx, heightPx, samples }: Plane, d: number): GridPlane {
  const outWidth = gridSize(widthPx, d);
  const outHeight = gridSize(heightPx, d);
  const means = new Float64Array(outWidth * outHeight);
  for (let outY = 0; outY < outHeight; outY++) {
    const endY = Math.min((outY + 1) * d, heightPx);
    for (let outX = 0; outX < outWidth; outX++) {
      const endX = Math.min((outX + 1) * d, widthPx);
      let sum = 0;
      let count = 0;
      for (let y = outY * d; y < endY; y++) {
        for (let i = y * widthPx + outX * d; i < y * widthPx + endX; i++) {
          const value = samples[i];
          if (Number.isFinite(value)) {
            sum += value;
            count++;
          }
        }
      }
      means[outY * outWidth + outX] = count > 0 ? sum / count : Number.NaN;
    }
  }
  return { widthPx: outWidth, heightPx: outHeight, samples: means };
}

/** Of each d × d block, the pixel at offset ⌊(d − 1)/2⌋, clamped to the image; never a mixture, so labels may use it. */
function nearest<T extends SampleArray>(
  { widthPx, heightPx, samples }: { widthPx: number; heightPx: number; samples: T },
  d: number,
): { widthPx: number; heightPx: number; samples: T } {
  const outWidth = gridSize(widthPx, d);
  const outHeight = gridSize(heightPx, d);
  const offset = Math.floor((d - 1) / 2);
  const picked = new (samples.constructor as new (length: number) => T)(outWidth * outHeight);
  for (let outY = 0; outY < outHeight; outY++) {
    const y = Math.min(outY * d + offset, heightPx - 1);
    for (let outX = 0; outX < outWidth; outX++) {
      const x = Math.min(outX * d + offset, widthPx - 1);
      picked[outY * outWidth + outX] = samples[y * widthPx + x]!;
    }
  }
  return { widthPx: outWidth, heightPx: outHeight, samples: picked };
}

/** Labels on the output grid, always by nearest pixel. */
export function downsampleLabels(
  labels: { readonly widthPx: number; readonly heightPx: number; readonly labels: Uint32Array },
  downsample: number,
): { widthPx: number; heightPx: number; labels: Uint32Array } {
  if (downsample === 1) return labels;
  const { widthPx, heightPx, samples } = nearest(
    { widthPx: labels.widthPx, heightPx: labels.heightPx, samples: labels.labels },
    downsample,
  );
  return { widthPx, heightPx, labels: samples };
}
