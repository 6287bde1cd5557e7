/** Puts rows of a picture through one of PNG's filters; see `Kernels`. */
export function filterRows(rgb: Uint8Array, widthPx: number, filter: number, rows: Uint8Array): void {
  const length = 3 * widthPx;
  for (let i = 0, o = 0; i < rgb.length;) {
    rows[o++] = filter;
    for (let x = 0; x < length; x++, i++) rows[o++] = filter === 0 || x < 3 ? rgb[i] : rgb[i] - rgb[i - 3];
  }
}
