import { kernelWorld } from '../kernels/kernels';
import { spanElements } from '../kernels/kernelWorld';
import type { HexColor } from '../model/color';
import type { Canvas } from './compositeChannels';
import type { GridLabels } from './outputGrid';

/** The colour of a label; `undefined` for one that is not painted. */
export type ColorOfLabel = (label: number) => HexColor | undefined;

/** The colours of labels as `0xffrrggbb`, or 0 for none, each found once. */
export function rememberColors(colorOf: ColorOfLabel): (label: number) => number {
  const colors = new Map<number, number>();
  return (label) => {
    const known = colors.get(label);
    if (known !== undefined) return known;
    const hex = colorOf(label);
    const color = hex === undefined ? 0 : Number.parseInt(`ff${hex.slice(1)}`, 16);
    colors.set(label, color);
    return color;
  };
}

/**
 * Blends colours over labelled pixels: `RGB = (1 − α)·min(RGB, 1) + α·colour`. Changes the canvas.
 * @param colorOf as `rememberColors` says it
 * @param marked one byte for each of the labels; where it is 0, nothing is painted. Absent: everywhere
 */
export function paintLabels(
  canvas: Canvas,
  grid: GridLabels,
  colorOf: (label: number) => number,
  alpha: number,
  marked?: Uint8Array,
): void {
  const spans = labelSpans(canvas, grid, marked);
  let last = -1;
  let color = 0;
  for (let i = 2; i < spans.length; i += spanElements) {
    const label = spans[i];
    if (label !== last) color = colorOf((last = label));
    spans[i] = color;
  }
  kernelWorld().blendSpans(spans, alpha, canvas);
}

/** The spans of a canvas's pixels that have one label, in its scratch memory. */
function labelSpans(canvas: Canvas, grid: GridLabels, marked: Uint8Array | undefined): Uint32Array {
  const { topPx, widthPx, heightPx, red, scratch } = canvas;
  const { length } = red;
  const spans = new Uint32Array(scratch.buffer, scratch.byteOffset, spanElements * length);
  const labels = new Uint32Array(scratch.buffer, spans.byteOffset + spans.byteLength, length);
  const shown = new Uint8Array(scratch.buffer, labels.byteOffset + labels.byteLength, length);
  const firstX = Math.max(0, grid.xPx);
  const endX = Math.min(widthPx, grid.xPx + grid.widthPx);
  const firstY = Math.max(topPx, grid.yPx);
  const endY = Math.min(topPx + heightPx, grid.yPx + grid.heightPx);
  const isCovered = endX - firstX === widthPx && endY - firstY === heightPx;
  if (!isCovered) shown.fill(0);
  for (let y = firstY; y < endY && firstX < endX; y++) {
    const from = (y - grid.yPx) * grid.widthPx + firstX - grid.xPx;
    const to = from + endX - firstX;
    const at = (y - topPx) * widthPx + firstX;
    labels.set(grid.labels.subarray(from, to), at);
    if (marked) shown.set(marked.subarray(from, to), at);
    else if (!isCovered) shown.fill(1, at, at + to - from);
  }
  const count = kernelWorld().findSpans(labels, marked || !isCovered ? shown : undefined, spans);
  return spans.subarray(0, spanElements * count);
}
