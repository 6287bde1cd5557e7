/** Of each value of 8 or 16 bits, how much it adds to a colour. */
export type ShareTable = Float64Array;

interface Known {
  /** Pixels that asked for it so far. */
  pixels: number;
  table?: ShareTable;
}

/** Tables by what they hold; a job has one for each channel and colour. */
const known = new Map<string, Known>();
const mostKept = 32;

/**
 * How far each value from 0 is between the limits, 0 to 1, times the weight of a colour. Looking that up takes a third of the
 * time of working it out; `undefined` until so many pixels were drawn that the table is worth its making.
 * @param values how many there are: 2⁸ or 2¹⁶
 */
export function shareTable(
  values: number,
  low: number,
  scale: number,
  weight: number,
  pixels: number,
): ShareTable | undefined {
  const key = `${values} ${low} ${scale} ${weight}`;
  let found = known.get(key);
  if (!found) {
    if (known.size >= mostKept) known.clear();
    known.set(key, (found = { pixels: 0 }));
  }
  found.pixels += pixels;
  if (found.pixels < values) return undefined;
  return (found.table ??= makeTable(values, low, scale, weight));
}

function makeTable(values: number, low: number, scale: number, weight: number): ShareTable {
  const table = new Float64Array(values);
  for (let value = 0; value < values; value++) {
    const share = (value - low) * scale;
    if (share > 0) table[value] = Math.min(share, 1) * weight;
  }
  return table;
}
