/**
 * The least and the greatest of some numbers; of none, ∞ and −∞. Not `Math.min(...values)`: there may be more values than
 * a call takes arguments.
 */
export function bounds(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}
