import type { LabelImage } from '../model/image';

/**
 * The outline of every cell, inside it and exactly `widthPx` thick: the labelled pixels from which a pixel of another
 * label (background included) is reached in at most `widthPx` steps of the 4-neighbourhood. At width 1 this is
 * scikit-image's `find_boundaries(mode="inner", connectivity=1)`. The border of the image is no boundary.
 * @param gap the label of pixels that do not exist, if there is one: no cells, and as the image's border no boundary
 * @returns one byte per pixel, 1 on an outline
 */
export function findOutline(
  { widthPx: width, heightPx: height, labels }: LabelImage,
  widthPx: number,
  gap?: number,
): Uint8Array {
  const outline = new Uint8Array(labels.length);
  let front: number[] = [];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const label = labels[i];
      if (label === 0 || label === gap) continue;
      const touchesOther =
        (x > 0 && labels[i - 1] !== label && labels[i - 1] !== gap) ||
        (x < width - 1 && labels[i + 1] !== label && labels[i + 1] !== gap) ||
        (y > 0 && labels[i - width] !== label && labels[i - width] !== gap) ||
        (y < height - 1 && labels[i + width] !== label && labels[i + width] !== gap);
      if (touchesOther) {
        outline[i] = 1;
        front.push(i);
      }
    }
  }
  // Each further step goes inwards: every pixel reached from here has the label it was reached from, because a step to
  // another label would have put the starting pixel on the outline already.
  for (let step = 1; step < widthPx && front.length > 0; step++) {
    const next: number[] = [];
    const visit = (i: number, label: number): void => {
      if (outline[i] === 0 && labels[i] === label) {
        outline[i] = 1;
        next.push(i);
      }
    };
    for (const i of front) {
      const x = i % width;
      const label = labels[i];
      if (x > 0) visit(i - 1, label);
      if (x < width - 1) visit(i + 1, label);
      if (i >= width) visit(i - width, label);
      if (i + width < labels.length) visit(i + width, label);
    }
    front = next;
  }
  return outline;
}
