import path from 'node:path';
import type { ClassColor } from '../model/color';
import { ExportError } from '../model/exportError';
import type { ScanLabels } from '../model/labelScan';
import { parseNumber } from '../model/parseNumber';
import { keyOfSource, type PlannedItem, type PlannedSource } from '../model/plan';
import type { ColorBy, Recipe } from '../model/recipe';
import { classesOfCells, colorCells } from '../select/colorCells';
import { judgeFits, labelAreas, type TableFit } from '../select/tableFit';
import type { CellsSource } from '../job/cellSnapshot';
import { exportAnew, mismatchOf, noteFit } from '../plan/table/describeFit';
import { MaskFit } from '../plan/table/maskFit';

/** A mask's cells by label: their colours, and their classes where they are coloured by classes. */
export interface ColoredCells {
  readonly colors: ReadonlyMap<number, ClassColor>;
  readonly classes?: ReadonlyMap<number, string>;
  readonly notes: readonly string[];
}

/** The FOV that a mask is of. */
type FovOfMask = Pick<PlannedItem, 'fov' | 'pixelSize'>;

/** A mask that the cell table colours. */
export interface ColoredMask {
  readonly color: ColorBy;
  readonly source: PlannedSource;
  /** Goes through all of it, whatever part is shown: asked for once a FOV. */
  readonly scan: ScanLabels;
}

/** What was seen of a mask, all of it. */
interface SeenMask {
  /** How many pixels each of its labels has. */
  readonly areas: ReadonlyMap<number, number>;
  readonly fit: TableFit | undefined;
}

/**
 * What the cell table says of the masks of the FOV in hand: whether it is about them, once for each mask, whatever colours
 * it and however many crops show it, and the colours of their cells, once for each column.
 */
export class MaskColors {
  private readonly colors = new Map<string, ColoredCells>();
  private readonly seen = new Map<string, SeenMask>();

  constructor(
    private readonly cells: CellsSource,
    private readonly cellTableFile: string | undefined,
  ) {}

  /** Lets go of the last FOV. */
  forget(): void {
    this.colors.clear();
    this.seen.clear();
  }

  /**
   * The colours of a mask's cells.
   * Fails with `TableMismatch` if the table clearly is not about the mask, or with `CellNotFound` if it has no row of it.
   */
  async colorsOf(recipe: Recipe, item: FovOfMask, { color, source, scan }: ColoredMask): Promise<ColoredCells> {
    const key = JSON.stringify([keyOfSource(source), color]);
    const known = this.colors.get(key);
    if (known) return known;
    const { texts, decimalComma } = await this.cells.values(color.column, item.fov);
    const isAllowed = recipe.allowMismatch ?? false;
    const { areas, fit } = await this.see(item, source, scan);
    if (fit && judgeFits([fit]) === 'mismatch' && !isAllowed) {
      throw mismatchOf([fit], path.basename(this.cellTableFile ?? 'the cell table'), { otherwise: exportAnew });
    }
    const noteOfFit = fit && noteFit(fit);
    const unknown = noteUnknownCells(item.fov, color.column, countUnknown(areas, texts), isAllowed);
    // Without centroids that of the fit says as much.
    const notes = [noteOfFit, fit?.inTable && noteOfFit !== undefined ? undefined : unknown];
    const colors = colorCells(color, texts, (text) => parseNumber(text, decimalComma));
    const classes = color.colorMap ? undefined : classesOfCells(color, texts);
    const found = { colors, ...(classes && { classes }), notes: notes.filter((note) => note !== undefined) };
    this.colors.set(key, found);
    return found;
  }

  private async see({ fov, pixelSize }: FovOfMask, source: PlannedSource, scan: ScanLabels): Promise<SeenMask> {
    const key = keyOfSource(source);
    const known = this.seen.get(key);
    if (known) return known;
    const sample = await this.cells.sample(fov, pixelSize?.um);
    const areas = new Map<number, number>();
    const fitting = sample && new MaskFit({ fov, mask: source.name }, sample, areas);
    await scan((window) => {
      labelAreas(window, areas);
      fitting?.look(window);
    });
    const seen = { areas, fit: await fitting?.judge(scan) };
    this.seen.set(key, seen);
    return seen;
  }
}

/** Cells of a mask. */
interface CellCounts {
  readonly inMask: number;
  /** Of these, those without a row in the table. */
  readonly unknown: number;
  /** Cells of the FOV that the table has. */
  readonly inTable: number;
}

function countUnknown(areas: ReadonlyMap<number, number>, cells: ReadonlyMap<number, string>): CellCounts {
  let unknown = 0;
  for (const label of areas.keys()) if (!cells.has(label)) unknown++;
  return { inMask: areas.size, unknown, inTable: cells.size };
}

/** How many cells of a mask the table says nothing of. If it is all of them, the table is about other cells. */
function noteUnknownCells(
  fov: string,
  column: string,
  { inMask, unknown, inTable }: CellCounts,
  isAllowed: boolean,
): string | undefined {
  if (unknown === 0) return undefined;
  if (unknown < inMask || (isAllowed && inTable > 0)) {
    return `${column}: ${unknown} of ${inMask} cells have no row in the cell table`;
  }
  throw new ExportError(
    'CellNotFound',
    `Expected rows for the ${inMask} cells of FOV ${fov} in the cell table, but found ${inTable === 0 ? 'none of this FOV' : 'none with their labels'}; colours by ${column} need them.`,
  );
}
