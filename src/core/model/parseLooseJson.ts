/** What other languages write for numbers that JSON does not have. */
const noNumber = /NaN|Infinity/;

/**
 * JSON, also with the numbers that Python and Java write and JSON does not have (`NaN`, `Infinity`, `-Infinity`): they are
 * read as null. Texts in which these words stand are left as they are.
 * @throws SyntaxError if it is no JSON otherwise
 */
export function parseLooseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!noNumber.test(text)) throw error;
    return JSON.parse(withNulls(text));
  }
}

/** Goes from one quote or word to the next: one expression for whole texts would keep a state for each of their characters. */
function withNulls(json: string): string {
  const next = /"|-?(?<![\w.$])(?:NaN|Infinity)(?![\w.$])/g;
  const parts: string[] = [];
  let from = 0;
  for (let found = next.exec(json); found; found = next.exec(json)) {
    if (found[0] === '"') {
      next.lastIndex = textEnd(json, found.index) + 1;
      continue;
    }
    parts.push(json.slice(from, found.index), 'null');
    from = next.lastIndex;
  }
  return parts.join('') + json.slice(from);
}

/** Where the quote is that closes the text beginning at `start`; the end if there is none. */
export function textEnd(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22) return i;
  }
  return json.length;
}
