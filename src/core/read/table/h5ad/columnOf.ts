import type { CellColumn } from '../../../model/cellColumn';
import { DamagedTable } from '../damagedTable';
import { booleanTexts, isNumeric, numbers, numbersOrTexts, toNumbers, toTexts } from './h5adValues';
import type { Hdf5Dataset, Hdf5Group } from './openHdf5';

/** A column that was found, and how to read it under a name. */
export interface FoundColumn {
  readonly rows: number;
  readonly read: (name: string) => CellColumn;
}

/** A column of a group: values, categories, or values with a mask of those that are missing. */
export function columnOf(group: Hdf5Group, column: string, what: string): FoundColumn | undefined {
  const dataset = group.dataset(column);
  if (dataset) {
    // Categories of anndata 0.7: beside the columns, under the column's name.
    const categories =
      dataset.attribute('categories') === undefined ? undefined : group.child('__categories')?.dataset(column);
    if (categories) return categorical(dataset, what, categories, `${what} in __categories`);
    return { rows: dataset.rows, read: (name) => plainColumn(name, dataset, what) };
  }
  const parts = group.child(column);
  const [codes, categories] = [parts?.dataset('codes'), parts?.dataset('categories')];
  if (codes && categories) return categorical(codes, `${what}/codes`, categories, `${what}/categories`);
  const texts = parts?.child('categories')?.dataset('values');
  if (codes && texts) return categorical(codes, `${what}/codes`, texts, `${what}/categories/values`);
  const [values, mask] = [parts?.dataset('values'), parts?.dataset('mask')];
  if (!values || !mask) return undefined;
  return {
    rows: values.rows,
    read: (name) => {
      const missing = `${what}/mask`;
      return withMissing(plainColumn(name, values, `${what}/values`), toNumbers(mask.readList(missing), missing));
    },
  };
}

function categorical(codes: Hdf5Dataset, what: string, categories: Hdf5Dataset, names: string): FoundColumn {
  return {
    rows: codes.rows,
    read: (name) => fromCategories(name, toNumbers(codes.readList(what), what), categories, names),
  };
}

function plainColumn(name: string, dataset: Hdf5Dataset, what: string): CellColumn {
  return numbersOrTexts(name, valuesOf(dataset, what), what);
}

function valuesOf(dataset: Hdf5Dataset, what: string): unknown {
  const values = dataset.readList(what);
  return dataset.isBoolean ? booleanTexts(values, what) : values;
}

function withMissing(column: CellColumn, mask: Float64Array): CellColumn {
  const rows = column.kind === 'number' ? column.values.length : column.codes.length;
  if (mask.length !== rows) throw new DamagedTable(`${column.name} has ${rows} values and a mask of ${mask.length}`);
  if (column.kind === 'number')
    return { ...column, values: column.values.map((value, i) => (mask[i] === 0 ? value : Number.NaN)) };
  return { ...column, codes: column.codes.map((code, i) => (mask[i] === 0 ? code : -1)) };
}

/** Categories that are numbers make a column of numbers; a code below 0 is a missing value. */
export function fromCategories(name: string, codes: Float64Array, categories: Hdf5Dataset, what: string): CellColumn {
  const values = valuesOf(categories, what);
  if (isNumeric(values)) {
    const all = toNumbers(values, what);
    return numbers(
      name,
      codes.map((code) => (code < 0 ? Number.NaN : valueAt(all, code, name))),
    );
  }
  const names = toTexts(values, what);
  for (const code of codes) if (code >= 0) valueAt(names, code, name);
  return { kind: 'text', name, codes: Int32Array.from(codes, (code) => (code < 0 ? -1 : code)), texts: names };
}

function valueAt<T>(values: ArrayLike<T>, code: number, name: string): T {
  if (Number.isInteger(code) && code < values.length) return values[code];
  throw new DamagedTable(`${name} names category ${code} of ${values.length}`);
}
