import type { CellColumn } from '../../../model/cellColumn';
import { DamagedTable } from '../damagedTable';
import type { Hdf5Group } from './openHdf5';
import { type Hdf5Dataset } from './openHdf5';

/** A column that is there, and how to read it. */
export interface H5adColumn {
  readonly name: string;
  readonly read: () => CellColumn;
}

/** The columns of an AnnData file. */
export interface H5adTable {
  readonly rows: number;
  readonly columns: readonly H5adColumn[];
}

/** Of `obsm`, wider arrays than a place in space are no columns of a table. */
const maxObsmColumns = 3;

/**
 * The columns of AnnData (its on-disk formats of 0.6 to 0.12): those of `obs`, then of `X` by the names of `var`, then of
 * each narrow array of `obsm` as `key1`, `key2` …, then the names of the observations as `obs_names`. Of columns of one
 * name, a marker's gets `_var`, and one of `obsm` gets `_obsm`.
 */
export function h5adTable(root: Hdf5Group): H5adTable {
  const obs = dataFrame(root, 'obs');
  const columns = new Map<string, () => CellColumn>();
  const add = (name: string, ending: string, read: (unique: string) => CellColumn): void => {
    const unique = columns.has(name) ? name + ending : name;
    if (!columns.has(unique)) columns.set(unique, () => read(unique));
  };
  for (const { name, read } of obs.columns) add(name, '', () => read());
  const markers = markerNames(root);
  for (const [position, name] of markers.entries()) {
    add(name, '_var', (unique) => numbers(unique, readMarker(root, position, obs.rows, markers.length)));
  }
  const obsm = root.child('obsm');
  for (const key of obsm?.names ?? []) {
    const dataset = obsm!.dataset(key);
    const [rows = 0, width = 0] = dataset?.shape ?? [];
    if (!dataset || dataset.shape.length !== 2 || rows !== obs.rows || width > maxObsmColumns) continue;
    for (let i = 0; i < width; i++) {
      const part = [
        [0, rows],
        [i, i + 1],
      ] as const;
      add(`${key}${i + 1}`, '_obsm', (unique) => numbers(unique, toNumbers(dataset.read(part), key)));
    }
  }
  add('obs_names', '_obs', (name) => texts(name, toTexts(obs.index(), 'obs_names')));
  return { rows: obs.rows, columns: [...columns].map(([name, read]) => ({ name, read })) };
}

interface DataFrame extends H5adTable {
  readonly index: () => unknown;
}

function dataFrame(root: Hdf5Group, name: string): DataFrame {
  const group = root.child(name);
  if (group) return groupFrame(group, name);
  const table = root.dataset(name);
  if (table?.fields) return compoundFrame(root, table, table.fields, name);
  throw new DamagedTable(`it has no table ${name}, as AnnData files have`);
}

/** Since anndata 0.7: a dataset or group for each column. */
function groupFrame(group: Hdf5Group, name: string): DataFrame {
  const indexName = toText(group.attribute('_index') ?? '_index');
  const index = columnOf(group, indexName, `${name}/${indexName}`);
  if (!index) throw new DamagedTable(`${name} has no names of its rows`);
  const order = group.attribute('column-order');
  const names = Array.isArray(order)
    ? order.map(toText)
    : group.names.filter((each) => each !== indexName && each !== '__categories');
  const columns = names.flatMap((column): H5adColumn[] => {
    const found = columnOf(group, column, `${name}/${column}`);
    if (!found) return [];
    if (found.rows !== index.rows) {
      throw new DamagedTable(`${name}/${column} has ${found.rows} values for ${index.rows} rows`);
    }
    return [{ name: column, read: () => found.read(column) }];
  });
  return { rows: index.rows, columns, index: () => textsOf(index.read(indexName)) };
}

