import { ExportError } from '../model/exportError';

/** What readers of PDF allow for a side (ISO 32000-1, annex C): 200 inches. */
const maxSidePt = 14_400;

/** `TooLarge` for a figure that no page can hold. */
export function requirePage(size: { readonly widthPt: number; readonly heightPt: number }): void {
  if (Math.max(size.widthPt, size.heightPt) <= maxSidePt) return;
  const [width, height] = [size.widthPt, size.heightPt].map((side) => Math.round(side));
  throw new ExportError(
    'TooLarge',
    `Expected a page of at most ${maxSidePt} points (200 inches) for PDF, but it is ${width} × ${height}; ask for more dots per inch, or a smaller print width.`,
  );
}
