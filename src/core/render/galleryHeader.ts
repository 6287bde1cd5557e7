import type { HexColor } from '../model/color';
import type { Mark } from '../model/figure';
import { type FontOutlines, textWidth } from '../model/fontOutlines';
import { shortenText, wrapText } from './fitText';
import { flowLegend } from './flowLegend';
import { galleryInks } from './galleryInks';
import type { LegendGroup } from './galleryLegend';
import { shownText } from './shownText';

/** What is said at the head of every page. */
export interface GalleryFacts {
  readonly title: string;
  /** The settings of the batch, one after the other. */
  readonly settings: readonly string[];
  /** The legends that pictures have: one for all, or several where ROIs have looks of their own. */
  readonly looks: readonly (readonly LegendGroup[])[];
}

/** Where a header is, in points from the page's top left. */
export interface HeaderPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Of the small text. */
  readonly textSize: number;
}

/** The head of a page; heights in points. */
export interface GalleryHeader {
  readonly marks: readonly Mark[];
  readonly height: number;
  readonly legend: { readonly height: number; readonly entries: number };
}

/** More legends than this on one page would leave no room for pictures. */
const mostLooks = 4;

const settingLines = 3;
const lineHeight = 1.4;

/**
 * The head of a page: the title with the page's number, the settings, and a legend of what the page shows.
 * @param shown positions of the looks of the page's pictures, each once
 */
export function galleryHeader(
  facts: GalleryFacts,
  shown: readonly number[],
  pageText: string,
  { x, y, width, textSize }: HeaderPlace,
  font: FontOutlines,
): GalleryHeader {
  const titleSize = 1.8 * textSize;
  const marks: Mark[] = [];
  const write = (text: string, at: number, baselineY: number, size: number, color: HexColor): void => {
    marks.push({ kind: 'text', x: at, baselineY, size, text, color });
  };
  const pageWidth = textWidth(pageText, font, textSize);
  const title = shortenText(shownText(facts.title, font), font, titleSize, width - pageWidth - titleSize);
  write(title, x, y + 0.8 * titleSize, titleSize, galleryInks.text);
  write(pageText, x + width - pageWidth, y + 0.8 * titleSize, textSize, galleryInks.quiet);
  let bottom = y + 1.1 * titleSize;
  const settings = shownText(facts.settings.join(' · '), font);
  for (const line of wrapText(settings, font, textSize, width, settingLines)) {
    write(line, x, bottom + textSize, textSize, galleryInks.quiet);
    bottom += lineHeight * textSize;
  }
  const looks = shown.length > mostLooks ? [[manyLooks]] : shown.map((i) => facts.looks[i]);
  const legend = flowLegend(looks, { x, y: bottom + 0.2 * textSize, width }, font, textSize);
  return {
    marks: [...marks, ...legend.marks],
    height: bottom + 0.2 * textSize + legend.height - y,
    legend: { height: legend.height, entries: looks.flat().reduce((sum, { rows }) => sum + rows.length, 0) },
  };
}

const manyLooks: LegendGroup = { title: 'Channels', rows: [{ name: 'each picture has its own: see beneath it' }] };
