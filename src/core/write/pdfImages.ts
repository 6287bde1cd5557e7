import { pngChunks } from './png/pngChunks';

interface SizePx {
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * A picture as PDFKit takes an opened image: embedded when it is drawn, and let go of then. Shown with its own pixels,
 * however large: nothing is made up between them.
 */
abstract class PdfImage {
  readonly width: number;
  readonly height: number;
  obj?: PDFKit.PDFKitReference;

  /** @param label its name, which no other image of the page has */
  constructor(
    readonly label: string,
    { widthPx, heightPx }: SizePx,
  ) {
    this.width = widthPx;
    this.height = heightPx;
  }

  /** For `image`, whose types know files and their bytes only. */
  asSource(): Buffer {
    return this as unknown as Buffer;
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
      Interpolate: false,
      ...this.encoding(),
    });
    this.obj.end(this.content());
  }

  /** How the content is encoded, in the words of PDF. */
  protected abstract encoding(): object;
  protected abstract content(): Buffer;
}

/**
 * A PNG of 8-bit RGB. The compressed rows go into the document as they are, which PNG and PDF compress alike (ISO 32000-1,
 * 7.4.4); PDFKit's own reader takes them byte by byte, 30 times their size in memory.
 */
export class PdfPng extends PdfImage {
  constructor(
    label: string,
    size: SizePx,
    private readonly png: Buffer,
  ) {
    super(label, size);
  }

  protected encoding(): object {
    return {
      Filter: 'FlateDecode',
      // 15: each row says which of PNG's filters it went through.
      DecodeParms: { Predictor: 15, Colors: 3, BitsPerComponent: 8, Columns: this.width },
    };
  }

  protected content(): Buffer {
    const rows = [...pngChunks(this.png)].filter(({ type }) => type === 'IDAT');
    return Buffer.concat(rows.map(({ data }) => data));
  }
}

/** A JPEG of three colours, which PDF takes whole. */
export class PdfJpeg extends PdfImage {
  constructor(
    label: string,
    size: SizePx,
    private readonly jpeg: Buffer,
  ) {
    super(label, size);
  }

  protected encoding(): object {
    return { Filter: 'DCTDecode' };
  }

  protected content(): Buffer {
    return this.jpeg;
  }
}
