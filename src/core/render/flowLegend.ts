import type { HexColor } from '../model/color';
import type { Mark } from '../model/figure';
import { type FontOutlines, textWidth } from '../model/fontOutlines';
import { shortenText } from './fitText';
import { galleryInks } from './galleryInks';
import type { LegendGroup } from './galleryLegend';
import { shownText } from './shownText';

/** Something that stays in one piece in a line. */
interface Piece {
  readonly width: number;
  /** Before it, unless it begins a line. */
  readonly gap: number;
  marks(x: number, baselineY: number): Mark[];
}

/**
 * A gallery's legend in lines, as text flows: one paragraph for each of its looks.
 * @param place `x` and `y` of the first line's top, and the width of all lines, in points
 * @param size of the font, in points
 */
export function flowLegend(
  looks: readonly (readonly LegendGroup[])[],
  place: { readonly x: number; readonly y: number; readonly width: number },
  font: FontOutlines,
  size: number,
): { readonly marks: readonly Mark[]; readonly height: number } {
  const marks: Mark[] = [];
  let lines = 0;
  for (const groups of looks) {
    let x = place.x;
    let isFirst = true;
    for (const piece of groups.flatMap((group) => piecesOf(group, font, size, place.width))) {
      const breaks = !isFirst && x + piece.gap + piece.width > place.x + place.width;
      if (isFirst || breaks) {
        lines++;
        x = place.x;
      } else x += piece.gap;
      marks.push(...piece.marks(x, place.y + (lines - 1) * legendLine * size + ascent * size));
      x += piece.width;
      isFirst = false;
    }
  }
  return { marks, height: lines * legendLine * size };
}

/** Of a line, in the size of its text. */
const legendLine = 1.5;
const ascent = 1;

function piecesOf(group: LegendGroup, font: FontOutlines, size: number, width: number): Piece[] {
  const { text, quiet } = galleryInks;
  const title = words(group.title, quiet, font, size, width / 2);
  const rows = group.rows.map(({ name, detail, swatch, ramp }): Piece => {
    const parts = [
      ...(swatch === undefined ? [] : [swatchPiece(swatch, size)]),
      words(name, text, font, size, width / 2),
      ...(detail === undefined ? [] : [words(detail, quiet, font, size, width / 4)]),
      ...(ramp ? [words(ramp.low, quiet, font, size, width / 4), rampPiece(ramp.colors, size)] : []),
      ...(ramp ? [words(ramp.high, quiet, font, size, width / 4)] : []),
    ];
    return { ...together(parts), gap: 1.1 * size };
  });
  // A title at the end of a line would be far from what it is about.
  const [first, ...others] = rows;
  const beginning = first ? together([title, { ...first, gap: 0.8 * size }]) : title;
  return [{ ...beginning, gap: 2.4 * size }, ...others];
}

function together(parts: readonly Piece[]): Piece {
  const starts: number[] = [];
  let width = 0;
  for (const [i, part] of parts.entries()) {
    width += i === 0 ? 0 : part.gap;
    starts.push(width);
    width += part.width;
  }
  return {
    width,
    gap: 0,
    marks: (x, baselineY) => parts.flatMap((part, i) => part.marks(x + starts[i], baselineY)),
  };
}

function words(given: string, color: HexColor, font: FontOutlines, size: number, mostWidth: number): Piece {
  const text = shortenText(shownText(given, font), font, size, mostWidth);
  return {
    width: textWidth(text, font, size),
    gap: 0.4 * size,
    marks: (x, baselineY) => [{ kind: 'text', x, baselineY, size, text, color }],
  };
}

/** Framed, because a colour may be the paper's. */
function swatchPiece(color: HexColor, size: number): Piece {
  const side = 0.85 * size;
  const line = 0.09 * size;
  return {
    width: side,
    gap: 0,
    marks: (x, baselineY) => {
      const y = baselineY - 0.78 * size;
      const inner = { x: x + line, y: y + line, width: side - 2 * line, height: side - 2 * line };
      return [
        { kind: 'box', x, y, width: side, height: side, color: galleryInks.quiet },
        { kind: 'box', ...inner, color },
      ];
    },
  };
}

function rampPiece(colors: readonly HexColor[], size: number): Piece {
  const width = 6 * size;
  const height = 0.75 * size;
  return {
    width,
    gap: 0.4 * size,
    marks: (x, baselineY) => [{ kind: 'ramp', x, y: baselineY - height, width, height, colors }],
  };
}
