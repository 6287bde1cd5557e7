import type { DecodedPicture } from './dataset';

/** What a scale bar is drawn in. JPEG blurs, so that half way to the contour is where ink begins and ends. */
export type Ink = 'white' | 'black';

/** Pixels of ink beside each other. */
export interface InkRun {
  readonly start: number;
  readonly length: number;
}

/** Whether all three colours of a pixel lie on the ink's side of the middle. */
export function isInk({ widthPx, rgb }: DecodedPicture, x: number, y: number, ink: Ink): boolean {
  const at = (y * widthPx + x) * 3;
  return [0, 1, 2].every((i) => rgb[at + i] >= 128 === (ink === 'white'));
}

/** The longest run of pixels of ink in a row. */
export function longestRunInRow(picture: DecodedPicture, y: number, ink: Ink): InkRun {
  let best = { start: -1, length: 0 };
  let start = 0;
  for (let x = 0; x < picture.widthPx; x++) {
    if (!isInk(picture, x, y, ink)) start = x + 1;
    else if (x + 1 - start > best.length) best = { start, length: x + 1 - start };
  }
  return best;
}

/** The run of ink in a column that a pixel is part of; of no length if it is not ink. */
export function runInColumn(picture: DecodedPicture, x: number, y: number, ink: Ink): InkRun {
  if (!isInk(picture, x, y, ink)) return { start: y, length: 0 };
  let [start, end] = [y, y + 1];
  while (start > 0 && isInk(picture, x, start - 1, ink)) start--;
  while (end < picture.heightPx && isInk(picture, x, end, ink)) end++;
  return { start, length: end - start };
}
