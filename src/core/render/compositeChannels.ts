import { type HexColor, toRgbFractions } from '../model/color';
import { kernelKind } from '../kernels/kernelKind';
import { kernelWorld } from '../kernels/kernels';
import type { ColorRows, KernelSamples, Shares } from '../kernels/kernelWorld';
import type { GridPlane } from './outputGrid';

/**
 * Rows of a picture before they are rounded to 8 bits: sRGB fractions, row by row from the top left, each colour by itself.
 * More than 1 counts as 1. A few rows at a time stay in the processor's caches, and a large picture takes no more memory than
 * a small one.
 */
export interface Canvas extends ColorRows {
  /** The row of the picture that is the canvas's first. */
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** For what is drawn of a channel, of labels, or of the picture: `scratchBytes` to a pixel. */
  readonly scratch: Uint8Array<ArrayBuffer>;
}

/** Labels take the most: a span of 12 bytes, the label itself, and whether it is marked. */
const scratchBytes = 12 + 4 + 1;

/** So many pixels of a canvas fit the second cache. With fewer, calls into the kernels cost more than the first cache saves. */
const canvasPixels = 2 ** 14;

/**
 * The canvases of a picture, from top to bottom: each is black, and is the next one's memory when that is asked for. They lie
 * in the kernels' memory, so one picture is drawn at a time, and nothing else is laid out there meanwhile: no outline is found
 * and no block decoded.
 */
export function* canvasesOf(widthPx: number, heightPx: number): Generator<Canvas> {
  const rows = Math.min(heightPx, Math.max(1, Math.floor(canvasPixels / widthPx)));
  const pixels = rows * widthPx;
  const [red, green, blue, scratch] = kernelWorld().layOut<
    [Float64Array, Float64Array, Float64Array, Uint8Array<ArrayBuffer>]
  >([Float64Array, pixels], [Float64Array, pixels], [Float64Array, pixels], [Uint8Array, scratchBytes * pixels]);
  for (let topPx = 0; topPx < heightPx; topPx += rows) {
    const height = Math.min(rows, heightPx - topPx);
    const part = (color: Float64Array): Float64Array => color.subarray(0, height * widthPx).fill(0);
    yield { topPx, widthPx, heightPx: height, red: part(red), green: part(green), blue: part(blue), scratch };
  }
}

export interface CompositeLayer {
  readonly plane: GridPlane;
  readonly color: HexColor;
  readonly contrastLimits: readonly [number, number];
}

/**
 * The additive composite of any number of channels, as what draws it on one canvas after the other, which are black before:
 * `RGB = clip(Σ n·colour, 0, 1)` with `n = clip((v − low)/(high − low), 0, 1)`, colours as sRGB fractions. NaN adds
 * nothing; +∞ counts as 1. All planes are as wide as the canvases.
 */
export function compositeChannels(layers: readonly CompositeLayer[]): (canvas: Canvas) => void {
  const painters = layers.map(toPainter);
  return (canvas) => {
    for (const paint of painters) paint(canvas);
  };
}

function toPainter({ plane, color, contrastLimits }: CompositeLayer): (canvas: Canvas) => void {
  const [low, high] = contrastLimits;
  const shares: Shares = { low, scale: 1 / (high - low), weights: toRgbFractions(color) };
  return (canvas) => {
    kernelWorld().addShares(samplesOn(canvas, plane), shares, canvas);
  };
}

/** The samples of a canvas's pixels, in its scratch memory. */
function samplesOn({ topPx, heightPx, red, scratch }: Canvas, plane: GridPlane): KernelSamples {
  const { samples, widthPx, firstSample = 0, rowSamples = widthPx } = plane;
  const Kind = kernelKind(samples);
  const taken = new Kind(scratch.buffer, scratch.byteOffset, red.length);
  if (rowSamples === widthPx) {
    const from = firstSample + topPx * widthPx;
    taken.set(samples.subarray(from, from + taken.length));
    return taken;
  }
  for (let row = 0; row < heightPx; row++) {
    const from = firstSample + (topPx + row) * rowSamples;
    taken.set(samples.subarray(from, from + widthPx), row * widthPx);
  }
  return taken;
}

/** Rounds a canvas to 8 bits, into its place in a picture: `⌊255·v + 0.5⌋`. */
export function roundInto(canvas: Canvas, bytes: Uint8Array): void {
  const rgb = canvas.scratch.subarray(0, 3 * canvas.red.length);
  kernelWorld().toBytes(canvas, rgb);
  bytes.set(rgb, 3 * canvas.topPx * canvas.widthPx);
}
