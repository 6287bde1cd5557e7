import { spanElements } from './kernelWorld';

/** Finds spans of pixels that have one label; see `Kernels`. */
export function findSpans(labels: Uint32Array, marked: Uint8Array | undefined, spans: Uint32Array): number {
  const isIn = (i: number): boolean => i < labels.length && (!marked || marked[i] !== 0);
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    if (!isIn(i)) continue;
    const from = i;
    const label = labels[from];
    while (isIn(i + 1) && labels[i + 1] === label) i++;
    spans.set([from, i + 1, label], spanElements * count++);
  }
  return count;
}
