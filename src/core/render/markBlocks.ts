import type { HexColor } from '../model/color';
import type { Mark, MarkGroupName } from '../model/figure';
import { type FontOutlines, textWidth } from '../model/fontOutlines';
import type { InkColor, Place } from '../model/marks';
import type { MarkSizes, Medium } from './markSizes';
import { shownText } from './shownText';

/** The marks that are lists of rows. */
export type LegendName = 'channel-legend' | 'class-legend';

/** One line of a legend: a swatch or a ramp of colours, and what it stands for. A line with neither is a heading. */
export interface LegendRow {
  readonly name: string;
  readonly swatch?: HexColor;
  readonly ramp?: { readonly colors: readonly HexColor[]; readonly low: string; readonly high: string };
}

/** What is written on a figure, before it has a place. */
export type Decoration =
  | {
      readonly name: 'scale-bar';
      readonly place: Place;
      readonly color: InkColor;
      readonly label: string;
      /** Exact; whole pixels are made of it only where it is painted. */
      readonly lengthPx: number;
      readonly lengthUm: number;
    }
  | {
      readonly name: LegendName;
      readonly place: Place;
      readonly rows: readonly LegendRow[];
    }
  | { readonly name: 'title' | 'caption'; readonly place: Place; readonly text: string };

/** A rectangle of marks that stays in one piece, drawn from its own top left. */
export interface Block {
  readonly name: MarkGroupName;
  readonly width: number;
  readonly height: number;
  marks(ink: HexColor): Mark[];
}

/** Of a line of text, in its size: how far above the baseline capitals reach, and those with accents, and how far below. */
const capAscent = 0.8;
const ascent = 0.95;
const descent = 0.25;

/** So many texts are remembered, with what is known of them. */
const mostTexts = 1000;

/** The last maker of a font: thousands of crops have the same size, and the same marks. */
const lastMakers = new WeakMap<FontOutlines, { readonly key: string; readonly maker: BlockMaker }>();

/** A maker of blocks of these sizes, which may know texts that it has measured before. */
export function blockMaker(font: FontOutlines, sizes: MarkSizes, medium: Medium): BlockMaker {
  const key = JSON.stringify([medium, sizes]);
  const last = lastMakers.get(font);
  if (last?.key === key) return last.maker;
  const maker = new BlockMaker(font, sizes, medium);
  lastMakers.set(font, { key, maker });
  return maker;
}

