import { ExportError } from '../model/exportError';
import type { Mark } from '../model/figure';
import type { FontOutlines } from '../model/fontOutlines';
import type { GallerySettings } from '../model/gallery';
import type { GalleryCell, GalleryPage, PageBox } from '../model/galleryPage';
import { fitId, wrapText } from './fitText';
import { type GalleryFacts, type GalleryHeader, galleryHeader, type HeaderPlace } from './galleryHeader';
import { galleryInks } from './galleryInks';
import { shownText } from './shownText';

/** A picture of a gallery before it has a place, or why there is none. */
export interface GalleryEntry {
  /** What is written beneath it, in full whatever the room. */
  readonly id: string;
  /** Written beneath the id as far as there is room; may be empty. */
  readonly caption: string;
  /** The picture in words; may be empty. */
  readonly alt: string;
  /** Its place among `GalleryFacts.looks`. */
  readonly look: number;
  readonly problem?: GalleryProblem;
}

/** Why there is no picture. */
export interface GalleryProblem {
  readonly kind: 'failed' | 'skipped';
  readonly title: string;
  readonly reason: string;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const pointsPerMm = 72 / 25.4;
const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** Below this a picture shows nothing. */
const leastBoxPt = 14;

/** Captions leave so much of a cell to its picture. */
const pictureShare = 0.75;

/** In letters and lines of captions, what a frame without a picture has room for at least, if its cell has. */
const leastFrame = { letters: 16, lines: 5 };

const mostCaptionLines = 6;
const lineHeight = 1.25;
const line = 0.4;

/**
 * The pages of a gallery: a header, and pictures in rows and columns, each fitted without distortion above its id and
 * caption. All cells of a gallery have the same room; rows of pictures that are flatter move together.
 */
export class GalleryLayout {
  readonly pages: number;
  private tallest: GalleryHeader | undefined;
  private readonly perPage: number;
  private readonly page: Size;
  private readonly margin: number;
  private readonly header: HeaderPlace;
  private readonly gap: Size;
  private readonly cell: Size;
  /** Where the cells begin, under the tallest of all headers. */
  private readonly top: number;
  private readonly idSizes: { readonly width: number; readonly largest: number; readonly smallest: number };
  private readonly captionSize: number;
  private readonly captionLines: number;
  /** Of the ids, under the pictures. */
  private readonly idHeight: number;
  /** What a picture may take of its cell. */
  private readonly box: Size;

  /** `RecipeInvalid` if rows and columns, or the legend, leave no room for pictures. */
  constructor(
    private readonly settings: GallerySettings,
    private readonly facts: GalleryFacts,
    private readonly entries: readonly GalleryEntry[],
    private readonly font: FontOutlines,
  ) {
    const { rows, columns, page } = settings;
    this.perPage = rows * columns;
    this.pages = Math.max(1, Math.ceil(entries.length / this.perPage));
    this.page = { width: page.widthMm * pointsPerMm, height: page.heightMm * pointsPerMm };
    const shortSide = Math.min(this.page.width, this.page.height);
    this.margin = clamp(0.06 * shortSide, 8, 36);
    const width = this.page.width - 2 * this.margin;
    this.header = { x: this.margin, y: this.margin, width, textSize: clamp(shortSide / 80, 4.5, 9) };
    this.gap = { width: clamp((0.12 * width) / columns, 3, 14), height: clamp((0.12 * width) / columns, 4, 14) };
    this.top = this.margin + this.tallestHeader().height + 2.2 * this.header.textSize;
    const height = this.page.height - this.margin - this.top;
    this.cell = {
      width: (width - (columns - 1) * this.gap.width) / columns,
      height: (height - (rows - 1) * this.gap.height) / rows,
    };
    const largest = clamp(0.05 * this.cell.width, 5, 8);
    this.idSizes = { width: this.cell.width, largest, smallest: Math.min(4.5, largest) };
    this.captionSize = clamp(0.78 * largest, 4, 6.2);
    this.idHeight = entries.reduce((most, { id }) => Math.max(most, this.heightOfId(id)), 0);
    this.captionLines = this.linesOfCaptions();
    this.box = { width: this.cell.width, height: this.cell.height - this.wordsHeight(this.captionLines) };
    if (Math.min(this.box.width, this.box.height) >= leastBoxPt) return;
    const { legend } = this.tallestHeader();
    const withoutLegend = this.cell.height + legend.height / rows - this.wordsHeight(0);
    const isLegendToBlame = Math.min(this.box.width, withoutLegend) >= leastBoxPt;
    const found = isLegendToBlame
      ? `but the legend at the head of a page has ${legend.entries} entries and is ${Math.round(legend.height / pointsPerMm)} mm high; choose fewer channels or classes, or a larger page`
      : 'but each would be less than 5 mm wide or high; choose fewer rows or columns, or a larger page';
    throw new ExportError(
      'RecipeInvalid',
      `Expected room for ${rows} × ${columns} pictures with their ids on pages of ${page.widthMm} × ${page.heightMm} mm, ${found}.`,
    );
  }

