import { inflateSync } from 'node:zlib';
import type * as PdfJs from 'pdfjs-dist';

export interface PdfText {
  readonly text: string;
  /** Left end and baseline, in points from the page's top left. */
  readonly x: number;
  readonly y: number;
  readonly sizePt: number;
  readonly widthPt: number;
}

/** A rectangle that is filled, in points from the page's top left. */
export interface PdfRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

export interface PdfImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Buffer;
  /** On the page. */
  readonly widthPt: number;
  readonly heightPt: number;
  readonly x: number;
  readonly y: number;
}

/** What an independent reader, Mozilla's PDF.js, finds on a page of a document. */
export interface PdfFigure {
  readonly widthPt: number;
  readonly heightPt: number;
  readonly texts: readonly PdfText[];
  /** The texts that are not blank, in order. */
  readonly lines: readonly string[];
  readonly rectangles: readonly PdfRectangle[];
  readonly images: readonly PdfImage[];
  /** Of paths that are filled by the even-odd rule. */
  readonly evenOddFills: number;
  readonly title: string | undefined;
  readonly subject: string | undefined;
  readonly xmp: string;
  readonly alternatives: readonly string[];
}

type Matrix = readonly [number, number, number, number, number, number];
interface StructureNode {
  readonly alt?: string;
  readonly children?: readonly StructureNode[];
}

/** Reads a PDF of one page. */
export async function readPdf(bytes: Uint8Array): Promise<PdfFigure> {
  const pages = await readPdfPages(bytes);
  if (pages.length !== 1) throw new Error(`expected one page, found ${pages.length}`);
  return pages[0];
}

/** Reads a PDF, page by page. */
export async function readPdfPages(bytes: Uint8Array): Promise<PdfFigure[]> {
  const { getDocument, VerbosityLevel } = await loadPdfJs();
  const task = getDocument({
    data: Uint8Array.from(bytes),
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    verbosity: VerbosityLevel.ERRORS,
    stopAtErrors: true,
  });
  const document = await task.promise;
  try {
    const pages: PdfFigure[] = [];
    for (let number = 1; number <= document.numPages; number++) {
      pages.push(await readPage(document, await document.getPage(number)));
    }
    return pages;
  } finally {
    await task.destroy();
  }
}

async function readPage(document: PdfJs.PDFDocumentProxy, page: PdfJs.PDFPageProxy): Promise<PdfFigure> {
  const [left, bottom, right, top] = page.view as [number, number, number, number];
  const heightPt = top - bottom;
  const { items } = await page.getTextContent({ disableNormalization: true });
  const texts = items.flatMap((item): PdfText[] => {
    if (!('str' in item)) return [];
    const [, , , sizePt, x, y] = item.transform as number[];
    return [{ text: item.str, x, y: heightPt - y, sizePt, widthPt: item.width }];
  });
  const { info, metadata } = await document.getMetadata();
  const { Title, Subject } = info as { readonly Title?: string; readonly Subject?: string };
  return {
    widthPt: right - left,
    heightPt,
    texts,
    lines: texts.map(({ text }) => text).filter((text) => text.trim() !== ''),
    ...(await readDrawing(page, heightPt)),
    title: Title,
    subject: Subject,
    xmp: metadata === null ? '' : String(metadata.getRaw()),
    alternatives: alternativesIn((await page.getStructTree()) as StructureNode | null),
  };
}

/** PDF.js says on loading what drawing to a screen would need; nothing is drawn here. */
async function loadPdfJs(): Promise<typeof PdfJs> {
  const { warn, log } = console;
  console.warn = console.log = () => undefined;
  try {
    return await import('pdfjs-dist/legacy/build/pdf.mjs');
  } finally {
    Object.assign(console, { warn, log });
  }
}

function alternativesIn(node: StructureNode | null): string[] {
  if (!node) return [];
  return [...(node.alt === undefined ? [] : [node.alt]), ...(node.children ?? []).flatMap(alternativesIn)];
}

