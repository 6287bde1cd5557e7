import type { FilterToken } from './tokenizeFilter';

/** What users of other languages write, and what it is called here. */
const ours: Readonly<Record<string, string>> = {
  '=': '==',
  '<>': '!=',
  '≠': '!=',
  '=<': '<=',
  '≤': '<=',
  '=>': '>=',
  '≥': '>=',
  '&&': 'and',
  '||': 'or',
  '!': 'not',
  '¬': 'not',
};

/** What to do about a token that may not stand where it stands. */
export function adviceAbout({ kind, raw }: FilterToken, before: FilterToken | undefined): string | undefined {
  if (Object.hasOwn(ours, raw)) return `Write ${ours[raw]}.`;
  if (kind === 'name' && /^(?:and|or|not|in|is)$/i.test(raw)) return `Write ${raw.toLowerCase()}.`;
  if (kind === 'word' && (raw === 'null' || raw === 'None')) return 'Write "is null" or "is not null".';
  if (/^[“”„‟‘’‚‛«»]$/.test(raw)) return 'Write straight quotes: "…" or \'…\'.';
  if (raw === '@') return 'Variables are not known here; write the value itself.';
  if (raw === ',' && before?.kind === 'number') return 'A decimal point is written as a point.';
  if (kind === 'symbol' && !/^[()[\],~&|<>=!]+$/.test(raw))
    return 'A column name with such a character is written in backticks; filters do not calculate.';
  if (kind === 'name' && before?.kind === 'name') return 'A column name with blanks is written in backticks.';
  return undefined;
}

/** What to do about a call of a function of this name. */
export function adviceAboutCall(name: string): string {
  const method = /^(.+)\.(isnull|isna|notnull|notna)$/.exec(name);
  if (!method) return 'Filters know no functions.';
  return `Filters know no functions; write "${method[1]} is ${method[2].startsWith('not') ? 'not ' : ''}null".`;
}
