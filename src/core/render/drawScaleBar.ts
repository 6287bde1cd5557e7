import { ExportError } from '../model/exportError';
import type { FontOutlines } from '../model/fontOutlines';
import type { Picture } from '../model/image';
import type { DrawnScaleBar } from '../model/plan';
import { chooseScaleBarUm, formatLength } from './chooseScaleBar';
import { rasterizeText, textBaselinePx } from './rasterizeText';

export interface ScaleBarOptions {
  /** µm per pixel of this picture, downsampling included. */
  readonly pixelSizeUm: number;
  /** An automatic bar is at most this share of the picture's width. */
  readonly maxFraction: number;
  readonly font: FontOutlines;
}

interface Layout {
  readonly marginPx: number;
  readonly fontPx: number;
  readonly thicknessPx: number;
  readonly gapPx: number;
  /** A contour of the opposite tone around the marks, so that they are read, and the bar ends, on any background. */
  readonly haloPx: number;
}

/** Sizes follow the picture's shorter side, within what can be read and what does not shout. */
function layoutFor({ widthPx, heightPx }: Picture): Layout {
  const side = Math.min(widthPx, heightPx);
  const fontPx = Math.min(Math.max(Math.round(side * 0.035), 10), 160);
  return {
    fontPx,
    marginPx: Math.max(Math.round(side * 0.02), 3),
    thicknessPx: Math.max(Math.round(fontPx * 0.22), 2),
    gapPx: Math.max(Math.round(fontPx * 0.25), 2),
    haloPx: Math.max(Math.round(fontPx * 0.1), 1),
  };
}

/**
 * Draws a bar of a round length with its label into the bottom right corner, or into a black strip below the picture
 * when the two do not fit inside. The bar's pixels are whole, so that its drawn length is within half a pixel of the
 * true one. Returns a new picture.
 */
export function drawScaleBar(
  picture: Picture,
  options: ScaleBarOptions,
): Picture & { scaleBar: DrawnScaleBar; note?: string } {
  const lengthUm = chooseScaleBarUm(picture.widthPx * options.pixelSizeUm * options.maxFraction);
  const lengthPx = Math.round(lengthUm / options.pixelSizeUm);
  if (lengthPx < 1) {
    throw new ExportError(
      'ScaleBarTooShort',
      `Expected room for a scale bar of at least a pixel, but ${formatLength(lengthUm)} is less than half a pixel of this picture, ${picture.widthPx} pixels wide; make the picture larger, allow a longer bar, or switch it off.`,
    );
  }
  const layout = layoutFor(picture);
  const label = rasterizeText(formatLength(lengthUm), options.font, layout.fontPx);
  // A quarter em below the baseline is for descenders; µ has one.
  const labelTop = textBaselinePx(layout.fontPx) - Math.ceil(layout.fontPx * 0.75);
  const labelHeight = label.heightPx - labelTop;
  const blockWidth = Math.max(lengthPx, label.widthPx);
  const blockHeight = labelHeight + layout.gapPx + layout.thicknessPx;
  const fitsInside =
    blockWidth + 2 * layout.marginPx <= picture.widthPx && blockHeight + 2 * layout.marginPx <= picture.heightPx / 2;

  const canvas = fitsInside
    ? { ...picture, rgb: picture.rgb.slice() }
    : extend(
        picture,
        Math.max(picture.widthPx, blockWidth + 2 * layout.marginPx),
        picture.heightPx + blockHeight + 2 * layout.marginPx,
      );
  const left = canvas.widthPx - layout.marginPx - blockWidth;
  const top = canvas.heightPx - layout.marginPx - blockHeight;
  const barX = left + Math.floor((blockWidth - lengthPx) / 2);
  const barY = top + labelHeight + layout.gapPx;
  const labelX = left + Math.floor((blockWidth - label.widthPx) / 2);
  const white = !fitsInside || isDark(picture, left, top, blockWidth, blockHeight) ? 255 : 0;

  const marks = new Float32Array(blockWidth * blockHeight);
  for (let y = 0; y < labelHeight; y++) {
    const row = label.coverage.subarray((y + labelTop) * label.widthPx, (y + labelTop + 1) * label.widthPx);
    marks.set(row, y * blockWidth + labelX - left);
  }
  for (let y = barY - top; y < blockHeight; y++) {
    marks.fill(1, y * blockWidth + barX - left, y * blockWidth + barX - left + lengthPx);
  }
  blendMarks(canvas, { left, top, widthPx: blockWidth, heightPx: blockHeight, coverage: marks }, white, layout.haloPx);
  return {
    ...canvas,
    scaleBar: { lengthUm, xPx: barX, yPx: barY + Math.floor(layout.thicknessPx / 2), lengthPx },
    ...(!fitsInside && { note: 'scale bar in a margin strip below the picture' }),
  };
}

/** The picture at the top left of a larger black canvas. */
function extend(picture: Picture, widthPx: number, heightPx: number): Picture {
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < picture.heightPx; y++) {
    rgb.set(picture.rgb.subarray(y * picture.widthPx * 3, (y + 1) * picture.widthPx * 3), y * widthPx * 3);
  }
  return { widthPx, heightPx, rgb };
}

/** Whether white marks can be read on this box: its mean luminance (Rec. 709 weights) is below one half. */
function isDark(picture: Picture, left: number, top: number, width: number, height: number): boolean {
  let sum = 0;
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      const o = (y * picture.widthPx + x) * 3;
      sum += 0.2126 * picture.rgb[o] + 0.7152 * picture.rgb[o + 1] + 0.0722 * picture.rgb[o + 2];
    }
  }
  return sum / (width * height) < 127.5;
}

/** Marks as pixel coverage, 0…1, and where on the picture they lie. */
interface PlacedMarks {
  readonly left: number;
  readonly top: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly coverage: Float32Array;
}

/** Blends marks of one gray over the picture, first their halo in the opposite tone. Changes the picture. */
function blendMarks(picture: Picture, marks: PlacedMarks, gray: number, haloPx: number): void {
  const at = (x: number, y: number): number =>
    x >= 0 && y >= 0 && x < marks.widthPx && y < marks.heightPx
      ? Math.min(marks.coverage[y * marks.widthPx + x], 1)
      : 0;
  for (let y = -haloPx; y < marks.heightPx + haloPx; y++) {
    for (let x = -haloPx; x < marks.widthPx + haloPx; x++) {
      let halo = 0;
      for (let dy = -haloPx; dy <= haloPx; dy++) {
        for (let dx = -haloPx; dx <= haloPx; dx++) {
          if (dx * dx + dy * dy <= haloPx * haloPx + 1) halo = Math.max(halo, at(x + dx, y + dy));
        }
      }
      if (halo === 0) continue;
      const mark = at(x, y);
      const o = ((marks.top + y) * picture.widthPx + marks.left + x) * 3;
      for (let i = o; i < o + 3; i++) {
        const behind = (1 - halo) * picture.rgb[i] + halo * (255 - gray);
        picture.rgb[i] = Math.floor((1 - mark) * behind + mark * gray + 0.5);
      }
    }
  }
}
