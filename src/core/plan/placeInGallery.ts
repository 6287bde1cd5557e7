import type { CellColumn } from '../model/cellColumn';
import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { itemOrderKeys } from '../model/gallery';
import { listNames } from '../model/listNames';
import type { ItemList } from '../model/itemList';
import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { orderItems, type OrderKey } from '../select/orderItems';
import type { CellReading } from './nameFiles';

/**
 * Gives items their places in the gallery, if its order was asked for: by columns of the cell table, for cells, and by
 * what every item has. Found out while planning, so that a table that changes later does not change the gallery.
 * Fails with `ColumnNotFound` for an order that is neither.
 */
export async function placeInGallery(
  recipe: Recipe,
  items: ItemList,
  dataset: Dataset,
  { cells, signal }: CellReading = {},
): Promise<ItemList> {
  const order = recipe.gallery?.order ?? [];
  if (order.length === 0) return items;
  const columns = cells?.table ? (dataset.cellTable?.columns ?? []) : [];
  const known = new Set(columns);
  for (const name of order) {
    if (known.has(name) || itemOrderKeys.some((key) => key === name)) continue;
    const table = columns.length > 0 ? `, or a column of the cell table, which has ${listNames(columns)}` : '';
    throw new ExportError(
      'ColumnNotFound',
      `Expected ${itemOrderKeys.join(', ')}${table} for the order of the gallery, but found "${name}".`,
    );
  }
  // A column says more exactly what was meant than a name that every item has.
  const named = order.filter((name) => known.has(name));
  const found = named.length > 0 ? (await cells!.table!.read(named, [], signal)).columns : new Map<string, never>();
  const keys = Array.from(items, (item, i) =>
    order.map((name): OrderKey => {
      const column = found.get(name);
      return column ? valueAt(column, cells!.rows[i]) : ownValue(item, name);
    }),
  );
  const places = new Map(orderItems(keys).map((position, i) => [position, i + 1]));
  return items.changeEach((item, i) => ({ ...item, galleryPlace: places.get(i)! }));
}

function valueAt(column: CellColumn, row: number): OrderKey {
  if (column.kind === 'text') return column.codes[row] < 0 ? undefined : column.texts[column.codes[row]];
  const value = column.values[row];
  return Number.isNaN(value) ? undefined : value;
}

function ownValue({ fov, label, roi, index }: PlannedItem, name: string): OrderKey {
  if (name === 'fov') return fov;
  if (name === 'label') return label;
  return name === 'roi' ? roi && (roi.name || roi.id) : index;
}
