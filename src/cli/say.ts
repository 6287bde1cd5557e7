import { visibleText } from '../core/index';

// All words of the command line go through here, so that no name in them, whoever gave it, does anything to a terminal.

/** One line on the standard output, or each of several, whatever is in them. */
export function say(lines: string | readonly string[]): void {
  process.stdout.write(asLines(lines));
}

/** The same on the standard error output: warnings, and what went wrong. */
export function complain(lines: string | readonly string[]): void {
  process.stderr.write(asLines(lines));
}

/** A document, or an event of NDJSON, on the standard output: exact, also where the values have what `say` would escape. */
export function sayJson(value: object, indent?: number): void {
  // JSON escapes the controls below U+0020 only, and terminals know more.
  const text = JSON.stringify(value, undefined, indent).replace(
    /[\x7f-\x9f]/g,
    (char) => `\\u00${char.charCodeAt(0).toString(16)}`,
  );
  process.stdout.write(`${text}\n`);
}

/** Writes over the last line of the terminal that errors go to, without ending it; an empty text takes it away. */
export function drawOver(line: string): void {
  process.stderr.write(`\r\x1b[K${visibleText(line)}`);
}

function asLines(lines: string | readonly string[]): string {
  return [lines]
    .flat()
    .map((line) => `${visibleText(line)}\n`)
    .join('');
}
