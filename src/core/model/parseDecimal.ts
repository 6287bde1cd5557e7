/** A decimal number, with or without exponent, and nothing else. No text takes it longer than its length. */
export const decimalPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * The number that somebody typed: decimal, exponents allowed, surrounding blanks do not matter. `undefined` for all that
 * JavaScript takes for numbers besides: nothing at all, `0x10`, `Infinity`, and what is too large to be one.
 */
export function parseDecimal(text: string): number | undefined {
  const trimmed = text.trim();
  const value = decimalPattern.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** A whole number of a range, in digits alone; `undefined` for anything else. */
export function parseWhole(text: string, min: number, max: number): number | undefined {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}
