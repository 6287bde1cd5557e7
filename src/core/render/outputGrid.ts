import type { LabelImage, Plane, Region, SampleArray } from '../model/image';

/** One channel on the output grid. NaN means "no finite pixel here", which is drawn as nothing. */
export interface GridPlane {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly samples: SampleArray;
  /** Of the first pixel, where the grid is a part of a larger plane that need not be copied. */
  readonly firstSample?: number;
  /** Samples from one row to the next; absent: as many as a row has. */
  readonly rowSamples?: number;
}

/** Labels on the output grid, or on a part of it; `xPx`, `yPx` is their top left in output pixels, maybe negative. */
export interface GridLabels extends LabelImage {
  readonly xPx: number;
  readonly yPx: number;
}

/** The size of an output grid: a last, partial block still makes a pixel. */
export function gridSize(sizePx: number, downsample: number): number {
  return Math.ceil(sizePx / downsample);
}

/**
 * Puts a region of a plane on the output grid, in blocks of `downsample` × `downsample` pixels anchored at the region's
 * corner; beyond the image there is nothing. A part of a plane at `downsample` 1 is a view of it, not a copy.
 * @param resample `mean`: over the finite pixels of a block that lie inside region and image; `nearest`: the pixel at
 *   offset ⌊(d − 1)/2⌋ in the block, clamped to the region
 */
export function toGridPlane(plane: Plane, region: Region, downsample: number, resample: 'mean' | 'nearest'): GridPlane {
  const { x, y, widthPx, heightPx } = region;
  const whole = x === 0 && y === 0 && widthPx === plane.widthPx && heightPx === plane.heightPx;
  if (whole && downsample === 1) return plane;
  const inside = x >= 0 && y >= 0 && x + widthPx <= plane.widthPx && y + heightPx <= plane.heightPx;
  if (inside && downsample === 1) {
    const { samples, widthPx: rowSamples } = plane;
    return { widthPx, heightPx, samples, firstSample: y * rowSamples + x, rowSamples };
  }
  return downsample === 1 || resample === 'nearest'
    ? nearestSamples(plane, region, downsample)
    : blockMeans(plane, region, downsample);
}

function blockMeans({ widthPx, heightPx, samples }: Plane, region: Region, d: number): GridPlane {
  const outWidth = gridSize(region.widthPx, d);
  const outHeight = gridSize(region.heightPx, d);
  const right = Math.min(region.x + region.widthPx, widthPx);
  const bottom = Math.min(region.y + region.heightPx, heightPx);
  const means = new Float64Array(outWidth * outHeight);
  for (let outY = 0; outY < outHeight; outY++) {
    const top = region.y + outY * d;
    const endY = Math.min(top + d, bottom);
    for (let outX = 0; outX < outWidth; outX++) {
      const left = region.x + outX * d;
      const endX = Math.min(left + d, right);
      let sum = 0;
      let count = 0;
      for (let y = Math.max(top, 0); y < endY; y++) {
        for (let i = y * widthPx + Math.max(left, 0); i < y * widthPx + endX; i++) {
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

function nearestSamples({ widthPx, heightPx, samples }: Plane, region: Region, d: number): GridPlane {
  const outWidth = gridSize(region.widthPx, d);
  const outHeight = gridSize(region.heightPx, d);
  const columns = pickedPixels(region.x, region.widthPx, d, 0, outWidth);
  const rows = pickedPixels(region.y, region.heightPx, d, 0, outHeight);
  const inside = columns.every((x) => x >= 0 && x < widthPx) && rows.every((y) => y >= 0 && y < heightPx);
  // Beyond the image there is no value; float64 holds every sample exactly, and NaN.
  const picked = inside
    ? new (samples.constructor as new (length: number) => SampleArray)(outWidth * outHeight)
    : new Float64Array(outWidth * outHeight).fill(Number.NaN);
  for (const [outY, y] of rows.entries()) {
    if (y < 0 || y >= heightPx) continue;
    for (const [outX, x] of columns.entries()) {
      if (x >= 0 && x < widthPx) picked[outY * outWidth + outX] = samples[y * widthPx + x];
    }
  }
  return { widthPx: outWidth, heightPx: outHeight, samples: picked };
}

/**
 * Labels on the output grid, always the nearest pixel, with up to `contextPx` output pixels beyond the region where the
 * image goes on: what lies there decides where outlines run. Ends where the image ends.
 */
export function toGridLabels(image: LabelImage, region: Region, downsample: number, contextPx: number): GridLabels {
  const { x, y, widthPx, heightPx } = region;
  const whole = x === 0 && y === 0 && widthPx === image.widthPx && heightPx === image.heightPx;
  if (whole && downsample === 1) return { ...image, xPx: 0, yPx: 0 };
  if (downsample === 1) return cropLabels(image, region, contextPx);
  const columns = span(region.x, region.widthPx, downsample, contextPx, image.widthPx);
  const rows = span(region.y, region.heightPx, downsample, contextPx, image.heightPx);
  const labels = new Uint32Array(columns.pixels.length * rows.pixels.length);
  let i = 0;
  for (const row of rows.pixels) {
    for (const column of columns.pixels) labels[i++] = image.labels[row * image.widthPx + column];
  }
  return {
    widthPx: columns.pixels.length,
    heightPx: rows.pixels.length,
    labels,
    xPx: columns.startPx,
    yPx: rows.startPx,
  };
}

/** Labels at full resolution, row by row. */
function cropLabels(image: LabelImage, region: Region, contextPx: number): GridLabels {
  const left = Math.max(0, region.x - contextPx);
  const top = Math.max(0, region.y - contextPx);
  const right = Math.max(left, Math.min(image.widthPx, region.x + region.widthPx + contextPx));
  const bottom = Math.max(top, Math.min(image.heightPx, region.y + region.heightPx + contextPx));
  const [widthPx, heightPx] = [right - left, bottom - top];
  const labels = new Uint32Array(widthPx * heightPx);
  for (let row = 0; row < heightPx; row++) {
    const from = (top + row) * image.widthPx + left;
    labels.set(image.labels.subarray(from, from + widthPx), row * widthPx);
  }
  return { widthPx, heightPx, labels, xPx: left - region.x, yPx: top - region.y };
}

/** The grid positions along one axis whose pixel lies inside the image, and those pixels. */
function span(
  start: number,
  lengthPx: number,
  d: number,
  contextPx: number,
  imagePx: number,
): { startPx: number; pixels: number[] } {
  const all = pickedPixels(start, lengthPx, d, -contextPx, gridSize(lengthPx, d) + contextPx);
  const inside = (pixel: number): boolean => pixel >= 0 && pixel < imagePx;
  const first = all.findIndex(inside);
  return { startPx: Math.max(first, 0) - contextPx, pixels: all.filter(inside) };
}

/** The pixel that each grid position from `from` up to `to` shows, along one axis of a region; ascending. */
export function pickedPixels(start: number, lengthPx: number, d: number, from: number, to: number): number[] {
  const size = gridSize(lengthPx, d);
  const offset = Math.floor((d - 1) / 2);
  return Array.from({ length: to - from }, (_, n) => {
    const position = from + n;
    const pixel = start + position * d + offset;
    // Only the last block of the region may be partial; positions beyond it are context.
    return position === size - 1 ? Math.min(pixel, start + lengthPx - 1) : pixel;
  });
}
