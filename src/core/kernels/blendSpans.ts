import { type ColorRows, spanElements } from './kernelWorld';

/** Blends colours over spans of pixels; see `Kernels`. */
export function blendSpans(spans: Uint32Array, alpha: number, { red, green, blue }: ColorRows): void {
  for (let at = 0; at < spans.length; at += spanElements) {
    const [from, to, color] = spans.subarray(at, at + spanElements);
    if (color === 0) continue;
    blend(red.subarray(from, to), alpha, (color >>> 16) & 0xff);
    blend(green.subarray(from, to), alpha, (color >>> 8) & 0xff);
    blend(blue.subarray(from, to), alpha, color & 0xff);
  }
}

function blend(values: Float64Array, alpha: number, byte: number): void {
  const added = alpha * (byte / 255);
  for (let i = 0; i < values.length; i++) values[i] = (1 - alpha) * Math.min(values[i], 1) + added;
}
