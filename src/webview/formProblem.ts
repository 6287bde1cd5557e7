/** What is wrong with the form, in words for the user. */
export class FormProblem extends Error {}

/** A number as it was typed; not a number where nothing was. */
export function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** A whole number as it was typed; a problem with `what` if it is not one of the range. */
export function toInteger(text: string, min: number, max: number, what: string): number {
  const value = toNumber(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new FormProblem(`${what} must be a whole number from ${min} to ${max}.`);
}