/** Before anndata 0.7: one table of rows, with the texts of categories in `uns`. */
function compoundFrame(root: Hdf5Group, table: Hdf5Dataset, fields: readonly string[], name: string): DataFrame {
  const [rows = 0] = table.shape;
  let all: readonly (readonly unknown[])[] | undefined;
  const valuesOf = (field: number): unknown[] => {
    all ??= table.read() as readonly (readonly unknown[])[];
    return all.map((row) => row[field]);
  };
  const indexField = Math.max(
    0,
    fields.findIndex((field) => field === 'index' || field === '_index'),
  );
  const columns = fields.flatMap((field, i): H5adColumn[] => {
    if (i === indexField) return [];
    const categories = root.child('uns')?.dataset(`${field}_categories`);
    return [
      {
        name: field,
        read: () => {
          const values = valuesOf(i);
          if (categories) return fromCategories(field, toNumbers(values, field), categories.read());
          return isNumeric(values) ? numbers(field, toNumbers(values, field)) : texts(field, toTexts(values, field));
        },
      },
    ];
  });
  return { rows, columns, index: () => toTexts(valuesOf(indexField), name) };
}

interface FoundColumn {
  readonly rows: number;
  readonly read: (name: string) => CellColumn;
}

/** A column of a group: values, categories, or values with a mask of those that are missing. */
function columnOf(group: Hdf5Group, column: string, what: string): FoundColumn | undefined {
  const dataset = group.dataset(column);
  if (dataset) {
    const [rows = 0] = dataset.shape;
    // Categories of anndata 0.7: beside the columns, under the column's name.
    const categories =
      dataset.attribute('categories') === undefined ? undefined : group.child('__categories')?.dataset(column);
    if (categories)
      return { rows, read: (name) => fromCategories(name, toNumbers(dataset.read(), what), categories.read()) };
    return { rows, read: (name) => plainColumn(name, dataset, what) };
  }
  const parts = group.child(column);
  const [codes, categories] = [parts?.dataset('codes'), parts?.dataset('categories')];
  if (codes && categories) {
    return {
      rows: codes.shape[0] ?? 0,
      read: (name) => fromCategories(name, toNumbers(codes.read(), what), categories.read()),
    };
  }
  const textCategories = parts?.child('categories');
  if (codes && textCategories?.dataset('values')) {
    const values = textCategories.dataset('values')!;
    return {
      rows: codes.shape[0] ?? 0,
      read: (name) => fromCategories(name, toNumbers(codes.read(), what), values.read()),
    };
  }
  const [values, mask] = [parts?.dataset('values'), parts?.dataset('mask')];
  if (!values || !mask) return undefined;
  return {
    rows: values.shape[0] ?? 0,
    read: (name) => withMissing(plainColumn(name, values, what), toNumbers(mask.read(), what)),
  };
}

function plainColumn(name: string, dataset: Hdf5Dataset, what: string): CellColumn {
  const values = dataset.read();
  // As pandas writes them into a CSV file.
  if (dataset.isBoolean)
    return texts(
      name,
      Array.from(toNumbers(values, what), (value) => (value === 0 ? 'False' : 'True')),
    );
  return isNumeric(values) ? numbers(name, toNumbers(values, what)) : texts(name, toTexts(values, what));
}

function withMissing(column: CellColumn, mask: Float64Array): CellColumn {
  const rows = column.kind === 'number' ? column.values.length : column.codes.length;
  if (mask.length !== rows) throw new DamagedTable(`${column.name} has ${rows} values and a mask of ${mask.length}`);
  if (column.kind === 'number')
    return { ...column, values: column.values.map((value, i) => (mask[i] === 0 ? value : Number.NaN)) };
  return { ...column, codes: column.codes.map((code, i) => (mask[i] === 0 ? code : -1)) };
}

