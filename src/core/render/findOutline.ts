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
  for (let y = 0; y < height; y++) {
    // Beyond the image is nothing, and a pixel is no boundary with itself.
    const above = y > 0 ? -width : 0;
    const below = y < height - 1 ? width : 0;
    markRow(labels, y * width, width, above, below, gap ?? noLabel, outline);
  }
  let front = widthPx > 1 ? markedPixels(outline) : [];
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

/** No pixel has it. */
const noLabel = -1;

/** Marks the cells' pixels of a row that differ from a pixel beside, above or below them, other than one of the gap. */
function markRow(
  labels: Uint32Array,
  start: number,
  width: number,
  above: number,
  below: number,
  gap: number,
  outline: Uint8Array,
): void {
  const end = start + width;
  let left = labels[start];
  let label = left;
  for (let i = start; i < end; i++) {
    const right = i + 1 < end ? labels[i + 1] : label;
    if (label !== 0 && label !== gap) {
      const up = labels[i + above];
      const down = labels[i + below];
      const isBoundary =
        (left !== label && left !== gap) ||
        (right !== label && right !== gap) ||
        (up !== label && up !== gap) ||
        (down !== label && down !== gap);
      if (isBoundary) outline[i] = 1;
    }
    left = label;
    label = right;
  }
}

function markedPixels(outline: Uint8Array): number[] {
  const marked: number[] = [];
  for (let i = outline.indexOf(1); i >= 0; i = outline.indexOf(1, i + 1)) marked.push(i);
  return marked;
}
