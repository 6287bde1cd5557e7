import { definedKernels } from '../kernels/definedKernels';
import { kernelWorld, mostKernelBytes } from '../kernels/kernels';
import type { LabelImage } from '../model/image';

/** Rows go through the kernels' memory about so many pixels at once, which stay in the processor's caches. */
const piecePixels = 2 ** 16;
const bytesPerPixel = 5;

/**
 * The outline of every cell, inside it and exactly `linePx` thick: the labelled pixels from which a pixel of another
 * label (background included) is reached in at most `linePx` steps of the 4-neighbourhood. At width 1 this is
 * scikit-image's `find_boundaries(mode="inner", connectivity=1)`. The border of the image is no boundary.
 * @param gap the label of pixels that do not exist, if there is one: no cells, and as the image's border no boundary
 * @returns one byte per pixel, 1 on an outline
 */
export function findOutline({ widthPx, heightPx, labels }: LabelImage, linePx: number, gap?: number): Uint8Array {
  const outline = new Uint8Array(labels.length);
  if (labels.length === 0) return outline;
  const rows = { widthPx, linePx, ...(gap !== undefined && { gap }) };
  // Where an outline runs is known with so many rows above and below.
  const pieceRows = Math.min(heightPx, Math.max(Math.ceil(piecePixels / widthPx), 4 * linePx));
  const most = Math.min(heightPx, pieceRows + 2 * linePx) * widthPx;
  const kernels = most * bytesPerPixel > mostKernelBytes ? definedKernels() : kernelWorld();
  const [given, marked] = kernels.layOut<[Uint32Array, Uint8Array]>([Uint32Array, most], [Uint8Array, most]);
  for (let y = 0; y < heightPx; y += pieceRows) {
    const top = Math.max(0, y - linePx);
    const below = Math.min(heightPx, y + pieceRows);
    const bottom = Math.min(heightPx, below + linePx);
    const piece = given.subarray(0, (bottom - top) * widthPx);
    piece.set(labels.subarray(top * widthPx, bottom * widthPx));
    kernels.markOutlines(piece, rows, marked.subarray(0, piece.length));
    outline.set(marked.subarray((y - top) * widthPx, (below - top) * widthPx), y * widthPx);
  }
  return outline;
}
