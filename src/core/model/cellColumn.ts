/**
 * One column of a cell table in memory, a value per row. A column is of numbers if every value that is not missing is
 * one; else it is of texts, each kept once.
 */
export type CellColumn =
  | {
      readonly kind: 'number';
      readonly name: string;
      /** NaN where the value is missing. */
      readonly values: Float64Array;
    }
  | {
      readonly kind: 'text';
      readonly name: string;
      /** Positions in `texts`; -1 where the value is missing. */
      readonly codes: Int32Array;
      readonly texts: readonly string[];
    };
