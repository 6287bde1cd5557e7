import PDFDocument from 'pdfkit';
import type { FontFile } from '../model/fontOutlines';
import { escapeXml } from './escapeXml';
import { embeddedDescription } from './xmpPacket';

/** What a document says of itself. */
export interface PdfFacts {
  readonly title: string;
  readonly subject: string;
  /** The recipe that it was made with, as text. */
  readonly embedded?: string | undefined;
}

/**
 * PDFKit's document without its clock, with metadata that are well-formed whatever the text, and with one font. Gives
 * what it has written when it is asked, so that it need not be kept until the end.
 */
export class PdfDocument extends PDFDocument {
  /** Only declared: what PDFKit's constructor writes is there before ours could make it. */
  declare private pieces: Buffer[] | undefined;

  constructor(
    private readonly facts: PdfFacts,
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
        Title: facts.title,
        Subject: facts.subject,
        Creator: 'Multiplex Batch Export',
        CreationDate: new Date(0),
      },
    });
    // PDFKit insists on a date, of which it makes the file's identity, too; what is not enumerable is not written.
    Object.defineProperty(this.info, 'CreationDate', { enumerable: false });
  }

  /** The pieces that were written since it was last asked. */
  takeWritten(): Buffer[] {
    const pieces = this.pieces ?? [];
    this.pieces = [];
    return pieces;
  }

  /** Called by PDFKit with each piece, in order, and `null` at the end; nothing is buffered by the stream that it is. */
  override push(piece: Buffer | null): boolean {
    this.pieces ??= [];
    if (piece) this.pieces.push(piece);
    return true;
  }

  /** Called by PDFKit while it writes the XMP packet; its own version has a clock and does not escape. */
  _addInfo(): void {
    const { title, subject, embedded } = this.facts;
    const alternatives = (value: string): string =>
      `<rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(value)}</rdf:li></rdf:Alt>`;
    this.appendXML(
      `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:title>${alternatives(title)}</dc:title><dc:description>${alternatives(subject)}</dc:description><xmp:CreatorTool>Multiplex Batch Export</xmp:CreatorTool></rdf:Description>`,
    );
    if (embedded !== undefined) this.appendXML(embeddedDescription(embedded));
  }
}
