import { filterError, quote, requireShort } from './filterError';

/** Whether a ROI with these tags is meant. */
export type TagFilter = (tags: readonly string[]) => boolean;

/** Parentheses within parentheses; each level costs some frames of the stack. */
const maxDepth = 100;

const symbols: Readonly<Record<string, 'and' | 'or' | 'not' | undefined>> = {
  '&': 'and',
  and: 'and',
  '|': 'or',
  or: 'or',
  '!': 'not',
  '~': 'not',
  not: 'not',
};

/** What people write who know other languages. */
const advice: Readonly<Record<string, string | undefined>> = {
  '&&': 'Write &.',
  '||': 'Write |.',
  ',': 'Write & or |.',
};

interface TagToken {
  readonly kind: 'tag' | 'and' | 'or' | 'not' | '(' | ')' | 'other' | 'end';
  readonly position: number;
  readonly raw: string;
  /** Of a tag: the tag itself. */
  readonly tag: string;
}

/**
 * Reads a condition on tags, such as `(good & figure1) & !excluded`. From loosest to tightest: `|` `or`, `&` `and`, `!` `~`
 * `not`. A tag is written as it is if it holds no blank, quote, parenthesis or sign of the language; else, and if it is one
 * of the words `and`, `or`, `not`, in either quotes, in which a backslash stands before a quote or a backslash. Tags are
 * compared exactly, by letter case, too. Nothing of it is ever run as code.
 * @throws ExportError `FilterInvalid`, with `details.position` in UTF-16 units from 0
 */
export function parseTags(text: string): TagFilter {
  return new TagParser(text).parse();
}

class TagParser {
  private readonly tokens: readonly TagToken[];
  private next = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  parse(): TagFilter {
    const filter = this.disjunction();
    if (this.token.kind !== 'end') throw this.unexpected('"&", "|" or the end');
    return filter;
  }

  private get token(): TagToken {
    return this.tokens[this.next];
  }

  private disjunction(): TagFilter {
    const terms = this.joined('or', () => this.conjunction());
    return terms.length === 1 ? terms[0] : (tags) => terms.some((term) => term(tags));
  }

  private conjunction(): TagFilter {
    const terms = this.joined('and', () => this.negation());
    return terms.length === 1 ? terms[0] : (tags) => terms.every((term) => term(tags));
  }

  private joined(kind: 'and' | 'or', readTerm: () => TagFilter): TagFilter[] {
    const terms = [readTerm()];
    while (this.token.kind === kind) {
      this.next++;
      terms.push(readTerm());
    }
    return terms;
  }

  /** A loop, so that no number of signs exhausts the stack. */
  private negation(): TagFilter {
    const start = this.next;
    while (this.token.kind === 'not') this.next++;
    const isNegated = (this.next - start) % 2 === 1;
    const term = this.operand();
    return isNegated ? (tags) => !term(tags) : term;
  }

  private operand(): TagFilter {
    const token = this.token;
    if (token.kind === 'tag') {
      this.next++;
      return (tags) => tags.includes(token.tag);
    }
    if (token.kind !== '(') throw this.unexpected('a tag');
    if (++this.depth > maxDepth)
      throw this.fault(token.position, `at most ${maxDepth} parentheses within each other`, 'more');
    this.next++;
    const inner = this.disjunction();
    if (this.token.kind !== ')') throw this.unexpected('"&", "|" or ")"');
    this.next++;
    this.depth--;
    return inner;
  }

  private unexpected(expected: string): Error {
    const { kind, position, raw } = this.token;
    const found = kind === 'end' ? 'the end' : quote(raw);
    return this.fault(position, expected, found, this.advise());
  }

  private advise(): string | undefined {
    const { kind, raw } = this.token;
    const before = this.tokens[this.next - 1];
    if (Object.hasOwn(advice, raw)) return advice[raw];
    const capital = [raw, before?.raw ?? ''].find(
      (word) => /^(?:and|or|not)$/i.test(word) && symbols[word] === undefined,
    );
    if (capital !== undefined) return `Write ${capital.toLowerCase()}.`;
    if (/^[“”„‟‘’‚‛«»]/.test(raw)) return 'Write straight quotes: "…" or \'…\'.';
    if (kind === 'tag' && before?.kind === 'tag') return 'A tag with blanks is written in quotes: "needs review".';
    return undefined;
  }

  private fault(position: number, expected: string, found: string, what?: string): Error {
    return filterError({ filter: this.text, position }, expected, found, what);
  }
}

const blanks = /[\s\ufeff]*/y;
const sign = /&&|\|\||[&|!~(),“”„‟‘’‚‛«»]/y;
const word = /[^\s\ufeff"'()&|!~,“”„‟‘’‚‛«»]+/y;

function tokenize(text: string): TagToken[] {
  requireShort(text);
  const tokens: TagToken[] = [];
  let position = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = position;
    return pattern.exec(text)?.[0] ?? '';
  };
  for (;;) {
    position += match(blanks).length;
    if (position === text.length) break;
    const token = readToken(text, position, match(sign), match(word));
    tokens.push(token);
    position += token.raw.length;
  }
  return [...tokens, { kind: 'end', position, raw: '', tag: '' }];
}

function readToken(text: string, position: number, found: string, name: string): TagToken {
  if (found === '(' || found === ')') return { kind: found, position, raw: found, tag: '' };
  if (found !== '') return { kind: symbols[found] ?? 'other', position, raw: found, tag: '' };
  if (name !== '') {
    const known = Object.hasOwn(symbols, name) ? symbols[name] : undefined;
    return { kind: known ?? 'tag', position, raw: name, tag: name };
  }
  return readQuoted(text, position);
}

function readQuoted(text: string, position: number): TagToken {
  const mark = text[position];
  let tag = '';
  for (let at = position + 1; at < text.length; at++) {
    if (text[at] === mark) {
      const raw = text.slice(position, at + 1);
      if (tag === '') throw filterError({ filter: text, position }, 'a tag', `${raw}, which is empty`);
      return { kind: 'tag', position, raw, tag };
    }
    if (text[at] === '\\' && ['\\', '"', "'"].includes(text[at + 1])) at++;
    tag += text[at];
  }
  throw filterError({ filter: text, position }, `a tag that ends with ${mark}`, 'that it is never closed');
}