/** Measures and draws blocks of one size. */
export class BlockMaker {
  /** Of texts: a long legend is measured in one column, in two, in three. */
  private readonly widths = new Map<string, number>();
  /** Of texts, as they are drawn. */
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly font: FontOutlines,
    private readonly sizes: MarkSizes,
    private readonly medium: Medium,
  ) {}

  /** A whole pixel where marks are painted, else as it is. */
  snap(value: number): number {
    return this.medium === 'raster' ? Math.round(value) : value;
  }

  private shown(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const shown = shownText(text, this.font);
    if (this.texts.size >= mostTexts) this.texts.clear();
    this.texts.set(text, shown);
    return shown;
  }

  private widthOf(text: string): number {
    const known = this.widths.get(text);
    if (known !== undefined) return known;
    const exact = textWidth(this.shown(text), this.font, this.sizes.font);
    const width = this.medium === 'raster' ? Math.ceil(exact) + 1 : exact;
    if (this.widths.size >= mostTexts) this.widths.clear();
    this.widths.set(text, width);
    return width;
  }

  private line(text: string, x: number, baselineY: number, color: HexColor): Mark {
    return { kind: 'text', x: this.snap(x), baselineY, size: this.sizes.font, text: this.shown(text), color };
  }

  private get descent(): number {
    const below = descent * this.sizes.font;
    return this.medium === 'raster' ? Math.ceil(below) : below;
  }

  /** Of the n-th line of a block, from 0. */
  private baselineOf(n: number): number {
    return n * this.sizes.lineHeight + this.snap(ascent * this.sizes.font);
  }

  /** The bar with its label above its middle. Its first mark is the bar. */
  scaleBar({ lengthPx, label }: { readonly lengthPx: number; readonly label: string }): Block & { barX: number } {
    const { font, gap, barThickness } = this.sizes;
    const length = this.snap(lengthPx);
    const labelWidth = this.widthOf(label);
    const width = Math.max(length, labelWidth);
    const labelHeight = this.snap(capAscent * font) + this.descent;
    const barX = this.snap((width - length) / 2);
    const barY = labelHeight + gap;
    return {
      name: 'scale-bar',
      width,
      height: barY + barThickness,
      barX,
      marks: (ink) => [
        { kind: 'box', x: barX, y: barY, width: length, height: barThickness, color: ink },
        this.line(label, (width - labelWidth) / 2, this.snap(capAscent * font), ink),
      ],
    };
  }

  /** Text broken into lines at blanks and line breaks; a word that is longer than `maxWidth` stands alone. */
  text(name: 'title' | 'caption', text: string, maxWidth: number): Block {
    const lines = text.split(/\r?\n/).flatMap((paragraph) => this.wrap(paragraph, maxWidth));
    return {
      name,
      width: Math.max(...lines.map((each) => this.widthOf(each))),
      height: this.baselineOf(lines.length - 1) + this.descent,
      marks: (ink) => lines.flatMap((each, i) => (each === '' ? [] : [this.line(each, 0, this.baselineOf(i), ink)])),
    };
  }

  private wrap(paragraph: string, maxWidth: number): string[] {
    const lines: string[] = [];
    let current = '';
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (current !== '' && this.widthOf(longer) > maxWidth) {
        lines.push(current);
        current = word;
      } else current = longer;
    }
    return [...lines, current];
  }

  /**
   * Rows below each other, their names and numbers in columns; with `mostRows` in several columns of rows, read downwards,
   * each as wide as its own rows.
   */
  legend(name: LegendName, rows: readonly LegendRow[], mostRows = rows.length): Block {
    let width = 0;
    const columns = splitRows(rows, mostRows).map((own) => {
      const parts = this.columnsOf(own);
      const x = width === 0 ? 0 : width + 2 * this.sizes.margin;
      width = x + Math.max(...own.map((row) => this.rowWidth(row, parts)));
      return { own, parts, x };
    });
    return {
      name,
      width,
      height: this.baselineOf(Math.max(...columns.map(({ own }) => own.length)) - 1) + this.descent,
      marks: (ink) =>
        columns.flatMap(({ own, parts, x }) =>
          own.flatMap((row, i) => this.legendRow(row, { ...parts, x, baselineY: this.baselineOf(i) }, ink)),
        ),
    };
  }

  /** Every row as a block of its own, to stand side by side. */
  legendPieces(name: LegendName, rows: readonly LegendRow[]): Block[] {
    return rows.map((row) => this.legend(name, [row]));
  }

  private columnsOf(rows: readonly LegendRow[]): { name: number; low: number; high: number } {
    const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => this.widthOf(text)));
    const ramps = rows.filter(({ ramp }) => ramp !== undefined);
    return {
      name: widest(ramps.map((row) => row.name)),
      low: widest(ramps.map(({ ramp }) => ramp!.low)),
      high: widest(ramps.map(({ ramp }) => ramp!.high)),
    };
  }

  private get swatchSide(): number {
    return this.snap(this.sizes.font * 0.7);
  }

  private get rampWidth(): number {
    return this.snap(this.sizes.font * 4);
  }

  private rowWidth(row: LegendRow, columns: { name: number; low: number; high: number }): number {
    const { gap, line } = this.sizes;
    const swatch = row.swatch === undefined ? 0 : this.swatchSide + 2 * line + 2 * gap;
    if (!row.ramp) return swatch + this.widthOf(row.name);
    return swatch + columns.name + columns.low + this.rampWidth + 2 * line + columns.high + 6 * gap;
  }

  /** `▪ name` or `▪ name low ▭ high`; numbers stand against their end of the ramp. */
  private legendRow(
    row: LegendRow,
    { baselineY, ...columns }: { name: number; low: number; x: number; baselineY: number },
    ink: HexColor,
  ): Mark[] {
    const { gap, line } = this.sizes;
    const side = this.swatchSide;
    const boxY = baselineY - side;
    const marks: Mark[] = [];
    let { x } = columns;
    if (row.swatch !== undefined) {
      marks.push(
        { kind: 'box', x, y: boxY - line, width: side + 2 * line, height: side + 2 * line, color: ink },
        { kind: 'box', x: x + line, y: boxY, width: side, height: side, color: row.swatch },
      );
      x += side + 2 * line + 2 * gap;
    }
    marks.push(this.line(row.name, x, baselineY, ink));
    if (!row.ramp) return marks;
    x += columns.name + 4 * gap;
    const { low, high, colors } = row.ramp;
    marks.push(this.line(low, x + columns.low - this.widthOf(low), baselineY, ink));
    x += columns.low + gap;
    const width = this.rampWidth;
    marks.push(
      { kind: 'box', x, y: boxY - line, width: width + 2 * line, height: side + 2 * line, color: ink },
      { kind: 'ramp', x: x + line, y: boxY, width, height: side, colors },
      this.line(high, x + width + 2 * line + gap, baselineY, ink),
    );
    return marks;
  }
}

/**
 * Rows in columns of at most `mostRows`; no heading stands at the end of one, away from what it heads, and where that would
 * take a column more, columns have a row more.
 */
function splitRows(rows: readonly LegendRow[], mostRows: number): LegendRow[][] {
  const columns: LegendRow[][] = [];
  for (let at = 0; at < rows.length;) {
    let end = Math.min(at + mostRows, rows.length);
    if (end < rows.length && end - at > 1 && isHeading(rows[end - 1])) end--;
    columns.push(rows.slice(at, end));
    at = end;
  }
  return columns.length > Math.ceil(rows.length / mostRows) ? splitRows(rows, mostRows + 1) : columns;
}

function isHeading({ swatch, ramp }: LegendRow): boolean {
  return swatch === undefined && ramp === undefined;
}
