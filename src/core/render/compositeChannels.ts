import type { HexColor } from '../model/color';
import { toRgbFractions } from '../model/color';
import type { GridPlane } from './outputGrid';

/**
 * Rows of a picture before they are rounded to 8 bits: sRGB fractions, row by row from the top left, each colour by itself.
 * A few rows at a time stay in the processor's caches, and a large picture takes no more memory than a small one.
 */
export interface Canvas {
  /** The row of the picture that is the canvas's first. */
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly red: Float64Array;
  readonly green: Float64Array;
  readonly blue: Float64Array;
}

/** So many pixels of a canvas fit the caches. */
const canvasPixels = 2 ** 13;

/** The canvases of a picture, from top to bottom: each is black, and is the next one's memory when that is asked for. */
export function* canvasesOf(widthPx: number, heightPx: number): Generator<Canvas> {
  const rows = Math.min(heightPx, Math.max(1, Math.floor(canvasPixels / widthPx)));
  for (let topPx = 0; topPx < heightPx; topPx += rows) {
    const height = Math.min(rows, heightPx - topPx);
    const part = (color: string): Float64Array => scratchOf(color, height * widthPx).fill(0);
    yield { topPx, widthPx, heightPx: height, red: part('red'), green: part('green'), blue: part('blue') };
  }
}

export interface CompositeLayer {
  readonly plane: GridPlane;
  readonly color: HexColor;
  readonly contrastLimits: readonly [number, number];
}

/**
 * The additive composite of any number of channels, for the rows of a canvas, which is black before:
 * `RGB = clip(Σ n·colour, 0, 1)` with `n = clip((v − low)/(high − low), 0, 1)`, colours as sRGB fractions. NaN adds
 * nothing; +∞ counts as 1. All planes are as wide as the canvas.
 */
export function compositeChannels(canvas: Canvas, layers: readonly CompositeLayer[]): void {
  const { topPx, red, green, blue } = canvas;
  for (const { plane, color, contrastLimits } of layers) {
    const [low, high] = contrastLimits;
    // One type for the loop below, whatever the planes are: of several, it would be several times as slow.
    const values = scratchOf('values', red.length);
    copyRows(plane, topPx, values);
    toShares(values, low, 1 / (high - low));
    const [redPart, greenPart, bluePart] = toRgbFractions(color);
    if (redPart > 0) addShares(red, values, redPart);
    if (greenPart > 0) addShares(green, values, greenPart);
    if (bluePart > 0) addShares(blue, values, bluePart);
  }
  for (const part of [red, green, blue]) clip(part);
}

/** As many rows of a plane as fit. */
function copyRows(plane: GridPlane, topPx: number, values: Float64Array): void {
  const { samples, widthPx, firstSample = 0, rowSamples = widthPx } = plane;
  if (rowSamples === widthPx) {
    const from = firstSample + topPx * widthPx;
    values.set(samples.subarray(from, from + values.length));
    return;
  }
  for (let row = 0; row * widthPx < values.length; row++) {
    const from = firstSample + (topPx + row) * rowSamples;
    values.set(samples.subarray(from, from + widthPx), row * widthPx);
  }
}

const scratch = new Map<string, Float64Array>();

/**
 * Memory for a moment, by what it is for: taking it anew for every few rows would keep the garbage collector busy. Pictures
 * are drawn one after the other, without waiting in between.
 */
function scratchOf(what: string, length: number): Float64Array {
  let array = scratch.get(what);
  if (!array || array.length < length) scratch.set(what, (array = new Float64Array(Math.max(length, canvasPixels))));
  return array.subarray(0, length);
}

/** How far each value is between the limits, 0 to 1. */
function toShares(values: Float64Array, low: number, scale: number): void {
  for (let i = 0; i < values.length; i++) {
    const share = (values[i] - low) * scale;
    // Not `share <= 0`: NaN must be nothing, too.
    values[i] = share > 0 ? Math.min(share, 1) : 0;
  }
}

function addShares(part: Float64Array, shares: Float64Array, weight: number): void {
  for (let i = 0; i < part.length; i++) part[i] += shares[i] * weight;
}

function clip(part: Float64Array): void {
  for (let i = 0; i < part.length; i++) part[i] = Math.min(part[i], 1);
}

/** Rounds a canvas to 8 bits, into its place in a picture: `⌊255·v + 0.5⌋`. */
export function toBytes({ topPx, widthPx, red, green, blue }: Canvas, bytes: Uint8Array): void {
  // Values are positive, of which the conversion to an integer is the floor.
  for (let i = 0, o = topPx * widthPx * 3; i < red.length; i++, o += 3) {
    bytes[o] = 255 * red[i] + 0.5;
    bytes[o + 1] = 255 * green[i] + 0.5;
    bytes[o + 2] = 255 * blue[i] + 0.5;
  }
}
