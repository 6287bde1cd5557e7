import type { Random } from './random';

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A Gaussian blur whose borders repeat the outermost pixel. From 5 px on, two box blurs stand in for the Gaussian. */
export function blur(field: Float32Array, size: Size, sigmaPx: number): Float32Array {
  const { widthPx, heightPx } = size;
  const filter = sigmaPx < 5 ? gaussianFilter(sigmaPx) : boxFilter(sigmaPx);
  const result = field.slice();
  for (let y = 0; y < heightPx; y++) filterLine(result, y * widthPx, 1, widthPx, filter);
  for (let x = 0; x < widthPx; x++) filterLine(result, x, widthPx, heightPx, filter);
  return result;
}

/** Smooth noise with mean 0 and standard deviation 1; features are about 2.5 × `sigmaPx` wide. */
export function smoothNoise(size: Size, sigmaPx: number, random: Random): Float32Array {
  const white = new Float32Array(size.widthPx * size.heightPx);
  for (let i = 0; i < white.length; i++) white[i] = random.next(); // the blur makes it near to normal
  return standardise(blur(white, size, sigmaPx));
}

/** Shifts and scales in place to mean 0 and standard deviation 1. */
export function standardise(field: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of field) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / field.length;
  const deviation = Math.sqrt(squares / field.length - mean * mean) || 1;
  for (let i = 0; i < field.length; i++) field[i] = (field[i] - mean) / deviation;
  return field;
}

/** 0 at or below `low`, 1 at or above `high`, smooth between. */
export function smoothStep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/** Filters `count` values out of a line that has `marginPx` more on both sides. */
interface LineFilter {
  readonly marginPx: number;
  readonly passes: number;
  readonly apply: (padded: Float64Array, filtered: Float64Array, count: number) => void;
}

/** Filters `count` values from `start`, `stride` apart. */
function filterLine(field: Float32Array, start: number, stride: number, count: number, filter: LineFilter): void {
  const { marginPx, passes, apply } = filter;
  const padded = new Float64Array(count + 2 * marginPx);
  const filtered = new Float64Array(count);
  for (let i = 0, p = start; i < count; i++, p += stride) filtered[i] = field[p];
  for (let pass = 0; pass < passes; pass++) {
    padded.fill(filtered[0], 0, marginPx);
    padded.set(filtered, marginPx);
    padded.fill(filtered[count - 1], marginPx + count);
    apply(padded, filtered, count);
  }
  for (let i = 0, p = start; i < count; i++, p += stride) field[p] = filtered[i];
}

function gaussianFilter(sigmaPx: number): LineFilter {
  const marginPx = Math.ceil(3 * sigmaPx);
  const kernel = Float64Array.from({ length: 2 * marginPx + 1 }, (_, i) =>
    Math.exp(-((i - marginPx) ** 2) / (2 * sigmaPx ** 2)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  return {
    marginPx,
    passes: 1,
    apply: (padded, filtered, count) => {
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) sum += kernel[k] * padded[i + k];
        filtered[i] = sum / total;
      }
    },
  };
}

/** Its two passes have a variance of `sigmaPx`² together, up to the rounding of the box to whole pixels. */
function boxFilter(sigmaPx: number): LineFilter {
  const marginPx = Math.round((Math.sqrt(6 * sigmaPx ** 2 + 1) - 1) / 2);
  const width = 2 * marginPx + 1;
  return {
    marginPx,
    passes: 2,
    apply: (padded, filtered, count) => {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += padded[k];
      for (let i = 0; i < count; i++) {
        filtered[i] = sum / width;
        sum += padded[i + width] - padded[i]; // the last one's NaN is not used
      }
    },
  };
}
