import type { HexColor } from '../model/color';
import { toRgbFractions } from '../model/color';
import type { SampleArray } from '../model/image';
import type { GridPlane } from './outputGrid';
import { type ShareTable, shareTable } from './shareTables';

/**
 * Rows of a picture before they are rounded to 8 bits: sRGB fractions, row by row from the top left, each colour by itself.
 * More than 1 counts as 1. A few rows at a time stay in the processor's caches, and a large picture takes no more memory than
 * a small one.
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

/** So many pixels of a canvas fit the nearest cache; with four times as many the loops take up to twice as long. */
const canvasPixels = 2 ** 11;

/** The canvases of a picture, from top to bottom: each is black, and is the next one's memory when that is asked for. */
export function* canvasesOf(widthPx: number, heightPx: number): Generator<Canvas> {
  const rows = Math.min(heightPx, Math.max(1, Math.floor(canvasPixels / widthPx)));
  const [red, green, blue] = [0, 1, 2].map((color) => scratchOf(color, rows * widthPx));
  for (let topPx = 0; topPx < heightPx; topPx += rows) {
    const height = Math.min(rows, heightPx - topPx);
    const part = (color: Float64Array): Float64Array => color.subarray(0, height * widthPx).fill(0);
    yield { topPx, widthPx, heightPx: height, red: part(red), green: part(green), blue: part(blue) };
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
  const scale = 1 / (high - low);
  const weights = toRgbFractions(color);
  const tables = tablesOf(plane, low, scale, weights);
  return (canvas) => {
    const parts = [canvas.red, canvas.green, canvas.blue].filter((_, i) => weights[i] > 0);
    if (tables) {
      for (const [i, part] of parts.entries()) addLookedUp(part, plane, canvas.topPx, tables[i]);
      return;
    }
    // One type for the loops below, whatever the planes are: of several, they would be several times as slow.
    const values = scratchOf(3, canvas.red.length);
    copyRows(plane, canvas.topPx, values);
    const [first, second, third] = weights.filter((weight) => weight > 0);
    if (parts.length === 1) addOne(values, low, scale, parts[0], first);
    if (parts.length === 2) addTwo(values, low, scale, parts[0], first, parts[1], second);
    if (parts.length === 3) addThree(values, low, scale, parts[0], first, parts[1], second, parts[2], third);
  };
}

/** Tables for the colours that are not 0, if there are so few values that these pay. */
function tablesOf(
  { samples, widthPx, heightPx }: GridPlane,
  low: number,
  scale: number,
  weights: readonly number[],
): ShareTable[] | undefined {
  if (!(samples instanceof Uint8Array || samples instanceof Uint16Array)) return undefined;
  const values = 2 ** (8 * samples.BYTES_PER_ELEMENT);
  const tables = weights
    .filter((weight) => weight > 0)
    .map((weight) => shareTable(values, low, scale, weight, widthPx * heightPx));
  return tables.every((table) => table !== undefined) ? tables : undefined;
}

/** Adds what a table says of each sample. */
function addLookedUp(part: Float64Array, plane: GridPlane, topPx: number, table: ShareTable): void {
  const { samples, widthPx, firstSample = 0, rowSamples = widthPx } = plane;
  for (let start = 0, row = topPx; start < part.length; start += widthPx, row++) {
    addRow(part, start, start + widthPx, samples, firstSample + row * rowSamples, table);
  }
}

function addRow(
  part: Float64Array,
  start: number,
  end: number,
  samples: SampleArray,
  from: number,
  table: ShareTable,
): void {
  for (let i = start, sample = from; i < end; i++, sample++) part[i] += table[samples[sample]];
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

/**
 * Memory for a moment, by number: taking it anew for every few rows would keep the garbage collector busy. Pictures are drawn
 * one after the other, without waiting in between.
 */
const scratch: Float64Array[] = [];

function scratchOf(number: number, length: number): Float64Array {
  if (!scratch[number] || scratch[number].length < length) {
    scratch[number] = new Float64Array(Math.max(length, canvasPixels));
  }
  return scratch[number].subarray(0, length);
}

// How far each value is between the limits, 0 to 1, added to as many colours as the channel has: once for each number of
// them, because the share is found only once then. Not `share <= 0`: NaN must be nothing, too.

function addOne(values: Float64Array, low: number, scale: number, a: Float64Array, weightA: number): void {
  for (let i = 0; i < a.length; i++) {
    const share = (values[i] - low) * scale;
    if (share > 0) a[i] += (share < 1 ? share : 1) * weightA;
  }
}

function addTwo(
  values: Float64Array,
  low: number,
  scale: number,
  a: Float64Array,
  weightA: number,
  b: Float64Array,
  weightB: number,
): void {
  for (let i = 0; i < a.length; i++) {
    const share = (values[i] - low) * scale;
    if (!(share > 0)) continue;
    const n = share < 1 ? share : 1;
    a[i] += n * weightA;
    b[i] += n * weightB;
  }
}

function addThree(
  values: Float64Array,
  low: number,
  scale: number,
  a: Float64Array,
  weightA: number,
  b: Float64Array,
  weightB: number,
  c: Float64Array,
  weightC: number,
): void {
  for (let i = 0; i < a.length; i++) {
    const share = (values[i] - low) * scale;
    if (!(share > 0)) continue;
    const n = share < 1 ? share : 1;
    a[i] += n * weightA;
    b[i] += n * weightB;
    c[i] += n * weightC;
  }
}

/** Rounds a canvas to 8 bits, into its place in a picture: `⌊255·v + 0.5⌋`. */
export function toBytes({ topPx, widthPx, red, green, blue }: Canvas, bytes: Uint8Array): void {
  // Values are positive, of which the conversion to an integer is the floor.
  for (let i = 0, o = topPx * widthPx * 3; i < red.length; i++, o += 3) {
    bytes[o] = 255 * Math.min(red[i], 1) + 0.5;
    bytes[o + 1] = 255 * Math.min(green[i], 1) + 0.5;
    bytes[o + 2] = 255 * Math.min(blue[i], 1) + 0.5;
  }
}