  /** The entries of a page, from 0. */
  entriesOf(page: number): readonly GalleryEntry[] {
    return this.entries.slice(page * this.perPage, (page + 1) * this.perPage);
  }

  /**
   * A page, from 0.
   * @param sizes of its entries' pictures, in pixels; of one without a picture, of what it would have been, or `undefined`
   */
  layOut(
    page: number,
    sizes: readonly ({ readonly widthPx: number; readonly heightPx: number } | undefined)[],
  ): GalleryPage {
    const entries = this.entriesOf(page);
    const fitted = entries.map(({ problem }, i) => {
      const size = this.fit(sizes[i] ?? { widthPx: 1, heightPx: 1 });
      return problem ? this.withRoomForWords(size) : size;
    });
    const { columns } = this.settings;
    const rowHeights: number[] = [];
    for (const [i, { height }] of fitted.entries()) {
      const row = Math.floor(i / columns);
      rowHeights[row] = Math.max(rowHeights[row] ?? 0, height);
    }
    const between = this.wordsHeight(this.captionLines) + this.gap.height;
    const rowBottoms = rowHeights.map((_, row) => {
      const above = rowHeights.slice(0, row + 1).reduce((sum, height) => sum + height, 0);
      return this.top + above + row * between;
    });
    const cells = entries.map((entry, i): GalleryCell => {
      const { width, height } = fitted[i];
      const x = this.margin + (i % columns) * (this.cell.width + this.gap.width);
      // On one line with its neighbours, beside which it may be flat.
      return this.layOutCell(entry, { x, y: rowBottoms[Math.floor(i / columns)] - height, width, height });
    });
    const { header, margin } = this;
    const ruleY = margin + this.tallestHeader().height + 0.8 * header.textSize;
    return {
      widthPt: this.page.width,
      heightPt: this.page.height,
      header: this.headerOf(page).marks,
      rules: [{ kind: 'box', x: margin, y: ruleY, width: header.width, height: line, color: galleryInks.line }],
      cells,
    };
  }

  private layOutCell(entry: GalleryEntry, box: PageBox): GalleryCell {
    const { problem, alt } = entry;
    const words = [...this.idMarks(entry.id, box), ...this.captionMarks(entry, box)];
    const frame: Mark[] = [
      {
        kind: 'box',
        x: box.x - line,
        y: box.y - line,
        width: box.width + 2 * line,
        height: box.height + 2 * line,
        color: galleryInks.line,
      },
    ];
    if (!problem) return { box, frame, words, alt };
    return {
      box,
      frame: [...frame, { kind: 'box', ...box, color: galleryInks.frame }],
      words: [...this.problemMarks(problem, box), ...words],
    };
  }

  private idMarks(id: string, box: PageBox): Mark[] {
    const { size, lines } = fitId(shownText(id, this.font), this.font, this.idSizes);
    const top = box.y + box.height + this.padding;
    return lines.map((text, i) => {
      const baselineY = top + (i * lineHeight + 1) * size;
      return { kind: 'text', x: box.x, baselineY, size, text, color: galleryInks.text };
    });
  }

