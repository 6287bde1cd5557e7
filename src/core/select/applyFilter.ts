import type { CellColumn } from '../model/cellColumn';
import type { ExportError } from '../model/exportError';
import { isSame } from '../model/isSame';
import { listNames } from '../model/listNames';
import { checkFilterColumns } from './checkFilterColumns';
import {
  type Comparison,
  describeValue,
  type Filter,
  type FilterColumn,
  type FilterCondition,
  type FilterValue,
} from './filter';
import { filterError, quote } from './filterError';

/**
 * Which rows of a cell table a filter matches: 1 for those that it does, else 0.
 *
 * A missing value is equal to nothing: comparisons with it are false, `!=` and `not in` true, so that `not (area > 300)` is
 * true where the area is missing. In a column of a nullable type it is as in pandas: a comparison with it has a third outcome,
 * which stays through `not`, and counts as false in the end; `in`, `not in`, and `==` and `!=` with a text know two only.
 * Ordered categories come before and after each other in their order. Numbers equal numbers by value, texts equal texts
 * exactly and are ordered by code point. A number and a text are never equal, and have no order. A column whose every
 * value is True or False (TRUE, true …) is a column of texts; where it is compared with True, False, a number or a column
 * of numbers, it is one of 1 and 0.
 * @param columns at least those of the filter, by name
 * @throws ExportError `ColumnNotFound`; `FilterInvalid` where a number and a text are to be ordered, or ordered categories
 * and what is none of them, and for a column that stands alone and is not of True and False; both with `details.position` in UTF-16 units from 0
 */
export function applyFilter(filter: Filter, columns: ReadonlyMap<string, CellColumn>, rows: number): Uint8Array {
  checkFilterColumns(filter, columns.keys());
  for (const name of filter.columns) {
    const column = columns.get(name)!;
    const { length } = column.kind === 'number' ? column.values : column.codes;
    if (length !== rows) throw new RangeError(`expected ${rows} values of ${name}, but found ${length}`);
  }
  const marks = new FilterRun(filter.text, columns, rows).match(filter.condition);
  for (let i = 0; i < marks.length; i++) marks[i] = marks[i] === yes ? 1 : 0;
  return marks;
}

/** Outcomes, so that `and` is the least, `or` the greatest of them, and `not` what remains to `yes`. */
const no = 0;
const unknown = 1;
const yes = 2;

type TextColumn = Extract<CellColumn, { kind: 'text' }>;

const tests: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

class FilterRun {
  constructor(
    private readonly text: string,
    private readonly columns: ReadonlyMap<string, CellColumn>,
    private readonly rows: number,
  ) {}

  /** @returns an array that nobody else holds */
  match(condition: FilterCondition): Uint8Array {
    switch (condition.kind) {
      case 'all':
      case 'any': {
        const [first, ...others] = condition.terms;
        const marks = this.match(first);
        for (const term of others) {
          const more = this.match(term);
          const isAll = condition.kind === 'all';
          for (let i = 0; i < marks.length; i++)
            if (isAll ? more[i] < marks[i] : more[i] > marks[i]) marks[i] = more[i];
        }
        return marks;
      }
      case 'not': {
        const marks = this.match(condition.term);
        for (let i = 0; i < marks.length; i++) marks[i] = yes - marks[i];
        return marks;
      }
      case 'null': {
        const column = this.column(condition.column);
        return column.kind === 'number'
          ? this.mark((i) => Number.isNaN(column.values[i]))
          : this.mark((i) => column.codes[i] < 0);
      }
      case 'flag':
        return this.matchFlag(condition.column);
      case 'in':
        return this.matchIn(this.column(condition.column), condition.values);
      case 'compare':
        return this.compare(condition.left, condition.comparison, condition.right);
    }
  }

  private column({ name }: FilterColumn): CellColumn {
    return this.columns.get(name)!;
  }

  private mark(isMatch: (row: number) => boolean): Uint8Array {
    const marks = new Uint8Array(this.rows);
    for (let i = 0; i < marks.length; i++) if (isMatch(i)) marks[i] = yes;
    return marks;
  }

