import type { CellColumn } from '../../../model/cellColumn';
import { DamagedTable } from '../damagedTable';
import { booleanTexts, areNumeric, numbers, numbersOrTexts, toNumbers, toTexts } from './h5adValues';
import type { Hdf5Dataset, Hdf5Group } from './openHdf5';

/** A column that was found, and how to read it under a name. */
export interface FoundColumn {
  readonly rows: number;
  readonly read: (name: string) => CellColumn;
}

/** What the codes of a column stand for. */
export interface Categories {
  readonly dataset: Hdf5Dataset;
  /** Where they are in the file, for messages. */
  readonly what: string;
  readonly isOrdered?: boolean;
}

/**
 * A column of a group: values, categories, or values with a mask of those that are missing. One that is called `HLA-DR/DP`
 * is in a group of its own: HDF5 takes the slash for a path.
 */
export function columnOf(group: Hdf5Group, column: string, what: string): FoundColumn | undefined {
  const [parent, key] = placeOf(group, column);
  const dataset = parent?.dataset(key);
  if (dataset) {
    // Categories of anndata 0.7: beside the columns, under the column's name.
    const [all, name] =
      dataset.attribute('categories') === undefined ? [] : placeOf(group.child('__categories'), column);
    const categories = name === undefined ? undefined : all?.dataset(name);
    if (categories)
      return categorical(dataset, what, {
        dataset: categories,
        what: `${what} in __categories`,
        isOrdered: isTrue(categories.attribute('ordered')),
      });
    return { rows: dataset.rows, read: (as) => plainColumn(as, dataset, what) };
  }
  const parts = parent?.child(key);
  const isOrdered = isTrue(parts?.attribute('ordered'));
  const [codes, categories] = [parts?.dataset('codes'), parts?.dataset('categories')];
  if (codes && categories) {
    return categorical(codes, `${what}/codes`, { dataset: categories, what: `${what}/categories`, isOrdered });
  }
  const texts = parts?.child('categories')?.dataset('values');
  if (codes && texts) {
    return categorical(codes, `${what}/codes`, { dataset: texts, what: `${what}/categories/values`, isOrdered });
  }
  const [values, mask] = [parts?.dataset('values'), parts?.dataset('mask')];
  if (!values || !mask) return undefined;
  return {
    rows: values.rows,
    read: (name) => {
      const missing = `${what}/mask`;
      return {
        ...withMissing(plainColumn(name, values, `${what}/values`), toNumbers(mask.readList(missing), missing)),
        isNullable: true,
      };
    },
  };
}

/** Whether something of the name of a column is there, be it a column or not. */
export function hasEntry(group: Hdf5Group, column: string): boolean {
  const [parent, key] = placeOf(group, column);
  return parent?.names.includes(key) === true;
}

/** The group that holds a column, and its name there. */
function placeOf(group: Hdf5Group | undefined, column: string): readonly [parent: Hdf5Group | undefined, key: string] {
  const folders = column.split('/');
  const key = folders.pop()!;
  return [folders.reduce((parent, folder) => parent?.child(folder), group), key];
}

/** An attribute that h5py wrote for True; the library gives it as a number. */
function isTrue(attribute: unknown): boolean {
  return Number(attribute) === 1;
}

function categorical(codes: Hdf5Dataset, what: string, categories: Categories): FoundColumn {
  return {
    rows: codes.rows,
    read: (name) => fromCategories(name, toNumbers(codes.readList(what), what), categories),
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
export function fromCategories(
  name: string,
  codes: Float64Array,
  { dataset, what, isOrdered = false }: Categories,
): CellColumn {
  const values = valuesOf(dataset, what);
  if (areNumeric(values)) {
    const all = toNumbers(values, what);
    const column = numbers(
      name,
      codes.map((code) => (code < 0 ? Number.NaN : valueAt(all, code, name))),
    );
    return isOrdered ? { ...column, order: [...all] } : column;
  }
  const names = toTexts(values, what);
  for (const code of codes) if (code >= 0) valueAt(names, code, name);
  const places = Int32Array.from(codes, (code) => (code < 0 ? -1 : code));
  return { kind: 'text', name, codes: places, texts: names, ...(isOrdered && { order: names }) };
}

function valueAt<T>(values: ArrayLike<T>, code: number, name: string): T {
  if (Number.isInteger(code) && code < values.length) return values[code];
  throw new DamagedTable(`${name} names category ${code} of ${values.length}`);
}
