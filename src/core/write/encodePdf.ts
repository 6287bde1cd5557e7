import type { MarkGroup, OutlineShape, VectorFigure } from '../model/figure';
import type { BundledFonts, FontOutlines } from '../model/fontOutlines';
import { drawMark } from './drawMark';
import { haloPath } from './haloPath';
import { PdfDocument } from './pdfDocument';
import { PdfPng } from './pdfImages';
import { requirePage } from './pdfPageSize';

/**
 * A figure as a PDF page of exactly its size: the picture at its own pixels, outlines as paths, marks as shapes and
 * real text in an embedded font, the alternative text on the figure. Equal figures give equal bytes.
 * Fails with `TooLarge`.
 * @returns the file in pieces
 */
export function encodePdf(figure: VectorFigure, font: BundledFonts): Buffer[] {
  const { layout, text, pointsPerPx: scale } = figure;
  const size = { widthPt: layout.width * scale, heightPt: layout.height * scale };
  requirePage(size);
  const document = new PdfDocument({ title: text.title, subject: text.caption, embedded: figure.embedded }, font);
  document.addPage({ size: [size.widthPt, size.heightPt], margin: 0 });
  const content = document.markStructureContent('Figure');
  if (layout.width > figure.widthPx || layout.height > figure.heightPx) {
    document.rect(0, 0, size.widthPt, size.heightPt).fill(layout.background);
  }
  const [x, y] = [layout.pictureX * scale, layout.pictureY * scale];
  const place = { width: figure.widthPx * scale, height: figure.heightPx * scale };
  document.image(new PdfPng('Picture', figure, figure.png).asSource(), x, y, place);
  for (const shape of figure.outlines) drawOutline(document, shape, [x, y], scale);
  for (const group of layout.groups) drawGroup(document, group, font, scale);
  document.endMarkedContent();
  document.tell('Figure', content, { alt: text.alt });
  document.end();
  return document.takeWritten();
}

/** The outlines of one mask in one colour: one path, written as it is, because PDFKit's parser is slow for long ones. */
function drawOutline(
  document: PdfDocument,
  { color, alpha, loops }: OutlineShape,
  [x, y]: readonly [number, number],
  scale: number,
): void {
  document.save().transform(scale, 0, 0, scale, x, y).fillColor(color, alpha);
  const lines = loops.map((loop) => {
    let path = `${loop[0]} ${loop[1]} m`;
    for (let i = 2; i < loop.length; i += 2) path += ` ${loop[i]} ${loop[i + 1]} l`;
    return `${path} h`;
  });
  document.addContent(lines.join('\n'));
  document.fill('even-odd').restore();
}

function drawGroup(document: PdfDocument, { marks, halo }: MarkGroup, font: FontOutlines, scale: number): void {
  if (halo) {
    const path = marks.map((mark) => haloPath(mark, font, scale)).join('');
    document
      .save()
      .lineJoin('round')
      .lineWidth(2 * halo.width * scale)
      .path(path);
    document.fillAndStroke(halo.color, halo.color).restore();
  }
  for (const mark of marks) drawMark(document, mark, scale);
}
