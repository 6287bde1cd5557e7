import PDFDocument from 'pdfkit';
import { type BundledFonts, type FontFile, splitByFont, textWidth } from '../model/fontOutlines';
import { escapeXml } from './escapeXml';
import { toUnicodeMap } from './toUnicodeMap';
import { embeddedDescription } from './xmpPacket';

/** What a document says of itself. */
export interface PdfFacts {
  readonly title: string;
  readonly subject: string;
  /** The recipe that it was made with, as text. */
  readonly embedded?: string | undefined;
}

/** What PDFKit makes of a font that is embedded, as far as it matters here. */
interface EmbeddedFont {
  readonly document: { ref(data: object): PDFKit.PDFKitReference };
  /** The characters of each glyph. */
  readonly unicode: readonly (readonly number[] | undefined)[];
  toUnicodeCmap(): PDFKit.PDFKitReference;
}

/** The widths that the layout reckoned with are those of the characters alone. */
const features = { kern: false, liga: false, clig: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[];

/**
 * PDFKit's document without its clock, with metadata that are well-formed whatever the text, with the bundled fonts, and with
 * one element around all that is in it, as tagged PDF asks (ISO 32000-2, 14.8.4.3). Gives what it has written when it is
 * asked, so that it need not be kept until the end.
 */
export class PdfDocument extends PDFDocument {
  /** Only declared: what PDFKit's constructor writes is there before ours could make it. */
  declare private pieces: Buffer[] | undefined;

  /** The font that text is written in now, and all that were used. */
  declare private _font: EmbeddedFont;
  private readonly opened = new Map<FontFile, EmbeddedFont>();
  private readonly whole: PDFKit.PDFStructureElement;

  constructor(
    private readonly facts: PdfFacts,
    private readonly fonts: BundledFonts,
  ) {
    super({
      autoFirstPage: false,
      pdfVersion: '1.7',
      lang: 'en',
      tagged: true,
      displayTitle: true,
      font: Buffer.from(fonts.files[0].bytes) as unknown as string,
      info: {
        Title: facts.title,
        Subject: facts.subject,
        Creator: 'Multiplex Batch Export',
        CreationDate: new Date(0),
      },
    });
    // PDFKit insists on a date, of which it makes the file's identity, too; what is not enumerable is not written.
    Object.defineProperty(this.info, 'CreationDate', { enumerable: false });
    this.keepOpened(fonts.files[0]);
    this.whole = this.struct('Document');
    this.addStructure(this.whole);
  }

  /** Adds what was drawn as `content` to the document's structure. */
  tell(type: 'Figure' | 'P', content: PDFKit.PDFStructureContent, options: { readonly alt?: string } = {}): void {
    this.whole.add(this.struct(type, options, [content]));
  }

  /** A line of text whose baseline begins at a point, each character in the first font that has it. */
  writeLine(line: string, x: number, baselineY: number, size: number): void {
    let penX = x;
    this.fontSize(size);
    for (const { text, file } of splitByFont(line, this.fonts)) {
      this.use(file);
      this.text(text, penX, baselineY, { lineBreak: false, baseline: 'alphabetic', features });
      penX += textWidth(text, this.fonts, size);
    }
  }

  private use(file: FontFile): void {
    const font = this.opened.get(file);
    if (font) {
      this._font = font;
      return;
    }
    this.font(Buffer.from(file.bytes));
    this.keepOpened(file);
  }

  private keepOpened(file: FontFile): void {
    const font = this._font;
    this.opened.set(file, font);
    font.toUnicodeCmap = () => {
      const map = font.document.ref({});
      map.end(toUnicodeMap(font.unicode));
      return map;
    };
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