  private matchFlag(place: FilterColumn): Uint8Array {
    const column = this.column(place);
    const truths = column.kind === 'text' ? numbersOf(column) : undefined;
    if (truths)
      return unknownWhereMissing(
        this.mark((i) => truths[i] === 1),
        column,
      );
    const expected = `a comparison with column ${quote(place.name)}`;
    const found = `that it stands alone and ${describeColumn(column)}`;
    throw this.fault(place.position, expected, found, 'Only a column of True and False may stand alone.');
  }

  private matchIn(column: CellColumn, values: readonly FilterValue[]): Uint8Array {
    const numbers = new Set(values.flatMap(({ kind, value }) => (kind === 'text' ? [] : [Number(value)])));
    const byNumber = numbers.size > 0 ? numbersOf(column) : undefined;
    const texts = new Set<unknown>(values.flatMap(({ kind, value }) => (kind === 'text' ? [value] : [])));
    const marks = byNumber ? this.mark((i) => numbers.has(byNumber[i])) : new Uint8Array(this.rows);
    if (column.kind === 'number' || texts.size === 0) return marks;
    const isWanted = Uint8Array.from(column.texts, (text) => (texts.has(text) ? yes : no));
    for (let i = 0; i < marks.length; i++) if (column.codes[i] >= 0) marks[i] |= isWanted[column.codes[i]];
    return marks;
  }

  private compare(place: FilterColumn, comparison: Comparison, right: FilterColumn | FilterValue): Uint8Array {
    const test = tests[comparison];
    const isOfOrder = comparison !== '==' && comparison !== '!=';
    const other = right.kind === 'column' ? this.column(right) : undefined;
    const column = this.column(place);
    if (isOfOrder && (column.order ?? other?.order)) {
      const marks = this.compareInOrder(place, comparison, right);
      if (marks) return marks;
    }
    if (column.kind === 'text' && right.kind === 'text') {
      const isMatch = column.texts.map((text) => test(compareTexts(text, right.value), 0));
      const marks = this.mark((i) => (column.codes[i] < 0 ? comparison === '!=' : isMatch[column.codes[i]]));
      return isOfOrder ? unknownWhereMissing(marks, column) : marks;
    }
    // A column of True and False against another is one of texts only where the other one is.
    const numbers = right.kind === 'text' ? undefined : numbersOf(column);
    const otherNumbers = other && numbersOf(other);
    if (numbers && otherNumbers)
      return unknownWhereMissing(
        this.mark((i) => test(numbers[i], otherNumbers[i])),
        column,
        other,
      );
    if (numbers && (right.kind === 'number' || right.kind === 'truth')) {
      const value = Number(right.value);
      return unknownWhereMissing(
        this.mark((i) => test(numbers[i], value)),
        column,
      );
    }
    if (column.kind === 'text' && other?.kind === 'text')
      return unknownWhereMissing(this.compareColumns(column, test, other), column, other);
    if (comparison === '==') return new Uint8Array(this.rows);
    if (comparison === '!=') return new Uint8Array(this.rows).fill(yes);
    const found = right.kind === 'column' ? `column ${quote(right.name)}, which` : describeValue(right);
    const first = `column ${quote(place.name)} ${describeColumn(column)}`;
    throw this.fault(
      place.position,
      `two numbers or two texts around "${comparison}"`,
      `that ${first} and is compared with ${found}${other ? ` ${describeColumn(other)}` : ''}`,
    );
  }

