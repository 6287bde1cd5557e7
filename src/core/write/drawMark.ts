import type { Mark } from '../model/figure';
import type { PdfDocument } from './pdfDocument';

/** Draws a mark on a page of a PDF; `scale` are the points of its unit. */
export function drawMark(document: PdfDocument, mark: Mark, scale: number): void {
  if (mark.kind === 'text') {
    document.fillColor(mark.color);
    document.writeLine(mark.text, mark.x * scale, mark.baselineY * scale, mark.size * scale);
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
