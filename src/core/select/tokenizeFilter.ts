import { filterError, quote, requireShort } from './filterError';

/** The words of the language; a column of such a name needs backticks. */
const words = ['and', 'or', 'not', 'in', 'is', 'True', 'False', 'null', 'None'] as const;
export type FilterWord = (typeof words)[number];

/** The smallest part of a filter that means something. */
export type FilterToken = {
  /** Where it begins in the filter, in UTF-16 units from 0. */
  readonly position: number;
  /** As it stands in the filter; '' at the end. */
  readonly raw: string;
} & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'word'; readonly word: FilterWord }
  /** Also what the language does not know: where it stands, the parser expects something else. */
  | { readonly kind: 'symbol' }
  | { readonly kind: 'end' }
);

const blanks = /[\s\ufeff]*/y;
/** A dot joins the parts of a name: there is nothing that it could be asked of. */
const name = /[\p{ID_Start}_]\p{ID_Continue}*(?:\.\p{ID_Continue}+)*/uy;
const quotedName = /`[^`]*(?:``[^`]*)*`(?!`)/y;
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const nameCharacter = /[\p{ID_Continue}.]/uy;
const symbol = /==|!=|<=|>=|<>|=<|=>|&&|\|\||\*\*|\/\/|./suy;

/**
 * Cuts a filter into tokens, the last of which is its end.
 * @throws ExportError `FilterInvalid`: a quote that is not closed, an escape or a number that cannot be read
 */
export function tokenizeFilter(filter: string): readonly FilterToken[] {
  requireShort(filter);
  const tokens: FilterToken[] = [];
  let position = 0;
  for (;;) {
    position += lengthOf(blanks, filter, position);
    if (position === filter.length) break;
    const token = readToken(filter, position);
    tokens.push(token);
    position += token.raw.length;
  }
  tokens.push({ kind: 'end', position, raw: '' });
  return tokens;
}

function readToken(filter: string, position: number): FilterToken {
  const first = filter[position];
  if (first === '"' || first === "'") return readText(filter, position, first);
  if (first === '`') return readQuotedName(filter, position);
  const numberLength = lengthOf(number, filter, position);
  if (numberLength > 0) return readNumber(filter, position, position + numberLength);
  const nameLength = lengthOf(name, filter, position);
  if (nameLength === 0)
    return { kind: 'symbol', position, raw: filter.slice(position, position + lengthOf(symbol, filter, position)) };
  const raw = filter.slice(position, position + nameLength);
  // numpy's infinity, as pandas knows it.
  if (raw === 'inf' || raw === 'Inf') return { kind: 'number', position, raw, value: Infinity };
  const word = words.find((known) => known === raw);
  return word ? { kind: 'word', position, raw, word } : { kind: 'name', position, raw, name: raw };
}

function readText(filter: string, position: number, mark: string): FilterToken {
  const parts: string[] = [];
  let at = position + 1;
  for (let from = at; ; at++) {
    if (at >= filter.length)
      throw filterError({ filter, position }, `a text that ends with ${mark}`, 'that it is never closed');
    if (filter[at] === mark) {
      parts.push(filter.slice(from, at));
      return { kind: 'text', position, raw: filter.slice(position, at + 1), value: parts.join('') };
    }
    if (filter[at] !== '\\') continue;
    const escaped = filter[at + 1] ?? '';
    if (!['\\', '"', "'"].includes(escaped) && escaped !== '') {
      const found = quote(`\\${String.fromCodePoint(filter.codePointAt(at + 1)!)}`);
      const advice = 'Write \\\\ for a backslash.';
      throw filterError({ filter, position: at }, 'a quote or a backslash after the backslash', found, advice);
    }
    parts.push(filter.slice(from, at));
    from = ++at;
  }
}

/** A backtick in a name is written twice. */
function readQuotedName(filter: string, position: number): FilterToken {
  const raw = filter.slice(position, position + lengthOf(quotedName, filter, position));
  if (raw === '') {
    const found = 'that it is never closed';
    throw filterError({ filter, position }, 'a column name that ends with a backtick', found);
  }
  return { kind: 'name', position, raw, name: raw.slice(1, -1).replaceAll('``', '`') };
}

function readNumber(filter: string, position: number, end: number): FilterToken {
  const raw = filter.slice(position, end);
  if (lengthOf(nameCharacter, filter, end) > 0) {
    const found = quote(/^[\p{ID_Continue}.]+/u.exec(filter.slice(position, position + 100))?.[0] ?? raw);
    const advice =
      'A word after a number needs a blank before it, and a column name that begins with a digit backticks.';
    throw filterError({ filter, position }, 'a number', found, advice);
  }
  const value = Number(raw);
  if (/^\d+$/.test(raw) && value > Number.MAX_SAFE_INTEGER) {
    const advice = 'Beyond 2^53 whole numbers are rounded; write such a limit with an exponent, such as 1e16.';
    throw filterError({ filter, position }, 'a number that can be compared exactly', quote(raw), advice);
  }
  return { kind: 'number', position, raw, value };
}

/** How long the match of a sticky pattern is that begins there; 0 if there is none. */
function lengthOf(sticky: RegExp, text: string, position: number): number {
  sticky.lastIndex = position;
  return sticky.exec(text)?.[0].length ?? 0;
}
