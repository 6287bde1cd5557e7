import type { HexColor } from '../model/color';
import { toRgbFractions } from '../model/color';
import type { GridPlane } from './outputGrid';

/** A picture before it is rounded to 8 bits: three sRGB fractions per pixel, row by row from the top left. */
export interface Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Float32Array;
}

export interface CompositeLayer {
  readonly plane: GridPlane;
  readonly color: HexColor;
  readonly contrastLimits: readonly [number, number];
}

/**
 * The additive composite of any number of channels: `RGB = clip(Σ n·colour, 0, 1)` with
 * `n = clip((v − low)/(high − low), 0, 1)`, colours as sRGB fractions. NaN adds nothing; +∞ counts as 1.
 * All planes have one size.
 */
export function compositeChannels(layers: readonly CompositeLayer[], widthPx: number, heightPx: number): Canvas {
  const rgb = new Float32Array(widthPx * heightPx * 3);
  for (const { plane, color, contrastLimits } of layers) {
    const [low, high] = contrastLimits;
    const [red, green, blue] = toRgbFractions(color);
    const scale = 1 / (high - low);
    const samples = plane.samples;
    for (let i = 0, o = 0; i < samples.length; i++, o += 3) {
      const n = Math.min((samples[i] - low) * scale, 1);
      // Not `n <= 0`: NaN must be skipped, too.
      if (!(n > 0)) continue;
      rgb[o] += n * red;
      rgb[o + 1] += n * green;
      rgb[o + 2] += n * blue;
    }
  }
  for (let o = 0; o < rgb.length; o++) if (rgb[o] > 1) rgb[o] = 1;
  return { widthPx, heightPx, rgb };
}

/** Rounds to 8 bits: `⌊255·v + 0.5⌋`. */
export function toBytes(canvas: Canvas): Uint8Array {
  const bytes = new Uint8Array(canvas.rgb.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(255 * canvas.rgb[i] + 0.5);
  return bytes;
}
