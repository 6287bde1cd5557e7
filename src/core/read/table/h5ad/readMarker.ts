import { DamagedTable } from '../damagedTable';
import { toNumbers, toText } from './h5adValues';
import type { Hdf5Group } from './openHdf5';

/** One column of `X`, dense or sparse; zeros are not kept in a sparse one. */
export function readMarker(root: Hdf5Group, position: number, rows: number, width: number): Float64Array {
  const dense = root.dataset('X');
  if (dense) {
    requireShape(dense.shape, rows, width);
    const part =
      dense.shape.length === 1
        ? ([[0, rows]] as const)
        : ([
            [0, rows],
            [position, position + 1],
          ] as const);
    return toNumbers(dense.read(part), 'X');
  }
  const sparse = root.child('X')!;
  const kind = toText(sparse.attribute('encoding-type') ?? sparse.attribute('h5sparse_format') ?? '');
  const shape = sparse.attribute('shape') ?? sparse.attribute('h5sparse_shape');
  requireShape(shape === undefined ? [] : Array.from(toNumbers(shape, 'X')), rows, width);
  const [data, indices, indptr] = ['data', 'indices', 'indptr'].map((part) => {
    const found = sparse.dataset(part);
    if (found) return found;
    throw new DamagedTable(`the sparse X has no ${part}`);
  });
  const isCsc = kind.startsWith('csc');
  const { rows: count } = data;
  if (indices.rows !== count || indptr.rows !== (isCsc ? width : rows) + 1) {
    throw new DamagedTable(`X has ${count} values, ${indices.rows} indices and ${indptr.rows} places`);
  }
  const values = new Float64Array(rows);
  if (isCsc) {
    const [start, end] = requireAscending(
      toNumbers(indptr.readList('X/indptr', [position, position + 2]), 'X/indptr'),
      count,
    );
    const at = toNumbers(indices.readList('X/indices', [start, end]), 'X/indices');
    for (const [i, value] of toNumbers(data.readList('X/data', [start, end]), 'X/data').entries()) {
      if (!(at[i] >= 0 && at[i] < rows)) throw new DamagedTable(`X has a value for row ${at[i]} of ${rows}`);
      values[at[i]] = value;
    }
    return values;
  }
  if (!kind.startsWith('csr')) throw new DamagedTable(`X is kept as ${kind || 'something unknown'}`);
  const starts = requireAscending(toNumbers(indptr.readList('X/indptr'), 'X/indptr'), count);
  // Rows in pieces: of a large matrix one column is wanted, and not the whole.
  for (let row = 0; row < rows;) {
    let end = row + 1;
    while (end < rows && starts[end + 1] - starts[row] <= sparsePiece) end++;
    const [from, to] = [starts[row], starts[end]];
    const at = toNumbers(indices.readList('X/indices', [from, to]), 'X/indices');
    const wanted = at.indexOf(position) < 0 ? undefined : toNumbers(data.readList('X/data', [from, to]), 'X/data');
    for (; row < end; row++) {
      if (!wanted) continue;
      for (let i = starts[row] - from; i < starts[row + 1] - from; i++) if (at[i] === position) values[row] = wanted[i];
    }
  }
  return values;
}

/** Values that are read at once. */
const sparsePiece = 2 ** 22;

function requireShape(shape: readonly number[], rows: number, width: number): void {
  const [found = 0, columns = 1] = shape;
  if (found === rows && columns === width && shape.length <= 2) return;
  throw new DamagedTable(`X has ${shape.join(' × ') || 'no'} values for ${rows} rows and ${width} names in var`);
}

/** Where the rows of a sparse matrix begin in its values: never backwards, and not beyond the last. */
function requireAscending(places: Float64Array, count: number): Float64Array {
  let before = 0;
  for (const place of places) {
    if (!(place >= before && place <= count)) {
      throw new DamagedTable(
        `X has a row that begins at ${place} of ${count} values, after one that begins at ${before}`,
      );
    }
    before = place;
  }
  return places;
}
