import { quote } from './filterError';

export const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof comparisons)[number];

/** What a filter compares a column with. `position` is where it stands in the filter, in UTF-16 units from 0. */
export type FilterValue =
  | { readonly kind: 'number'; readonly value: number; readonly position: number }
  | { readonly kind: 'text'; readonly value: string; readonly position: number }
  | { readonly kind: 'truth'; readonly value: boolean; readonly position: number };

/** A column in a filter. */
export interface FilterColumn {
  readonly kind: 'column';
  readonly name: string;
  readonly position: number;
}

/** What is true or false of a cell. */
export type FilterCondition =
  | { readonly kind: 'all' | 'any'; readonly terms: readonly FilterCondition[] }
  | { readonly kind: 'not'; readonly term: FilterCondition }
  | {
      readonly kind: 'compare';
      readonly left: FilterColumn;
      readonly comparison: Comparison;
      readonly right: FilterColumn | FilterValue;
    }
  /** The column has one of the values. */
  | { readonly kind: 'in'; readonly column: FilterColumn; readonly values: readonly FilterValue[] }
  | { readonly kind: 'null'; readonly column: FilterColumn }
  /** A column of True and False that stands for itself. */
  | { readonly kind: 'flag'; readonly column: FilterColumn };

/** A filter for the rows of a cell table. */
export interface Filter {
  readonly text: string;
  readonly condition: FilterCondition;
  /** The columns that it needs, each once, in the order in which they occur. */
  readonly columns: readonly string[];
  /** Where each of them occurs first, in UTF-16 units from 0. */
  readonly positions: ReadonlyMap<string, number>;
}

/** A value of a filter, as part of a sentence. */
export function describeValue(value: FilterValue): string {
  if (value.kind === 'truth') return value.value ? 'True' : 'False';
  return value.kind === 'text' ? `the text ${quote(value.value)}` : `the number ${value.value}`;
}
