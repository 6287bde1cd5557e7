import type { Picture, Region } from '../model/image';
import type { Box } from './layOutMarks';

/** The pixels of a picture that a box touches, which may have edges within them. */
export function pixelsOfBox({ x, y, width, height }: Box): Region {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return { x: left, y: top, widthPx: Math.ceil(x + width) - left, heightPx: Math.ceil(y + height) - top };
}

/**
 * Whether white marks can be read on a box: the mean luminance of its pixels (Rec. 709 weights) is below one half.
 * @param drawn the pixels of the box, or more of the picture
 * @param corner where those begin in the picture
 */
export function isDark({ widthPx, rgb }: Picture, box: Box, corner = { x: 0, y: 0 }): boolean {
  const pixels = pixelsOfBox(box);
  let sum = 0;
  for (let row = 0; row < pixels.heightPx; row++) {
    let o = ((pixels.y + row - corner.y) * widthPx + pixels.x - corner.x) * 3;
    for (let i = 0; i < pixels.widthPx; i++, o += 3) sum += 0.2126 * rgb[o] + 0.7152 * rgb[o + 1] + 0.0722 * rgb[o + 2];
  }
  return sum / (pixels.widthPx * pixels.heightPx) < 127.5;
}