/** Categories that are numbers make a column of numbers; a code below 0 is a missing value. */
function fromCategories(name: string, codes: Float64Array, categories: unknown): CellColumn {
  if (isNumeric(categories)) {
    const values = toNumbers(categories, name);
    return numbers(
      name,
      codes.map((code) => (code < 0 ? Number.NaN : valueAt(values, code, name))),
    );
  }
  const names = toTexts(categories, name);
  for (const code of codes) if (code >= 0) valueAt(names, code, name);
  return { kind: 'text', name, codes: Int32Array.from(codes, (code) => (code < 0 ? -1 : code)), texts: names };
}

function valueAt<T>(values: ArrayLike<T>, code: number, name: string): T {
  if (code < values.length) return values[code];
  throw new DamagedTable(`${name} names category ${code} of ${values.length}`);
}

function markerNames(root: Hdf5Group): readonly string[] {
  if (!root.dataset('X') && !root.child('X')) return [];
  const names = dataFrame(root, 'var').index();
  return toTexts(names, 'var');
}

/** One column of `X`, dense or sparse; zeros are not kept in a sparse one. */
function readMarker(root: Hdf5Group, position: number, rows: number, width: number): Float64Array {
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
  const [count = 0] = data.shape;
  if (indices.shape[0] !== count || indptr.shape[0] !== (isCsc ? width : rows) + 1) {
    throw new DamagedTable(`X has ${count} values, ${indices.shape[0]} indices and ${indptr.shape[0]} places`);
  }
  const values = new Float64Array(rows);
  if (isCsc) {
    const [start, end] = requireAscending(toNumbers(indptr.read([[position, position + 2]]), 'X/indptr'), count);
    const at = toNumbers(indices.read([[start, end]]), 'X/indices');
    for (const [i, value] of toNumbers(data.read([[start, end]]), 'X/data').entries()) {
      if (!(at[i] >= 0 && at[i] < rows)) throw new DamagedTable(`X has a value for row ${at[i]} of ${rows}`);
      values[at[i]] = value;
    }
    return values;
  }
  if (!kind.startsWith('csr')) throw new DamagedTable(`X is kept as ${kind || 'something unknown'}`);
  const starts = requireAscending(toNumbers(indptr.read(), 'X/indptr'), count);
  // Rows in pieces: of a large matrix one column is wanted, and not the whole.
  for (let row = 0; row < rows;) {
    let end = row + 1;
    while (end < rows && starts[end + 1] - starts[row] <= sparsePiece) end++;
    const [from, to] = [starts[row], starts[end]];
    const at = toNumbers(indices.read([[from, to]]), 'X/indices');
    const wanted = at.indexOf(position) < 0 ? undefined : toNumbers(data.read([[from, to]]), 'X/data');
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

function numbers(name: string, values: Float64Array): CellColumn {
  return { kind: 'number', name, values };
}

function texts(name: string, values: readonly string[]): CellColumn {
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(values, (value) => {
    const code = codeOf.get(value) ?? codeOf.size;
    codeOf.set(value, code);
    return code;
  });
  return { kind: 'text', name, codes, texts: [...codeOf.keys()] };
}

function textsOf(column: CellColumn): string[] {
  if (column.kind === 'number') return Array.from(column.values, String);
  return Array.from(column.codes, (code) => (code < 0 ? '' : column.texts[code]));
}

function isNumeric(values: unknown): boolean {
  if (ArrayBuffer.isView(values)) return true;
  return Array.isArray(values) && values.every((value) => typeof value === 'number' || typeof value === 'bigint');
}

/** Whole numbers of 64 bits become the nearest that can be computed with. */
function toNumbers(values: unknown, what: string): Float64Array {
  if (values instanceof Float64Array) return values;
  if (isNumeric(values)) return Float64Array.from(values as ArrayLike<number | bigint>, Number);
  throw new DamagedTable(`${what} holds no numbers`);
}

function toTexts(values: unknown, what: string): string[] {
  if (Array.isArray(values)) return values.map(toText);
  if (isNumeric(values)) return Array.from(toNumbers(values, what), String);
  throw new DamagedTable(`${what} holds no texts`);
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : '';
}
