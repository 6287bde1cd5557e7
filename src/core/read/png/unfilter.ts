/**
 * Undoes the filter of a row of a PNG in place (PNG, "Filter types for filter method 0"); the row above it must have been
 * undone before. Throws for a filter that does not exist.
 * @param rows each row with the number of its filter before it
 * @param rowBytes of a row, without that number
 * @param pixelBytes of a whole pixel
 */
export function unfilter(rows: Uint8Array, row: number, rowBytes: number, pixelBytes: number): void {
  const start = row * (1 + rowBytes) + 1;
  const end = start + rowBytes;
  const filter = rows[start - 1];
  const up = row === 0 ? undefined : 1 + rowBytes;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = start + pixelBytes; i < end; i++) rows[i] += rows[i - pixelBytes];
      return;
    case 2:
      if (up !== undefined) for (let i = start; i < end; i++) rows[i] += rows[i - up];
      return;
    case 3:
      for (let i = start; i < end; i++) {
        const left = i - start < pixelBytes ? 0 : rows[i - pixelBytes];
        const above = up === undefined ? 0 : rows[i - up];
        rows[i] += (left + above) >> 1;
      }
      return;
    case 4:
      for (let i = start; i < end; i++) {
        const isFirst = i - start < pixelBytes;
        const left = isFirst ? 0 : rows[i - pixelBytes];
        const above = up === undefined ? 0 : rows[i - up];
        const aboveLeft = isFirst || up === undefined ? 0 : rows[i - up - pixelBytes];
        rows[i] += paeth(left, above, aboveLeft);
      }
      return;
    default:
      throw new Error(`its row ${row} says filter ${filter}, which does not exist`);
  }
}

/** The one of the three that is nearest to `left + above - aboveLeft`; of equal ones, the first. */
function paeth(left: number, above: number, aboveLeft: number): number {
  const toLeft = Math.abs(above - aboveLeft);
  const toAbove = Math.abs(left - aboveLeft);
  const toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}
