import type { CellColumn } from '../model/cellColumn';
import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { ItemList } from '../model/itemList';
import { type PlannedFile, type PlannedItem, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { fillTokens, nameTokens, tokensOf } from '../model/tokens';
import type { CellTable } from '../read/table/cellTable';
import { assignFileNames, cutStem, maxNameBytes, type Nameable, toFileStem } from './assignFileNames';
import { type FileKind, planFiles } from './planFiles';

/** Where the values of cells are. */
export interface CellRows {
  /** Of each item, in their order. */
  readonly rows: readonly number[];
  readonly table: CellTable | undefined;
}

/** How values of cells are read. */
export interface CellReading {
  readonly cells?: CellRows | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives every item its files, named by the recipe's pattern, else `{fov}`, `{fov}_cell_{label}` or `{fov}_roi_{roi}`.
 * Names that clash are told apart unless the user chose them: `NameCollision`. A token that is neither known nor a column
 * of the cell table is `ColumnNotFound`.
 */
export async function nameFiles(
  recipe: Recipe,
  items: ItemList,
  dataset: Dataset,
  { cells, signal }: CellReading = {},
): Promise<ItemList> {
  const common = planFiles(recipe);
  const kindsOf = (item: PlannedItem): readonly FileKind[] =>
    item.own ? planFiles(recipeOfItem(recipe, item)) : common;
  if (recipe.name !== undefined) {
    const valuesAt = await readTokenColumns(recipe, recipe.name, dataset, { cells, signal });
    return nameByPattern(recipe, recipe.name, items, { kindsOf, valuesAt });
  }
  const nameable = (item: PlannedItem): Nameable => {
    return { id: item.id, name: defaultName(item), endings: kindsOf(item).map(endingOf) };
  };
  const namesOf = assignFileNames({ length: items.length, at: (i) => nameable(items.at(i)) });
  return items.changeEach((item, i) => ({ ...item, files: toFiles(kindsOf(item), namesOf(nameable(item), i)) }));
}

function defaultName({ fov, label, roi }: PlannedItem): string {
  if (roi) return `${fov}_roi_${roi.name || roi.id}`;
  return label === undefined ? fov : `${fov}_cell_${label}`;
}

function endingOf({ channel, extension }: FileKind): string {
  return (channel === undefined ? '' : `_${channel}`) + extension;
}

function toFiles(kinds: readonly FileKind[], names: readonly string[]): PlannedFile[] {
  return kinds.map(({ format, channels }, i) => ({ path: names[i], format, ...(channels && { channels }) }));
}

function nameByPattern(
  recipe: Recipe,
  pattern: string,
  items: ItemList,
  {
    kindsOf,
    valuesAt,
  }: {
    readonly kindsOf: (item: PlannedItem) => readonly FileKind[];
    readonly valuesAt: (i: number) => [string, string][];
  },
): ItemList {
  const users = new Map<string, string>();
  const clashes = new Set<string>();
  const all = items.changeEach((item, i) => {
    const { fov, label, roi, index, id } = item;
    const kinds = kindsOf(item);
    const names = kinds.map(({ channel, extension }) => {
      const values = new Map([
        ...valuesAt(i),
        ['fov', fov],
        ['label', label === undefined ? '' : String(label)],
        ['roi', roi ? roi.name || roi.id : ''],
        ['roi_id', roi?.id ?? ''],
        ['channel', channel ?? ''],
        ['marker_set', recipeOfItem(recipe, item).markerSet ?? ''],
        ['index', String(index ?? '')],
      ]);
      const stem = toFileStem(fillTokens(pattern, values));
      const name = cutStem(stem, id, maxNameBytes - Buffer.byteLength(extension)) + extension;
      const user = users.get(name.toLowerCase());
      if (user !== undefined)
        clashes.add(user === id ? `${name} for two channels of ${id}` : `${name} for ${user} and ${id}`);
      users.set(name.toLowerCase(), id);
      return name;
    });
    return { ...item, files: toFiles(kinds, names) };
  });
  if (clashes.size === 0) return all;
  throw new ExportError(
    'NameCollision',
    `Expected a name of its own for every file from "${pattern}", but found ${listNames([...clashes])}; add what tells them apart, such as ${adviceFor(recipe)}.`,
  );
}

function adviceFor({ mode, separate }: Recipe): string {
  const own = { fovs: '{fov}', cells: '{fov} and {label}', rois: '{roi_id}' }[mode];
  return separate === 'off' ? own : `${own} and {channel}`;
}

/** Reads the columns of the cell table that a pattern names: what each item's row says, as it is written. */
async function readTokenColumns(
  { mode }: Recipe,
  pattern: string,
  { cellTable }: Dataset,
  { cells, signal }: CellReading,
): Promise<(i: number) => [string, string][]> {
  const columns = tokensOf(pattern).filter((token) => !nameTokens.some((known) => known === token));
  if (columns.length === 0) return () => [];
  const unknown = columns.find((name) => !cells?.table || !cellTable?.columns.includes(name));
  if (unknown !== undefined || !cells?.table) {
    const known = nameTokens.map((token) => `{${token}}`).join(' ');
    const others =
      mode === 'cells' ? ` and columns of the cell table, which has ${listNames(cellTable?.columns ?? [])}` : '';
    throw new ExportError(
      'ColumnNotFound',
      `Expected tokens of file names, but found {${unknown ?? ''}} in "${pattern}"; there are ${known}${others}.`,
    );
  }
  const { asWritten } = await cells.table.read([], columns, signal);
  return (i) => columns.map((name) => [name, textAt(asWritten.get(name)!, cells.rows[i])]);
}

function textAt({ codes, texts }: Extract<CellColumn, { kind: 'text' }>, row: number): string {
  return codes[row] < 0 ? '' : texts[codes[row]];
}
