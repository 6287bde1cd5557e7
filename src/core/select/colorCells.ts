import type { ClassColor } from '../model/color';
import { colorAt } from '../model/colorMap';
import { isMissing } from '../model/missingValue';
import { type ColorBy, isNumeric } from '../model/recipe';

/** Reads a number as the cell table writes it; NaN for what is none. */
export type ParseNumber = (text: string) => number;

/** A class as palettes name it: tables write whole numbers as `3`, `3.0` or with blanks, palettes as `3`. */
export function classOf(value: string): string {
  return /^\s*([+-]?\d+)\.0*\s*$/.exec(value)?.[1] ?? value.trim();
}

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
): Map<number, ClassColor> {
  const colors = new Map<number, ClassColor>();
  const { colorMap, range, arcsinhCofactor } = by;
  if (!colorMap) {
    // A map: a class may be called `constructor`.
    const palette = new Map(Object.entries(by.colors ?? {}).map(([name, color]) => [classOf(name), color]));
    for (const [label, value] of values) {
      const color = palette.get(classOf(value));
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

/** The class of each cell, by its name in the palette; cells of classes that the palette does not know are left out. */
export function classesOfCells(by: ColorBy, values: ReadonlyMap<number, string>): Map<number, string> {
  const names = new Map(Object.keys(by.colors ?? {}).map((name) => [classOf(name), name]));
  const classes = new Map<number, string>();
  for (const [label, value] of values) {
    const name = names.get(classOf(value));
    if (name !== undefined) classes.set(label, name);
  }
  return classes;
}

/** What a column holds, apart from missing values. */
export interface ColumnContent {
  /** Different texts that are numbers. */
  readonly numbers: number;
  /** Some of them have a fraction. */
  readonly fractional: boolean;
  /** Different texts that are no numbers. */
  readonly texts: readonly string[];
  /** Its classes, if it is taken for classes: every different text, in natural order. */
  readonly classes: readonly string[];
}

/** Looks at every value of a column. */
export function describeColumn(values: Iterable<string>, parseNumber: ParseNumber): ColumnContent {
  const seen = new Set<string>();
  for (const value of values) if (!seen.has(value) && !isMissing(value)) seen.add(value);
  const texts: string[] = [];
  let fractional = false;
  for (const value of seen) {
    const number = parseNumber(value);
    if (Number.isNaN(number)) texts.push(value);
    else if (!Number.isInteger(number)) fractional = true;
  }
  const order = new Intl.Collator('en', { numeric: true });
  const classes = [...new Set([...seen].map(classOf))].sort((a, b) => order.compare(a, b));
  return { numbers: seen.size - texts.length, fractional, texts, classes };
}

/** A column with more different numbers than this is measured, not classified. */
const maxNumericClasses = 20;

/**
 * Whether a column is measured or classified: numbers with fractions or of many kinds are measurements, a few whole
 * numbers and texts are classes. `undefined` for measurements among which there is text: neither would be right.
 */
export function isMeasured({ numbers, fractional, texts }: ColumnContent): boolean | undefined {
  const measured = numbers > maxNumericClasses || (fractional && numbers > 0);
  if (texts.length === 0) return measured;
  return measured && numbers > 2 * texts.length ? undefined : false;
}
