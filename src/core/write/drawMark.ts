import type { Mark } from '../model/figure';

/** Draws a mark on a page of a PDF; `scale` are the points of its unit. */
export function drawMark(document: PDFKit.PDFDocument, mark: Mark, scale: number): void {
  if (mark.kind === 'text') {
    document.fillColor(mark.color).fontSize(mark.size * scale);
    // The widths that the layout reckoned with are those of the characters alone.
    const features = { kern: false, liga: false, clig: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[];
    const at = [mark.x * scale, mark.baselineY * scale] as const;
    document.text(mark.text, ...at, { lineBreak: false, baseline: 'alphabetic', features });
    return;
  }
  const [x, y, width, height] = [mark.x, mark.y, mark.width, mark.height].map((value) => value * scale);
  if (mark.kind === 'box') {
    document.rect(x, y, width, height).fill(mark.color);
    return;
  }
  const gradient = document.linearGradient(x, y, x + width, y);
  for (const [i, color] of mark.colors.entries()) gradient.stop(i / (mark.colors.length - 1), color);
  document.rect(x, y, width, height).fill(gradient);
}
