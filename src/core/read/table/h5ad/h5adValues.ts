import type { CellColumn } from '../../../model/cellColumn';
import { DamagedTable } from '../damagedTable';

export function numbers(name: string, values: Float64Array): CellColumn {
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

export function textsOf(column: CellColumn): string[] {
  if (column.kind === 'number') return Array.from(column.values, String);
  return Array.from(column.codes, (code) => (code < 0 ? '' : column.texts[code]));
}

export function isNumeric(values: unknown): boolean {
  if (ArrayBuffer.isView(values)) return true;
  return Array.isArray(values) && values.every((value) => typeof value === 'number' || typeof value === 'bigint');
}

/** Whole numbers of 64 bits become the nearest that can be computed with. */
export function toNumbers(values: unknown, what: string): Float64Array {
  if (values instanceof Float64Array) return values;
  if (isNumeric(values)) return Float64Array.from(values as ArrayLike<number | bigint>, Number);
  throw new DamagedTable(`${what} holds no numbers`);
}

export function toTexts(values: unknown, what: string): string[] {
  if (Array.isArray(values)) return values.map(toText);
  if (isNumeric(values)) return Array.from(toNumbers(values, what), String);
  throw new DamagedTable(`${what} holds no texts`);
}

export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : '';
}
