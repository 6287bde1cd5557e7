/** What a file says of a column besides its values: AnnData does, CSV does not. */
interface ColumnRules<Value> {
  /** Of ordered categories: all of them, least first. They come before and after each other as here. */
  readonly order?: readonly Value[];
  /** Whether a missing value equals another is not known, and not merely untrue: pandas' nullable types. */
  readonly isNullable?: boolean;
}

/**
 * One column of a cell table in memory, a value per row. A column is of numbers if every value that is not missing is
 * one; else it is of texts, each kept once.
 */
export type CellColumn =
  | ({
      readonly kind: 'number';
      readonly name: string;
      /** NaN where the value is missing. */
      readonly values: Float64Array;
    } & ColumnRules<number>)
  | ({
      readonly kind: 'text';
      readonly name: string;
      /** Positions in `texts`; -1 where the value is missing. */
      readonly codes: Int32Array;
      readonly texts: readonly string[];
    } & ColumnRules<string>);
