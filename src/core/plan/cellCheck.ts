import { type CellSelection, isFitted } from '../model/cellSelection';
import type { Dataset, Problem } from '../model/dataset';
import { ExportError, isExportError, toExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { PlannedSource } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { scanOfMask } from '../read/scanLabels';
import { doOverlap, squareAbout } from '../select/cropRegion';
import { type MeasuredCell, measureCells } from '../select/measureCells';
import type { ChosenCell } from '../select/selectCells';
import { fitRadiusPx, LabelsNear } from '../select/labelsNear';
import { judgeFits, type TableFit } from '../select/tableFit';
import type { CellPlaces } from './table/cellPlaces';
import { noteFit } from './table/describeFit';
import { MaskFit } from './table/maskFit';
import { toPixelCenter } from './cropOfCell';
import { type PlannedFov, requireMaskSize, requireSource, toPlannedSource } from './planFov';
import { scatterWarnings } from './scatteredCells';

/** What a FOV's cell mask says of the chosen cells. */
export interface FovMask {
  readonly source: PlannedSource;
  /** By label. */
  readonly cells: ReadonlyMap<number, MeasuredCell>;
  /** Those with a pixel of their own near the table's centroid. */
  readonly near: ReadonlySet<ChosenCell>;
  /** How all of the table's cells agree with it; absent where the table does not say which cells it is about. */
  readonly fit?: TableFit;
  /** What pictures of its cells say of that. */
  readonly note?: string;
}

export function needsMask({ crop, center, isolate, onlyFocal }: CellSelection): boolean {
  return isFitted(crop) || center === 'mask' || isolate || onlyFocal;
}

/** Reads the cell masks, and gathers over all FOVs how they and the table agree: all of its cells, and the chosen ones. */
export class CellCheck {
  readonly fits: TableFit[] = [];
  /** `FOV:LABEL` of cells whose label is not in the mask. */
  private readonly absent: string[] = [];
  /** `FOV:LABEL` of cells whose label is in places far apart. */
  private readonly scattered: string[] = [];
  /** Cells with a centroid, in masks that fit. */
  private checked = 0;
  /** Of these, centroids without a pixel of the cell near them: also those of crescents. */
  private outside = 0;
  /** Of these, centroids not even in the box around the cell. */
  private farOff = 0;
  /** Masks that could not be looked at, and that no picture needs. */
  private readonly unreadable: Problem[] = [];

  /** @param places of all cells of the table, chosen or not: few of them would say little */
  constructor(
    private readonly recipe: Recipe,
    private readonly dataset: Dataset,
    private readonly places: CellPlaces | undefined,
  ) {}

  /**
   * The cell mask. A damaged one that no picture needs costs a warning, and no cell; one of another size costs them, also
   * where they are cut out about the table's centroids, which are as a rule those of the mask.
   */
  async readMask(
    planned: PlannedFov,
    cells: readonly ChosenCell[],
    signal?: AbortSignal,
  ): Promise<FovMask | undefined> {
    try {
      return await this.readIfThere(planned, cells, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const isDrawn = this.recipe.masks.some(({ name }) => name === this.dataset.cellTable?.maskName);
      if (isDrawn || needsMask(this.recipe.cells!) || isExportError(error, 'SizeMismatch')) throw error;
      const { code, message } = toExportError(error);
      this.unreadable.push({ code, message: `${message} No picture needs this mask, so that its cells are made.` });
      return undefined;
    }
  }

  /** Reads the cell mask if there is one; where it is needed, there must be. */
  private async readIfThere(
    planned: PlannedFov,
    cells: readonly ChosenCell[],
    signal?: AbortSignal,
  ): Promise<FovMask | undefined> {
    const { fov } = planned;
    const name = this.dataset.cellTable?.maskName;
    const isThere = name !== undefined && fov.masks.some((mask) => mask.name === name);
    if (!isThere) {
      if (!needsMask(this.recipe.cells!)) return undefined;
      if (name !== undefined) requireSource(fov, 'mask', name);
      throw new ExportError(
        'MaskNotFound',
        `Expected the mask of the cells of FOV ${fov.name}, but it is not known which of its masks that is; name it.`,
      );
    }
    const source = requireSource(fov, 'mask', name);
    await requireMaskSize(planned, source);
    const sample = this.places?.sampleOf(fov.name, planned.pixelSize?.um);
    const fitting = sample && new MaskFit({ fov: fov.name, mask: source.name }, sample);
    const placed = cells.flatMap((cell) => {
      const center = toPixelCenter(cell, this.dataset, planned);
      return center ? [{ cell, center: [center.x, center.y] as const }] : [];
    });
    const centroids = new LabelsNear(
      placed.map(({ cell }) => cell.label),
      placed.map(({ center }) => center),
    );
    const scan = scanOfMask(source, signal);
    const measured = await measureCells(scan, new Set(cells.map((cell) => cell.label)), (window) => {
      fitting?.look(window);
      centroids.look(window);
    });
    const fit = await fitting?.judge(scan);
    if (fit) this.fits.push(fit);
    // Who colours the mask says it of each picture.
    const isColored = this.recipe.masks.some((layer) => layer.name === source.name && !isPlainColor(layer.color));
    const note = fit && !isColored ? noteFit(fit) : undefined;
    const near = new Set(placed.flatMap(({ cell }, i) => (centroids.isNear[i] ? [cell] : [])));
    return {
      source: toPlannedSource(source, this.dataset),
      cells: measured,
      near,
      ...(fit && { fit }),
      ...(note !== undefined && { note }),
    };
  }

  /** Looks whether a chosen cell is where the table says it is, unless it is known that the table as a whole is not right. */
  look(cell: ChosenCell, center: ChosenCell['center'], { cells, near, fit }: FovMask): void {
    const { fov, label } = cell;
    const measured = cells.get(label);
    if (!measured) {
      this.absent.push(`${fov}:${label}`);
      return;
    }
    if (measured.scattered) this.scattered.push(`${fov}:${label}`);
    if (!center || (fit && judgeFits([fit]) !== 'fits')) return;
    this.checked++;
    if (near.has(cell)) return;
    this.outside++;
    if (!doOverlap(squareAbout(center, 1), measured.box)) this.farOff++;
  }

  warnings(): Problem[] {
    const { absent, outside, farOff, checked } = this;
    const selection = this.recipe.cells!;
    const warnings = [...this.unreadable];
    if (absent.length > 0) {
      const message = `The labels of ${absent.length} chosen cells are not in their masks (${listNames(absent)}); they fail only where the mask is needed.`;
      warnings.push({ code: 'CellNotFound', message });
    }
    if (outside > 0) {
      const choice =
        selection.center === 'table' ? ' If pictures do not show their cells, centre them by the mask.' : '';
      const message = `The table's centroids of ${outside} of ${checked} chosen cells do not lie within ${fitRadiusPx} px of their cells, ${farOff} of them not even in the box around the cell.${choice}`;
      warnings.push({ code: 'CellOffCenter', message });
    }
    warnings.push(...scatterWarnings(this.scattered, selection));
    return warnings;
  }
}
