import { type FontOutlines, textWidth } from '../model/fontOutlines';

const ellipsis = '…';

/**
 * A text in lines of at most a width, broken at blanks, and within a word only where it is longer than a line. What does
 * not fit into the last line is left out, with an ellipsis in its place.
 * @param size of the font, in the unit of `width`
 * @param mostLines at least 1
 */
export function wrapText(
  text: string,
  font: FontOutlines,
  size: number,
  width: number,
  mostLines = Infinity,
): string[] {
  const lines: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const line = lines.length + 1 < mostLines ? firstLine(rest, font, size, width) : rest;
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  const last = lines.length - 1;
  if (last >= 0) lines[last] = shortenText(lines[last], font, size, width);
  return lines.map((line) => line.trimEnd());
}

/** A text, or as much of its beginning as fits a width with an ellipsis. */
export function shortenText(text: string, font: FontOutlines, size: number, width: number): string {
  if (textWidth(text, font, size) <= width) return text;
  const room = width - textWidth(ellipsis, font, size);
  return `${text.slice(0, fitting(text, font, size, room)).trimEnd()}${ellipsis}`;
}

/** How an id is written: in one line, smaller if need be; in several where it would become too small to read. */
export function fitId(
  id: string,
  font: FontOutlines,
  { width, largest, smallest }: { readonly width: number; readonly largest: number; readonly smallest: number },
): { readonly size: number; readonly lines: readonly string[] } {
  const size = Math.min(largest, width / Math.max(textWidth(id, font, 1), Number.MIN_VALUE));
  if (size >= smallest) return { size, lines: [id] };
  return { size: smallest, lines: wrapText(id, font, smallest, width) };
}

/** At least one character, so that there is an end. */
function firstLine(text: string, font: FontOutlines, size: number, width: number): string {
  const end = fitting(text, font, size, width);
  if (end === text.length) return text;
  // A blank may hang over the edge, where nobody sees it.
  const blank = text.lastIndexOf(' ', end);
  if (blank > 0) return text.slice(0, blank);
  return text.slice(0, Math.max(end, String.fromCodePoint(text.codePointAt(0)!).length));
}

/** How much of a text, in UTF-16 units, is at most so wide; whole characters. */
function fitting(text: string, font: FontOutlines, size: number, width: number): number {
  let end = 0;
  let used = 0;
  for (const char of text) {
    used += textWidth(char, font, size);
    if (used > width) break;
    end += char.length;
  }
  return end;
}
