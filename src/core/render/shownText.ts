import type { FontOutlines } from '../model/fontOutlines';

/** One line as it is drawn: without line breaks and controls, and a box for what the font has no shape for. */
export function shownText(text: string, font: FontOutlines): string {
  // Composed: an accent of its own would stand beside its letter.
  const plain = text.normalize('NFC').replace(/[\s\p{Cc}]+/gu, ' ');
  return Array.from(plain, (char) => (font.has(char.codePointAt(0)!) ? char : '□')).join('');
}
