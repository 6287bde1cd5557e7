import { ExportError } from '../model/exportError';
import type { Mark } from '../model/figure';
import type { BundledFonts } from '../model/fontOutlines';
import type { EmbeddablePicture, GalleryCell, GalleryPage } from '../model/galleryPage';
import { drawMark } from './drawMark';
import { type PdfFacts, PdfDocument } from './pdfDocument';
import { PdfJpeg, PdfPng } from './pdfImages';

/** A page, and how its pictures are got when they are drawn; `undefined` for a cell without one. */
export interface LoadedPage {
  readonly page: GalleryPage;
  readonly load: (cell: number) => Promise<EmbeddablePicture | undefined>;
}

/** What ten digits of an offset can say (ISO 32000-1, 7.5.4). */
const maxBytes = 9_999_999_999;

/**
 * A gallery as PDF, piece by piece: one picture at a time is in memory, its bytes as they are in its file. Words are real
 * text in an embedded font; pictures have their alternative text. Equal pages give equal bytes.
 * Fails with `TooLarge`.
 */
export async function* encodeGallery(
  facts: PdfFacts,
  pages: AsyncIterable<LoadedPage>,
  font: BundledFonts,
): AsyncGenerator<Uint8Array> {
  const document = new PdfDocument(facts, font);
  let bytes = 0;
  const written = (): Buffer[] => {
    const pieces = document.takeWritten();
    for (const piece of pieces) bytes += piece.length;
    if (bytes <= maxBytes) return pieces;
    throw new ExportError(
      'TooLarge',
      'Expected a gallery of at most 10 GB, which is what PDF can hold, but its pictures are larger; make them smaller, or choose fewer.',
    );
  };
  for await (const { page, load } of pages) {
    document.addPage({ size: [page.widthPt, page.heightPt], margin: 0 });
    drawArtifacts(document, page.rules);
    drawParagraph(document, page.header);
    for (const [i, cell] of page.cells.entries()) {
      drawCell(document, cell, await load(i), `Picture${i + 1}`);
      yield* written();
    }
    // Otherwise the page would wait for the next one.
    document.flushPages();
    yield* written();
  }
  document.end();
  yield* written();
}

function drawCell(
  document: PdfDocument,
  { box, frame, words, alt }: GalleryCell,
  picture: EmbeddablePicture | undefined,
  label: string,
): void {
  drawArtifacts(document, frame);
  if (picture) {
    const content = document.markStructureContent('Figure');
    const { x, y, width, height } = box;
    const image = new (picture.format === 'png' ? PdfPng : PdfJpeg)(label, picture, picture.bytes);
    document.image(image.asSource(), x, y, { width, height });
    document.endMarkedContent();
    document.tell('Figure', content, alt ? { alt } : {});
  }
  drawParagraph(document, words);
}

function drawParagraph(document: PdfDocument, marks: readonly Mark[]): void {
  const content = document.markStructureContent('P');
  for (const mark of marks) drawMark(document, mark, 1);
  document.endMarkedContent();
  document.tell('P', content);
}

/** What a reader for the blind passes over. */
function drawArtifacts(document: PdfDocument, marks: readonly Mark[]): void {
  document.markContent('Artifact');
  for (const mark of marks) drawMark(document, mark, 1);
  document.endMarkedContent();
}
