/**
 * What changes how other text is shown, and is not seen itself: controls (also of terminals: escape sequences begin with
 * one), line and paragraph separators, marks, embeddings, overrides and isolates of writing direction, spaces and joiners of
 * no width, and halves of characters. Not the joiners within Persian words and emoji (U+200C, U+200D), nor any letter.
 */
const hidden = /[\p{Cc}\p{Cs}\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * One line as a person is to see it, whoever wrote the names in it: what would be invisible, break the line or reorder it is
 * written as an escape (`\n`, `\x1b`, `\u202e`). For what is shown only: names and files keep what they have.
 */
export function visibleText(line: string): string {
  return line.replace(hidden, (char) => shortEscapes[char] ?? escapeOf(char.charCodeAt(0)));
}

function escapeOf(code: number): string {
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The calls that led to an error, a line each: without its message, which may hold anything and has been said. */
export function callsOf(stack: string): string[] {
  return stack.split('\n').filter((line) => line.startsWith('    at '));
}
