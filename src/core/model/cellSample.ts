/** What a cell table says of some of a FOV's cells, each once: what its labels are compared with a mask by. */
export interface CellSample {
  /** Of all cells of the FOV that the table has. */
  readonly cells: number;
  readonly greatestLabel: number;
  /** Of the cells in the sample: of those with a centroid, or, where none has one, of all cells of the FOV. */
  readonly labels: readonly number[];
  /** Where they are, in full-resolution pixels, whole numbers at pixel centres; absent where the table says it of none. */
  readonly centers?: readonly (readonly [x: number, y: number])[];
  /** How many pixels they have; absent where the table does not say. */
  readonly areasPx?: readonly (number | null)[];
}

/** All cells of a FOV, each once, as a table says them: in columns, for there may be millions. */
export interface PlacedCells {
  /** As in `CellSample`. */
  readonly cells: number;
  readonly greatestLabel: number;
  readonly labels: Float64Array;
  readonly centers?: { readonly x: Float64Array; readonly y: Float64Array };
  /** NaN where the table does not say. */
  readonly areasPx?: Float64Array;
}
