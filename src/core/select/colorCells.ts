import type { HexColor } from '../model/color';
import { colorAt } from '../model/colorMap';
import { type ColorBy, isNumeric } from '../model/recipe';

/** Reads a number as the cell table writes it; NaN for what is none. */
export type ParseNumber = (text: string) => number;

/**
 * The colours of cells by their values in a column: of its class, or along a colour map. Cells without a colour of their
 * own, such as those without a value, are left out: they have `otherColor`.
 * Numbers: `colour((t(v) − t(low)) / (t(high) − t(low)))`, clipped to 0…1, with `t(v) = arcsinh(v / cofactor)` or `v`.
 * @param values label → text of the cell table
 */
export function colorCells(
  by: ColorBy,
  values: ReadonlyMap<number, string>,
  parseNumber: ParseNumber,
): Map<number, HexColor> {
  const colors = new Map<number, HexColor>();
  const { colorMap, range, arcsinhCofactor } = by;
  if (!colorMap) {
    for (const [label, value] of values) {
      const color = by.colors?.[value];
      if (color) colors.set(label, color);
    }
    return colors;
  }
  if (!range || !isNumeric(range)) throw new RangeError(`expected the range of ${by.column} in numbers`);
  const transform = (value: number): number =>
    arcsinhCofactor === undefined ? value : Math.asinh(value / arcsinhCofactor);
  const [low, high] = range.map(transform);
  for (const [label, value] of values) {
    const fraction = (transform(parseNumber(value)) - low) / (high - low);
    if (!Number.isNaN(fraction)) colors.set(label, colorAt(colorMap, Math.min(Math.max(fraction, 0), 1)));
  }
  return colors;
}

/** A column with more different numbers than this is measured, not classified. */
const maxNumericClasses = 20;

/** Whether a column's values are measurements: numbers, with fractions or of many kinds. Text is classes. */
export function isMeasured(values: Iterable<string>, parseNumber: ParseNumber): boolean {
  const kinds = new Set<string>();
  let fractional = false;
  for (const value of values) {
    if (value === '' || kinds.has(value)) continue;
    const number = parseNumber(value);
    if (Number.isNaN(number) && !/^\s*na?n?\s*$/i.test(value)) return false;
    if (!Number.isInteger(number)) fractional = true;
    kinds.add(value);
  }
  return kinds.size > 0 && (fractional || kinds.size > maxNumericClasses);
}
