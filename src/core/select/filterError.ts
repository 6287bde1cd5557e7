import { ExportError } from '../model/exportError';

/** So many characters of the filter are shown before and after the place of a fault: it shall fit on one line. */
const shownBefore = 40;
const shownAfter = 20;

/** Where in a filter something is wrong. */
interface FilterPlace {
  readonly filter: string;
  /** Counted from 0 in UTF-16 units, as editors and JavaScript count; kept in `details.position`. */
  readonly position: number;
  /** `FilterInvalid` unless told. */
  readonly code?: 'FilterInvalid' | 'ColumnNotFound';
}

/**
 * A fault at a place of a filter. The message is one line: what was expected and found, at which character (counted from
 * 1), the filter around it with a caret before that character, and what to do.
 * @param advice a whole sentence
 */
export function filterError(
  { filter, position, code = 'FilterInvalid' }: FilterPlace,
  expected: string,
  found: string,
  advice?: string,
): ExportError {
  const before = Array.from(filter.slice(0, position));
  const after = Array.from(filter.slice(position, position + 2 * shownAfter + 2));
  const start = before.length > shownBefore ? `…${before.slice(-shownBefore).join('')}` : before.join('');
  const end = after.length > shownAfter ? `${after.slice(0, shownAfter).join('')}…` : after.join('');
  const excerpt = onOneLine(`${start}^${end}`);
  const message = `Expected ${expected}, but found ${found} at character ${before.length + 1}: \`${excerpt}\`.`;
  return new ExportError(code, advice === undefined ? message : `${message} ${advice}`, { position });
}

/** More than a list of a hundred thousand labels has. */
const mostLength = 1_000_000;

/** That a filter or condition is no longer than anybody writes one: an expression that reads millions of parts runs out of stack. */
export function requireShort(filter: string): void {
  if (filter.length <= mostLength) return;
  const expected = `a filter of at most ${mostLength} characters`;
  throw filterError({ filter, position: mostLength }, expected, `${filter.length}, the first too many`);
}

/** A part of a filter, or a value of the table, in quotes and short enough for a message. */
export function quote(text: string): string {
  const characters = Array.from(text.slice(0, 100));
  const isShort = characters.length <= 40 && text.length <= 100;
  return `"${onOneLine(isShort ? text : `${characters.slice(0, 40).join('')}…`)}"`;
}

/** Line ends and other control characters, in a message, would break or garble its line. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');
}
