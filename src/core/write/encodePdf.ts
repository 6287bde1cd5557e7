import PDFDocument from 'pdfkit';
import { ExportError } from '../model/exportError';
import type { Mark, MarkGroup, OutlineShape, VectorFigure } from '../model/figure';
import type { FontFile, FontOutlines } from '../model/fontOutlines';
import { escapeXml } from './escapeXml';
import { haloPath } from './haloPath';
import { pngChunks } from './pngChunks';
import { embeddedDescription } from './xmpPacket';

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

/**
 * A figure as a PDF page of exactly its size: the picture at its own pixels, outlines as paths, marks as shapes and
 * real text in an embedded font, the alternative text on the figure. Equal figures give equal bytes.
 * Fails with `TooLarge`.
 * @returns the file in pieces
 */
export async function encodePdf(figure: VectorFigure, font: FontOutlines & FontFile): Promise<Buffer[]> {
  const { layout, text, pointsPerPx: scale } = figure;
  const size = { widthPt: layout.width * scale, heightPt: layout.height * scale };
  requirePage(size);
  const document = new FigureDocument(figure, font);
  const pieces: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (piece: Buffer) => pieces.push(piece));
    document.on('end', resolve);
    document.on('error', reject);
  });
  document.addPage({ size: [size.widthPt, size.heightPt], margin: 0 });
  const content = document.markStructureContent('Figure');
  if (layout.width > figure.widthPx || layout.height > figure.heightPx) {
    document.rect(0, 0, size.widthPt, size.heightPt).fill(layout.background);
  }
  const [x, y] = [layout.pictureX * scale, layout.pictureY * scale];
  const place = { width: figure.widthPx * scale, height: figure.heightPx * scale };
  document.image(new RgbPng(figure) as unknown as Buffer, x, y, place);
  for (const shape of figure.outlines) drawOutline(document, shape, x, y, scale);
  for (const group of layout.groups) drawGroup(document, group, font, scale);
  document.endMarkedContent();
  document.addStructure(document.struct('Figure', { alt: text.alt }, [content]));
  document.end();
  await ended;
  return pieces;
}

/** PDFKit's document without its clock, and with metadata that are well-formed whatever the text. */
class FigureDocument extends PDFDocument {
  constructor(
    private readonly figure: VectorFigure,
    font: FontFile,
  ) {
    super({
      autoFirstPage: false,
      pdfVersion: '1.7',
      lang: 'en',
      tagged: true,
      displayTitle: true,
      font: Buffer.from(font.bytes) as unknown as string,
      info: {
        Title: figure.text.title,
        Subject: figure.text.caption,
        Creator: 'Multiplex Batch Export',
        CreationDate: new Date(0),
      },
    });
    // PDFKit insists on a date, of which it makes the file's identity, too; what is not enumerable is not written.
    Object.defineProperty(this.info, 'CreationDate', { enumerable: false });
  }

  /** Called by PDFKit while it writes the XMP packet; its own version has a clock and does not escape. */
  _addInfo(): void {
    const { embedded, text } = this.figure;
    const { title, caption } = text;
    const alternatives = (value: string): string =>
      `<rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(value)}</rdf:li></rdf:Alt>`;
    this.appendXML(
      `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:title>${alternatives(title)}</dc:title><dc:description>${alternatives(caption)}</dc:description><xmp:CreatorTool>Multiplex Batch Export</xmp:CreatorTool></rdf:Description>`,
    );
    if (embedded !== undefined) this.appendXML(embeddedDescription(embedded));
  }
}

/**
 * A PNG as PDFKit takes an opened image. The compressed rows go into the document as they are, which PNG and PDF compress
 * alike (ISO 32000-1, 7.4.4); PDFKit's own reader takes them byte by byte, 30 times their size in memory.
 */
class RgbPng {
  readonly label = 'Picture';
  readonly width: number;
  readonly height: number;
  obj?: PDFKit.PDFKitReference;

  constructor(private readonly figure: VectorFigure) {
    this.width = figure.widthPx;
    this.height = figure.heightPx;
  }

  /** Called by PDFKit when the image is drawn. */
  embed(document: PDFKit.PDFDocument): void {
    this.obj = document.ref({
      Type: 'XObject',
      Subtype: 'Image',
      BitsPerComponent: 8,
      ColorSpace: 'DeviceRGB',
      Width: this.width,
      Height: this.height,
      Filter: 'FlateDecode',
      // 15: each row says which of PNG's filters it went through.
      DecodeParms: { Predictor: 15, Colors: 3, BitsPerComponent: 8, Columns: this.width },
    });
    const rows = [...pngChunks(this.figure.png)].filter(({ type }) => type === 'IDAT');
    this.obj.end(Buffer.concat(rows.map(({ data }) => data)));
  }
}

/** The outlines of one mask in one colour: one path, written as it is, because PDFKit's parser is slow for long ones. */
function drawOutline(
  document: PDFKit.PDFDocument,
  { color, alpha, loops }: OutlineShape,
  x: number,
  y: number,
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

function drawGroup(document: PDFKit.PDFDocument, { marks, halo }: MarkGroup, font: FontOutlines, scale: number): void {
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

function drawMark(document: PDFKit.PDFDocument, mark: Mark, scale: number): void {
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
