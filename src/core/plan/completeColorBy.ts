import type { HexColor } from '../model/color';
import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import { classColor, distinctClassColors } from '../model/palette';
import { parseNumber } from '../model/parseNumber';
import type { ColorBy } from '../model/recipe';
import { type CellValues, readCellValues } from '../read/table/readCellValues';
import { classOf, type ColumnContent, describeColumn, isMeasured } from '../select/colorCells';
import { scanOf } from '../select/orderStatistics';
import { requireCellRows } from './table/chooseCells';
import { resolveLimits } from './resolveContrastLimits';

interface Completing {
  /** Gets what the user should know of the result. */
  readonly notes: string[];
  /** Gets what of it the user should know before the start. */
  readonly warnings: string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Colours by a column of the cell table, as far as the request leaves them to the data: classes or measurements, the
 * colours of the classes, the range of the numbers. What would paint every cell of a batch alike is an error.
 * Fails with `ColumnNotFound`, `DatasetInvalid`, `PaletteInvalid` or `ContrastLimitsInvalid`.
 * @param fovs the names of the chosen FOVs
 */
export async function completeColorBy(
  by: ColorBy,
  dataset: Dataset,
  fovs: ReadonlySet<string>,
  { notes, warnings, signal }: Completing,
): Promise<ColorBy> {
  const { cellTable } = dataset;
  if (!cellTable) {
    const why = dataset.cellTableProblem ?? `${dataset.folder} has none; name its file.`;
    throw new ExportError('ColumnNotFound', `Expected a cell table for colours by ${by.column}, but ${why}`);
  }
  const { file, roles, labelProblem } = requireCellRows(cellTable);
  if (labelProblem) throw new ExportError('ColumnNotFound', labelProblem.message);
  const values = await readCellValues(file, roles, by.column, { about: cellTable, signal });
  const known = [...values.byFov.keys()];
  if (!known.some((fov) => fovs.has(fov))) {
    const found = known.length === 0 ? 'found no cell with a whole number as its label' : `found ${listNames(known)}`;
    throw new ExportError(
      'DatasetInvalid',
      `Expected cells of ${listNames([...fovs])} in ${roles.fov === undefined ? `column ${roles.label}` : `columns ${roles.fov} and ${roles.label}`} of ${file}, but ${found}.`,
    );
  }
  noteOddRows(by, values, notes);
  const toNumber = (text: string): number => parseNumber(text, values.decimalComma);
  const content = describeColumn(allValues(values), toNumber);
  if (content.classes.length === 0) {
    throw new ExportError(
      'DatasetInvalid',
      `Expected values in column ${by.column} of ${file}, but every cell's is missing.`,
    );
  }
  if (by.colors) {
    requireKnownClass(by, content, file, notes);
    return by;
  }
  const measured = by.colorMap !== undefined || isMeasured(content);
  if (measured === undefined) {
    throw new ExportError(
      'DatasetInvalid',
      `Expected numbers or classes in column ${by.column} of ${file}, but found ${content.numbers} different numbers and texts such as "${content.texts[0]}"; choose a colour map, and the texts count as missing, or a palette.`,
    );
  }
  if (!measured) {
    const { classes } = content;
    if (classes.length > distinctClassColors) {
      notes.push(
        `${by.column}: ${classes.length} classes have automatic colours, of which only the first ${distinctClassColors} are easily told apart`,
      );
    }
    // By all cells of the table, so that a class has one colour whichever FOVs are chosen.
    return { ...by, colors: Object.fromEntries(classes.map((name, i): [string, HexColor] => [name, classColor(i)])) };
  }
  if (content.numbers === 0) {
    throw new ExportError(
      'DatasetInvalid',
      `Expected numbers for a colour map in column ${by.column} of ${file}, but found ${content.texts.length > 0 ? `texts such as "${content.texts[0]}"` : 'no value at all'}.`,
    );
  }
  if (content.texts.length > 0) {
    notes.push(
      `${by.column}: texts such as "${content.texts[0]}" are no numbers and have the colour of missing values`,
    );
  }
  const chosen = [...values.byFov].flatMap(([fov, cells]) => (fovs.has(fov) ? [...cells.values()].map(toNumber) : []));
  const asked = by.range ?? [{ percentile: 0 }, { percentile: 100 }];
  const found = await resolveLimits(by.column, asked, scanOf(Float64Array.from(chosen)), 'values');
  const { limits } = found;
  notes.push(...found.notes);
  if (by.range) warnings.push(...found.warnings); // Of a column of one value nobody asked for percentiles.
  return { ...by, colorMap: by.colorMap ?? 'viridis', range: limits };
}

function noteOddRows({ column }: ColorBy, { badLabels, duplicates }: CellValues, notes: string[]): void {
  if (badLabels > 0) notes.push(`${column}: ${badLabels} rows have no whole number above 0 as their label`);
  if (duplicates > 0) {
    notes.push(`${column}: ${duplicates} cells stand in the table twice with different values; the first one counts`);
  }
}

/** A palette that knows no class of the column is for something else. */
function requireKnownClass(by: ColorBy, { classes }: ColumnContent, file: string, notes: string[]): void {
  const colored = new Set(Object.keys(by.colors ?? {}).map(classOf));
  const others = classes.filter((name) => !colored.has(name));
  if (others.length === classes.length) {
    throw new ExportError(
      'PaletteInvalid',
      `Expected colours for the classes of column ${by.column} of ${file} (${listNames(classes)}), but the palette has ${listNames([...colored])}.`,
    );
  }
  if (others.length > 0) notes.push(`${by.column}: no colour in the palette for ${listNames(others)}`);
}

function* allValues({ byFov }: CellValues): Iterable<string> {
  for (const cells of byFov.values()) yield* cells.values();
}
