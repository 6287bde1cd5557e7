import type { CellColumn } from '../../../model/cellColumn';
import { DamagedTable } from '../damagedTable';

export function numbers(name: string, values: Float64Array): Extract<CellColumn, { kind: 'number' }> {
  return { kind: 'number', name, values };
}

export function texts(name: string, values: readonly string[]): CellColumn {
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(values, (value) => {
    const code = codeOf.get(value) ?? codeOf.size;
    codeOf.set(value, code);
    return code;
  });
  return { kind: 'text', name, codes, texts: [...codeOf.keys()] };
}

/** @throws DamagedTable if they are something else */
export function numbersOrTexts(name: string, values: unknown, what: string): CellColumn {
  return areNumeric(values) ? numbers(name, toNumbers(values, what)) : texts(name, toTexts(values, what));
}

/** No and yes as pandas writes them into a CSV file. */
export function booleanTexts(values: unknown, what: string): string[] {
  return Array.from(toNumbers(values, what), (value) => (value === 0 ? 'False' : 'True'));
}

export function textsOf(column: CellColumn): string[] {
  if (column.kind === 'number') return Array.from(column.values, String);
  return Array.from(column.codes, (code) => (code < 0 ? '' : column.texts[code]));
}

export function areNumeric(values: unknown): boolean {
  if (ArrayBuffer.isView(values)) return true;
  return Array.isArray(values) && values.every((value) => typeof value === 'number' || typeof value === 'bigint');
}

/** Whole numbers of 64 bits become the nearest that can be computed with. */
export function toNumbers(values: unknown, what: string): Float64Array {
  if (values instanceof Float64Array) return values;
  if (areNumeric(values)) return Float64Array.from(values as ArrayLike<number | bigint>, Number);
  throw new DamagedTable(`${what} holds no numbers`);
}

export function toTexts(values: unknown, what: string): string[] {
  if (Array.isArray(values) && values.every(isPlain)) return values.map(String);
  if (areNumeric(values)) return Array.from(toNumbers(values, what), String);
  throw new DamagedTable(`${what} holds neither numbers nor texts`);
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

/** The text of an attribute; empty if it is something else. */
export function toText(value: unknown): string {
  return isPlain(value) ? String(value) : '';
}