  /**
   * Compares ordered categories with one of them, or with a column of the same ones, by their places in the order.
   * @returns `undefined` where a number and a text are compared, which is a fault of its own
   */
  private compareInOrder(
    place: FilterColumn,
    comparison: Comparison,
    right: FilterColumn | FilterValue,
  ): Uint8Array | undefined {
    const column = this.column(place);
    const test = tests[comparison];
    const { order } = column;
    if (right.kind === 'column') {
      const other = this.column(right);
      const [a, b] = [placesOf(column), placesOf(other)];
      if (a && b && isSame(order, other.order)) return this.mark((i) => test(a[i], b[i]));
      const expected = `two columns of the same ordered categories around "${comparison}"`;
      throw this.fault(place.position, expected, `${describeOrder(place, column)} and ${describeOrder(right, other)}`);
    }
    const places = placesOf(column);
    if (!order || !places || right.kind === 'truth' || right.kind !== column.kind) return undefined;
    const limit = (order as readonly unknown[]).indexOf(right.value);
    if (limit >= 0) return this.mark((i) => test(places[i], limit));
    const expected = `one of the ordered categories of column ${quote(place.name)} (${listNames(order.map(String))})`;
    throw this.fault(right.position, expected, describeValue(right));
  }

  private compareColumns(left: TextColumn, test: (a: number, b: number) => boolean, right: TextColumn): Uint8Array {
    const ifMissing = test(NaN, NaN);
    return this.mark((i) => {
      const a = left.codes[i];
      const b = right.codes[i];
      return a < 0 || b < 0 ? ifMissing : test(compareTexts(left.texts[a], right.texts[b]), 0);
    });
  }

  private fault(position: number, expected: string, found: string, advice?: string): ExportError {
    return filterError({ filter: this.text, position }, expected, found, advice);
  }
}

/** An outcome of which a value is missing that nullable types leave open. */
function unknownWhereMissing(marks: Uint8Array, ...columns: readonly (CellColumn | undefined)[]): Uint8Array {
  for (const column of columns) {
    if (!column?.isNullable) continue;
    for (let i = 0; i < marks.length; i++) {
      const isMissing = column.kind === 'number' ? Number.isNaN(column.values[i]) : column.codes[i] < 0;
      if (isMissing) marks[i] = unknown;
    }
  }
  return marks;
}

/** Where the values of ordered categories stand in their order, NaN where one is missing; `undefined` for other columns. */
function placesOf(column: CellColumn): Float64Array | undefined {
  if (!column.order) return undefined;
  const placeOf = new Map<string | number, number>([...column.order].map((value, i) => [value, i]));
  if (column.kind === 'number') return column.values.map((value) => placeOf.get(value) ?? NaN);
  const places = column.texts.map((text) => placeOf.get(text) ?? NaN);
  return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : places[code]));
}

function describeOrder({ name }: FilterColumn, { order }: CellColumn): string {
  const what = order ? `of the ordered categories ${listNames(order.map(String))}` : 'of none';
  return `column ${quote(name)} ${what}`;
}

/** What pandas reads as a truth value, if a column has nothing else. */
const truthValues: ReadonlyMap<string, number> = new Map([
  ['True', 1],
  ['TRUE', 1],
  ['true', 1],
  ['False', 0],
  ['FALSE', 0],
  ['false', 0],
]);

/** The numbers of a column, NaN where one is missing: its own, or 1 and 0 for True and False; `undefined` for other texts. */
function numbersOf(column: CellColumn): Float64Array | undefined {
  if (column.kind === 'number') return column.values;
  if (column.texts.length === 0 || !column.texts.every((text) => truthValues.has(text))) return undefined;
  const truths = column.texts.map((text) => truthValues.get(text)!);
  const numbers = new Float64Array(column.codes.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = column.codes[i] < 0 ? NaN : truths[column.codes[i]];
  return numbers;
}

/** What a column holds, as part of a sentence. */
function describeColumn(column: CellColumn): string {
  if (column.kind === 'text')
    return `holds texts${column.texts.length > 0 ? ` such as ${quote(column.texts[0])}` : ''}`;
  return column.values.every(Number.isNaN) ? 'holds no values' : 'holds numbers';
}

/** Below zero if `a` comes before `b` by code points; JavaScript's own order is by UTF-16 units, which puts 😀 before ﬁ. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = orderOf(a.charCodeAt(i)) - orderOf(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates, which stand for what is beyond 0xFFFF, are put behind all other units. */
function orderOf(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
