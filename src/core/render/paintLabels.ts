import { type HexColor, type RgbFractions, toRgbFractions } from '../model/color';
import type { Canvas } from './compositeChannels';
import type { GridLabels } from './outputGrid';

/** The colour of a label; `undefined` for one that is not painted. */
export type ColorOfLabel = (label: number) => HexColor | undefined;

/**
 * Blends colours over labelled pixels: `RGB = (1 − α)·RGB + α·colour`. Changes the canvas.
 * @param marked one byte for each of the labels; where it is 0, nothing is painted. Absent: everywhere
 */
export function paintLabels(
  canvas: Canvas,
  grid: GridLabels,
  colorOf: ColorOfLabel,
  alpha: number,
  marked?: Uint8Array,
): void {
  const { rgb } = canvas;
  let last = -1;
  let color: RgbFractions | undefined;
  const colors = new Map<number, RgbFractions | undefined>();
  const firstX = Math.max(0, -grid.xPx);
  const lastX = Math.min(grid.widthPx, canvas.widthPx - grid.xPx);
  const firstY = Math.max(0, -grid.yPx);
  const lastY = Math.min(grid.heightPx, canvas.heightPx - grid.yPx);
  for (let y = firstY; y < lastY; y++) {
    let i = y * grid.widthPx + firstX;
    let o = ((y + grid.yPx) * canvas.widthPx + firstX + grid.xPx) * 3;
    for (let x = firstX; x < lastX; x++, i++, o += 3) {
      if (marked?.[i] === 0) continue;
      const label = grid.labels[i];
      if (label !== last) {
        last = label;
        color = colors.get(label);
        if (!color && !colors.has(label)) {
          const hex = colorOf(label);
          color = hex && toRgbFractions(hex);
          colors.set(label, color);
        }
      }
      if (!color) continue;
      rgb[o] = (1 - alpha) * rgb[o] + alpha * color[0];
      rgb[o + 1] = (1 - alpha) * rgb[o + 1] + alpha * color[1];
      rgb[o + 2] = (1 - alpha) * rgb[o + 2] + alpha * color[2];
    }
  }
}
