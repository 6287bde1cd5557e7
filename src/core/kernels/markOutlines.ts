import type { OutlineRows } from './kernelWorld';

/** Marks the outlines of cells; see `Kernels`. */
export function markOutlines(labels: Uint32Array, { widthPx, linePx, gap }: OutlineRows, marked: Uint8Array): void {
  const isCell = (label: number): boolean => label !== 0 && label !== gap;
  const isOther = (label: number, other: number): boolean => other !== label && other !== gap;
  let front: number[] = [];
  for (let i = 0, x = 0; i < labels.length; i++, x = x + 1 < widthPx ? x + 1 : 0) {
    const label = labels[i];
    // Beyond the rows is nothing, and a pixel is no border with itself.
    const isBorder =
      isCell(label) &&
      (isOther(label, labels[x > 0 ? i - 1 : i]) ||
        isOther(label, labels[x + 1 < widthPx ? i + 1 : i]) ||
        isOther(label, labels[i >= widthPx ? i - widthPx : i]) ||
        isOther(label, labels[i + widthPx < labels.length ? i + widthPx : i]));
    marked[i] = isBorder ? 1 : 0;
    if (isBorder && linePx > 1) front.push(i);
  }
  // Each further step goes inwards: a step to another label would have put the pixel it starts from on the outline already.
  for (let step = 1; step < linePx && front.length > 0; step++) {
    const next: number[] = [];
    const visit = (i: number): void => {
      if (marked[i] === 1 || !isCell(labels[i])) return;
      marked[i] = 1;
      next.push(i);
    };
    for (const i of front) {
      const x = i % widthPx;
      if (x > 0) visit(i - 1);
      if (x + 1 < widthPx) visit(i + 1);
      if (i >= widthPx) visit(i - widthPx);
      if (i + widthPx < labels.length) visit(i + widthPx);
    }
    front = next;
  }
}
