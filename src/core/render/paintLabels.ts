import { type HexColor, type RgbFractions, toRgbFractions } from '../model/color';
import type { Canvas } from './compositeChannels';
import type { GridLabels } from './outputGrid';

/** The colour of a label; `undefined` for one that is not painted. */
export type ColorOfLabel = (label: number) => HexColor | undefined;

/** The colours of labels as fractions, each found once. */
export function rememberColors(colorOf: ColorOfLabel): (label: number) => RgbFractions | undefined {
  const colors = new Map<number, RgbFractions | undefined>();
  return (label) => {
    const known = colors.get(label);
    if (known || colors.has(label)) return known;
    const hex = colorOf(label);
    const color = hex && toRgbFractions(hex);
    colors.set(label, color);
    return color;
  };
}

/**
 * Blends colours over labelled pixels: `RGB = (1 − α)·RGB + α·colour`. Changes the canvas.
 * @param marked one byte for each of the labels; where it is 0, nothing is painted. Absent: everywhere
 */
export function paintLabels(
  { topPx, widthPx, heightPx, red, green, blue }: Canvas,
  grid: GridLabels,
  colorOf: (label: number) => RgbFractions | undefined,
  alpha: number,
  marked?: Uint8Array,
): void {
  let last = -1;
  let color: RgbFractions | undefined;
  const firstX = Math.max(0, -grid.xPx);
  const lastX = Math.min(grid.widthPx, widthPx - grid.xPx);
  const firstY = Math.max(0, topPx - grid.yPx);
  const lastY = Math.min(grid.heightPx, topPx + heightPx - grid.yPx);
  for (let y = firstY; y < lastY; y++) {
    let i = y * grid.widthPx + firstX;
    let o = (y + grid.yPx - topPx) * widthPx + firstX + grid.xPx;
    const end = i + lastX - firstX;
    for (; i < end; i++, o++) {
      if (marked) {
        // Most pixels are none of an outline's.
        const next = nextMarked(marked, i, end);
        o += next - i;
        i = next;
        if (i === end) break;
      }
      const label = grid.labels[i];
      if (label !== last) {
        last = label;
        color = colorOf(label);
      }
      if (!color) continue;
      red[o] = (1 - alpha) * Math.min(red[o], 1) + alpha * color[0];
      green[o] = (1 - alpha) * Math.min(green[o], 1) + alpha * color[1];
      blue[o] = (1 - alpha) * Math.min(blue[o], 1) + alpha * color[2];
    }
  }
}

function nextMarked(marked: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && marked[i] === 0) i++;
  return i;
}