/** Follows the page's operators as far as shapes and pictures need it (ISO 32000-1, 8.2 to 8.5). */
async function readDrawing(
  page: PdfJs.PDFPageProxy,
  heightPt: number,
): Promise<Pick<PdfFigure, 'rectangles' | 'images' | 'evenOddFills'>> {
  const { OPS } = await loadPdfJs();
  const { fnArray, argsArray } = await page.getOperatorList();
  const rectangles: PdfRectangle[] = [];
  const images: PdfImage[] = [];
  let evenOddFills = 0;
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  let color = '#000000';
  const saved: (readonly [Matrix, string])[] = [];
  let pending: Omit<PdfRectangle, 'color'>[] = [];
  for (const [i, operator] of fnArray.entries()) {
    const args = argsArray[i] as unknown[];
    switch (operator) {
      case OPS.save:
        saved.push([matrix, color]);
        break;
      case OPS.restore:
        [matrix, color] = saved.pop()!;
        break;
      case OPS.transform:
        matrix = times(matrix, args as unknown as Matrix);
        break;
      case OPS.setFillRGBColor:
        color = toHex(args);
        break;
      case OPS.constructPath:
        pending = rectanglesOf(args as [number[], number[]], OPS.rectangle).map((box) => placed(matrix, box, heightPt));
        break;
      case OPS.fill:
        rectangles.push(...pending.map((box) => ({ ...box, color })));
        pending = [];
        break;
      case OPS.eoFill:
        evenOddFills++;
        pending = [];
        break;
      case OPS.endPath:
      case OPS.stroke:
      case OPS.fillStroke:
        pending = [];
        break;
      case OPS.paintImageXObject: {
        const found = page.objs.get(args[0] as string) as { width: number; height: number; data: Uint8Array };
        const { x, y, width, height } = placed(matrix, [0, 0, 1, 1], heightPt);
        images.push({
          widthPx: found.width,
          heightPx: found.height,
          rgb: Buffer.from(found.data),
          widthPt: width,
          heightPt: height,
          x,
          y,
        });
        break;
      }
    }
  }
  return { rectangles, images, evenOddFills };
}

function toHex(args: readonly unknown[]): string {
  const [first] = args;
  if (typeof first === 'string') return first;
  return `#${Buffer.from(args as number[]).toString('hex')}`;
}

/** A path comes as its steps and, apart from them, their numbers; only paths of rectangles alone are taken. */
function rectanglesOf(
  [steps, numbers]: readonly [readonly number[], readonly number[]],
  rectangle: number,
): number[][] {
  if (!steps.every((step) => step === rectangle)) return [];
  return steps.map((_, i) => numbers.slice(i * 4, i * 4 + 4));
}

function placed(m: Matrix, box: readonly number[], heightPt: number): Omit<PdfRectangle, 'color'> {
  const [x, y, width, height] = box;
  const corner = (px: number, py: number): [number, number] => [
    m[0] * px + m[2] * py + m[4],
    heightPt - (m[1] * px + m[3] * py + m[5]),
  ];
  const [[x0, y0], [x1, y1]] = [corner(x, y), corner(x + width, y + height)];
  return { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) };
}

function times(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

/** All that a PDF holds as text: its objects, and its streams inflated. One character for each byte. */
export function readableBytes(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  const parts = [text];
  for (const match of text.matchAll(/\/Length (\d+)\b[^]*?stream\r?\n/g)) {
    const start = match.index + match[0].length;
    const stream = pdf.subarray(start, start + Number(match[1]));
    if (match[0].includes('/FlateDecode')) parts.push(inflateSync(stream).toString('latin1'));
  }
  return parts.join('\n');
}

/** The TrueType files that a PDF carries, inflated. */
export function fontFilesIn(pdf: Buffer): Buffer[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/\/FontFile2 (\d+) 0 R/g)].map(([, object]) => {
    const at = text.indexOf(`\n${object} 0 obj`);
    const header = /^[^]*?\/Length (\d+)\b[^]*?stream\r?\n/.exec(text.slice(at))!;
    const start = at + header[0].length;
    const stream = pdf.subarray(start, start + Number(header[1]));
    return header[0].includes('/FlateDecode') ? inflateSync(stream) : stream;
  });
}