  private captionMarks({ id, caption }: GalleryEntry, box: PageBox): Mark[] {
    if (this.captionLines === 0) return [];
    const size = this.captionSize;
    const top = box.y + box.height + this.padding + this.heightOfId(id);
    const lines = wrapText(shownText(caption, this.font), this.font, size, this.cell.width, this.captionLines);
    return lines.map((text, i) => {
      const baselineY = top + (i * lineHeight + 1) * size;
      return { kind: 'text', x: box.x, baselineY, size, text, color: galleryInks.quiet };
    });
  }

  /** Why there is no picture, in the middle of its frame. */
  private problemMarks({ kind, title, reason }: GalleryProblem, box: PageBox): Mark[] {
    const size = this.captionSize;
    const inset = Math.min(size, 0.1 * box.width);
    const width = box.width - 2 * inset;
    const most = Math.max(1, Math.floor((box.height - 2 * inset) / (lineHeight * size)));
    const heading = wrapText(shownText(title, this.font), this.font, size, width, 1);
    const text = most > 1 ? wrapText(shownText(reason, this.font), this.font, size, width, most - 1) : [];
    const lines = [...heading, ...text];
    const top = box.y + (box.height - lines.length * lineHeight * size) / 2;
    return lines.map((each, i) => {
      const baselineY = top + (i * lineHeight + 1) * size;
      const headColor = kind === 'failed' ? galleryInks.problem : galleryInks.text;
      const color = i < heading.length ? headColor : galleryInks.quiet;
      return { kind: 'text', x: box.x + inset, baselineY, size, text: each, color };
    });
  }

  private fit({ widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number }): Size {
    const scale = Math.min(this.box.width / widthPx, this.box.height / heightPx);
    return { width: widthPx * scale, height: heightPx * scale };
  }

  /** The frame of a picture that is not there says why, also if the picture would have been a sliver. */
  private withRoomForWords({ width, height }: Size): Size {
    const size = this.captionSize;
    return {
      width: Math.max(width, Math.min(leastFrame.letters * size, this.box.width)),
      height: Math.max(height, Math.min(leastFrame.lines * lineHeight * size, this.box.height)),
    };
  }

  /** Between a picture and its id. */
  private get padding(): number {
    return 0.3 * this.idSizes.largest;
  }

  private wordsHeight(captionLines: number): number {
    return this.padding + this.idHeight + captionLines * lineHeight * this.captionSize;
  }

  private heightOfId(id: string): number {
    const { size, lines } = fitId(shownText(id, this.font), this.font, this.idSizes);
    return lines.length * lineHeight * size;
  }

  /** So many as the longest caption needs, if there is room for them, and as there is room for if not. */
  private linesOfCaptions(): number {
    const { font, captionSize: size, cell } = this;
    // Columns of a few words in tiny letters are no caption.
    if (cell.width < 22 * size) return 0;
    let most = mostCaptionLines;
    while (most > 0 && cell.height - this.wordsHeight(most) < pictureShare * cell.height) most--;
    let needed = 0;
    for (const { caption } of this.entries) {
      if (needed >= most) break;
      needed = Math.max(needed, wrapText(shownText(caption, font), font, size, cell.width, most).length);
    }
    return Math.min(needed, most);
  }

  private headerOf(page: number): GalleryHeader {
    const shown = [...new Set(this.entriesOf(page).map(({ look }) => look))];
    return galleryHeader(this.facts, shown, `Page ${page + 1} of ${this.pages}`, this.header, this.font);
  }

  private tallestHeader(): GalleryHeader {
    if (this.tallest) return this.tallest;
    const known = new Map<string, GalleryHeader>();
    for (let page = 0; page < this.pages; page++) {
      const key = [...new Set(this.entriesOf(page).map(({ look }) => look))].join();
      if (!known.has(key)) known.set(key, this.headerOf(page));
    }
    return (this.tallest = [...known.values()].reduce((a, b) => (b.height > a.height ? b : a)));
  }
}
