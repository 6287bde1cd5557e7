import { decimalPattern } from './parseDecimal';

const infinity = /^([+-]?)inf(?:inity)?$/i;

/**
 * The number that a cell's text means: decimal, with or without exponent, or `inf`; surrounding blanks do not matter.
 * @param decimalComma the table writes 1,5 for one and a half; a point is then not part of a number
 * @returns NaN for what is not a number, the empty text among it; thousands separators make no number
 */
export function parseNumber(text: string, decimalComma: boolean): number {
  const trimmed = text.trim();
  const decimal = decimalComma ? trimmed.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ',')) : trimmed;
  if (decimalPattern.test(decimal)) return Number(decimal);
  const sign = infinity.exec(decimal)?.[1];
  return sign === undefined ? NaN : sign === '-' ? -Infinity : Infinity;
}
