import type { CellColumn } from '../model/cellColumn';
import type { CellSelection } from '../model/cellSelection';
import { mapEntry } from '../model/mapEntry';

/**
 * Chooses rows at random, the same ones for the same seed and the same rows: `count` of each stratum, which is a
 * combination of values of `per`, and within it of each third of `range`; all where there are fewer.
 *
 * Thirds are by rank: sorted by value, ties by row, into three parts whose sizes differ by at most one. Rows without a
 * value of `range` are in none. A missing value of `per` is a value of its own. Draws are a partial Fisher-Yates shuffle
 * with the generator mulberry32 (T. Ettinger, public domain), seeded anew for each stratum.
 * @param rows in the table's order; so is the result
 */
export function sampleRows(
  rows: readonly number[],
  { count, seed, per, range }: NonNullable<CellSelection['sample']>,
  columns: ReadonlyMap<string, CellColumn>,
): number[] {
  const strata = new Map<string, number[]>();
  for (const row of rows) {
    const key = JSON.stringify(per.map((name) => valueOf(columns.get(name)!, row)));
    mapEntry(strata, key, () => []).push(row);
  }
  const chosen: number[] = [];
  for (const stratum of strata.values()) {
    const parts = range === undefined ? [stratum] : thirds(stratum, columns.get(range)!);
    for (const part of parts) for (const row of draw(part, count, seed)) chosen.push(row);
  }
  return chosen.sort((a, b) => a - b);
}

function valueOf(column: CellColumn, row: number): string | number | null {
  if (column.kind === 'text') return column.codes[row] < 0 ? null : column.texts[column.codes[row]];
  return Number.isNaN(column.values[row]) ? null : column.values[row];
}

function thirds(rows: readonly number[], column: CellColumn): number[][] {
  if (column.kind === 'text') throw new RangeError(`expected numbers in ${column.name}`);
  const { values } = column;
  const sorted = rows.filter((row) => !Number.isNaN(values[row])).sort((a, b) => values[a] - values[b] || a - b);
  const end = (n: number): number => Math.round((n * sorted.length) / 3);
  return [0, 1, 2].map((n) => sorted.slice(end(n), end(n + 1)));
}

function draw(rows: readonly number[], count: number, seed: number): number[] {
  const pool = [...rows];
  const random = mulberry32(seed);
  const taken = Math.min(count, pool.length);
  for (let i = 0; i < taken; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j], pool[i]];
  }
  return pool.slice(0, taken);
}

/** Uniform fractions in [0, 1), 32 bits of state. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
