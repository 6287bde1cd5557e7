import { isWithin, type NumberRange, rangeText } from '../core/model/numberRanges';
import { parseDecimal, parseWhole } from '../core/model/parseDecimal';

/** What is wrong with the form, in words for the user. */
export class FormProblem extends Error {}

/** A whole number as it was typed; a problem with `what` if it is not one of the range. */
export function toInteger(text: string, { min, max }: NumberRange, what: string): number {
  const value = parseWhole(text, min, max);
  if (value !== undefined) return value;
  throw new FormProblem(`${what} must be a whole number from ${min} to ${max}.`);
}

/** A number as it was typed; a problem with `what`, and the unit, if it is not one of the range. */
export function toNumber(text: string, range: NumberRange, what: string): number {
  const value = parseDecimal(text);
  if (value !== undefined && isWithin(value, range)) return value;
  throw new FormProblem(`${what} ${rangeText(range)}.`);
}
