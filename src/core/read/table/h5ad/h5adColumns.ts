import type { CellColumn } from '../../../model/cellColumn';
import { DamagedTable } from '../damagedTable';
import { columnOf, fromCategories, hasEntry } from './columnOf';
import { booleanTexts, numbers, numbersOrTexts, texts, textsOf, toNumbers, toText, toTexts } from './h5adValues';
import type { Hdf5Dataset, Hdf5Field, Hdf5Group } from './openHdf5';
import { readMarker } from './readMarker';

/** A column that is there, and how to read it. */
export interface H5adColumn {
  readonly name: string;
  readonly read: () => CellColumn;
}

/** The columns of an AnnData file. */
export interface H5adTable {
  readonly rows: number;
  readonly columns: readonly H5adColumn[];
  /** What `obs` says to have besides, and why it cannot be read, as the end of a sentence; by name. */
  readonly unread: ReadonlyMap<string, string>;
}

/** Ten times what the largest studies have; so many can be kept in memory. */
const maxRows = 2 ** 24;
const maxMarkers = 2 ** 20;

/** Of `obsm`, wider arrays than a place in space are no columns of a table. */
const maxObsmColumns = 3;

/**
 * The columns of AnnData (its on-disk formats of 0.6 to 0.12): those of `obs`, then of `X` by the names of `var`, then of
 * each narrow array of `obsm` as `key1`, `key2` …, then the names of the observations as `obs_names`. Of columns of one
 * name, a marker's gets `_var`, and one of `obsm` gets `_obsm`; of several markers of one name, the others get `_var_2` …
 */
export function h5adTable(root: Hdf5Group): H5adTable {
  const obs = dataFrame(root, 'obs');
  if (!(obs.rows <= maxRows)) throw new DamagedTable(`it claims ${obs.rows} rows, more than ${maxRows}`);
  const columns = new Map<string, () => CellColumn>();
  const lastNumbers = new Map<string, number>();
  const add = (name: string, ending: string, read: (unique: string) => CellColumn): void => {
    const other = name + ending;
    let unique = columns.has(name) ? other : name;
    for (let n = lastNumbers.get(other) ?? 2; columns.has(unique); n++) {
      unique = `${other}_${n}`;
      lastNumbers.set(other, n + 1);
    }
    columns.set(unique, () => read(unique));
  };
  for (const { name, read } of obs.columns) columns.set(name, read);
  const markers = markerNames(root);
  for (const [position, name] of markers.entries()) {
    add(name, '_var', (unique) => numbers(unique, readMarker(root, position, obs.rows, markers.length)));
  }
  const obsm = root.child('obsm');
  const unread = new Map(obs.unread);
  for (const key of obsm?.names ?? []) {
    if (isDataFrame(obsm!.child(key)))
      unread.set(
        `${key} of obsm`,
        'is a table (a DataFrame), of which only those in obs are read; put its columns there',
      );
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
  return { rows: obs.rows, columns: [...columns].map(([name, read]) => ({ name, read })), unread };
}

function isDataFrame(group: Hdf5Group | undefined): boolean {
  return toText(group?.attribute('encoding-type') ?? '') === 'dataframe';
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
  const unread = new Map<string, string>();
  const columns = names.flatMap((column): H5adColumn[] => {
    const found = columnOf(group, column, `${name}/${column}`);
    if (!found) {
      unread.set(column, hasEntry(group, column) ? 'is kept in a way that is not known here' : 'is not in the file');
      return [];
    }
    if (found.rows !== index.rows) {
      throw new DamagedTable(`${name}/${column} has ${found.rows} values for ${index.rows} rows`);
    }
    return [{ name: column, read: () => found.read(column) }];
  });
  return { rows: index.rows, columns, unread, index: () => textsOf(index.read(indexName)) };
}

/** Before anndata 0.7: one table of rows, with the texts of categories in `uns`. */
function compoundFrame(root: Hdf5Group, table: Hdf5Dataset, fields: readonly Hdf5Field[], name: string): DataFrame {
  const { rows } = table;
  let all: readonly (readonly unknown[])[] | undefined;
  const valuesOf = (field: number): unknown[] => {
    all ??= table.readList(name) as readonly (readonly unknown[])[];
    return all.map((row) => row[field]);
  };
  const indexField = Math.max(
    0,
    fields.findIndex((field) => field.name === 'index' || field.name === '_index'),
  );
  const columns = fields.flatMap((field, i): H5adColumn[] => {
    if (i === indexField) return [];
    const what = `${name}/${field.name}`;
    const categories = root.child('uns')?.dataset(`${field.name}_categories`);
    const read = (): CellColumn => {
      const values = valuesOf(i);
      if (categories)
        return fromCategories(field.name, toNumbers(values, what), {
          dataset: categories,
          what: `${what}_categories in uns`,
        });
      return numbersOrTexts(field.name, field.isBoolean ? booleanTexts(values, what) : values, what);
    };
    return [{ name: field.name, read }];
  });
  return { rows, columns, unread: new Map(), index: () => toTexts(valuesOf(indexField), name) };
}

function markerNames(root: Hdf5Group): readonly string[] {
  if (!root.dataset('X') && !root.child('X')) return [];
  const { rows, index } = dataFrame(root, 'var');
  if (!(rows <= maxMarkers)) throw new DamagedTable(`var claims ${rows} names, more than ${maxMarkers}`);
  return toTexts(index(), 'var');
}
