import type { CellSample } from '../model/cellSample';
import type { Dataset, Fov } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import type { ChosenItem, ItemPage } from '../model/itemPage';
import { ItemList } from '../model/itemList';
import { type PlannedItem, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { withinMemory } from '../read/memoryLimit';
import { CellTable } from '../read/table/cellTable';
import { bandsOf, usualBandPixels } from '../render/outputGrid';
import { plentyBytes } from '../read/imageParts';
import { selectFovs } from '../select/selectFovs';
import { judgeFits, type TableFit } from '../select/tableFit';
import { cellsOfTable, type CellsSource } from '../job/cellSnapshot';
import { CellPlaces } from '../plan/table/cellPlaces';
import { completeOwn } from '../plan/completeOwn';
import { fillGaps, findGaps, type FoundGaps, gapsLeft, gapsOf } from '../plan/recipeGaps';
import { checkTableFit } from '../plan/table/checkTableFit';
import { requireCellTable, requireOneImageOf } from '../plan/table/chooseCells';
import { listCells, listRois, type PageRequest, stepItem } from '../plan/listItems';
import { describeMaking } from '../again/describeMaking';
import { defaultMemoryBytes, leastBytesOf, planningBytes, processBytes, requireWithin } from '../plan/memoryBudget';
import { hasBar } from '../plan/planFov';
import { planItems } from '../plan/planItems';
import type { PlanLimits } from '../plan/planJob';
import { type ResolvedLimits, resolveContrastLimits } from '../plan/resolveContrastLimits';
import { drawDraft } from './drawDraft';
import { drawPreview, type Preview } from './drawPreview';
import { ItemSource } from './itemSource';
import { KeptLayers } from './keptLayers';
import { layersKey } from './layersKey';
import { type SlideJoins, SourceReader } from './sourceReader';

export type { Preview } from './drawPreview';

export interface PreviewRequest {
  /** Its id: `FOV`, `FOV:LABEL` in mode `cells`, or a ROI's in mode `rois`. */
  readonly item: string;
  /** A picture with a longer side is shown at the smallest stronger downsample that fits, which the result says. */
  readonly maxSidePx: number;
  /** What a job might take; an item that it would not make for that is not shown, either. Absent: as for a job. */
  readonly memoryBytes?: number | undefined;
  /** Of the pictures that the recipe makes of an item, the one of this channel (position in the recipe); default the first. */
  readonly channel?: number;
  /** Absent: no draft is made, and nothing is kept for another request with other contrast. */
  readonly draft?: DraftTaker;
}

/** Who shows drafts: pictures of the same size and marks, made of a level of pyramids, before the exact one is there. */
export interface DraftTaker {
  /** Called at most once, and only if there is such a level. */
  readonly show: (draft: Preview) => void;
  /** Called in place of it if the draft cannot be made. The exact picture comes all the same, or says what is wrong. */
  readonly fail: (error: unknown) => void;
}

/** Chooses and renders single items of a dataset as the job would, with the job's own renderer and encoder. */
export class Previewer {
  /** What the data said about the last recipe: percentiles of a large batch are not found anew for every preview. */
  private found:
    | { readonly key: string; readonly result: Promise<FoundGaps>; answer?: FoundGaps; readonly stop: AbortController }
    | undefined;

  private readonly table: CellTable | undefined;
  /** What colours cells: the table is not scanned anew for every preview. */
  private readonly cells: CellsSource;
  /** Of slides, which are looked at region by region. */
  private readonly joins = new Map<string, SlideJoins>();
  /** Of the last picture: a change of contrast decodes nothing. */
  private readonly kept = new KeptLayers(plentyBytes);

  constructor(private readonly dataset: Dataset) {
    this.table = dataset.cellTable && new CellTable(dataset.cellTable.file);
    this.cells = cellsOfTable(dataset.cellTable, (fov, pixelSizeUm) => this.sampleOf(fov, pixelSizeUm));
  }

  /** Counts the cells or ROIs that a recipe means and lists some of those that can be picked. */
  async listItems(recipe: Recipe, page: PageRequest, signal?: AbortSignal): Promise<ItemPage> {
    if (recipe.mode === 'rois') return listRois(recipe, this.dataset, page);
    const table = this.table ?? new CellTable(requireCellTable(this.dataset).file);
    return listCells(recipe, this.dataset, page, { table, signal });
  }

  /** The chosen item that comes so many after another one; see `stepItem`. */
  stepItem(recipe: Recipe, from: string, by: number, signal?: AbortSignal): Promise<ChosenItem> {
    return stepItem(recipe, this.dataset, { from, by }, { table: this.table, signal });
  }

  /**
   * Turns percentiles of some FOVs into intensities. A FOV of which more would be decoded than memory allows has no say.
   * @param limits.memoryBytes what a job might take
   */
  findLimits(
    channels: Parameters<typeof resolveContrastLimits>[0],
    fovs: readonly Fov[],
    { memoryBytes = defaultMemoryBytes(), signal }: PlanLimits,
  ): Promise<ResolvedLimits> {
    return withinMemory(planningBytes(memoryBytes), () => resolveContrastLimits(channels, fovs, signal));
  }

  /**
   * An item's picture, exactly as the export makes it, or would make it at the downsample that is shown.
   * @throws ExportError what keeps the export from making it, `TooLarge` included
   */
  preview(asked: Recipe, request: PreviewRequest, signal?: AbortSignal): Promise<Preview> {
    const { memoryBytes = defaultMemoryBytes() } = request;
    const { folder, cellTable } = this.dataset;
    const reader = new SourceReader(folder, this.cells, { cellTableFile: cellTable?.file, joins: this.joins });
    return withinMemory(planningBytes(memoryBytes), () =>
      this.previewWithin(asked, { ...request, memoryBytes }, reader, signal),
    ).finally(() => reader.close());
  }

  private async previewWithin(
    asked: Recipe,
    request: PreviewRequest & { readonly memoryBytes: number },
    reader: SourceReader,
    signal?: AbortSignal,
  ): Promise<Preview> {
    const { memoryBytes, maxSidePx, draft } = request;
    // A draft does not wait for percentiles of the whole batch.
    const early = draft && (await this.planOne(asked, request.item, signal));
    const key = early && (await layersKey(asked, early, maxSidePx, this.dataset));
    if (early && !this.kept.hasOnly(key)) await this.offerDraft(asked, early, request, signal);
    const completed = await this.complete(asked);
    signal?.throwIfAborted();
    const planned = early ?? (await this.planOne(asked, request.item, signal));
    const fail = (_: PlannedItem, error: unknown): never => {
      throw error;
    };
    const one = await completeOwn({ asked, completed }, ItemList.from([planned]), this.dataset, { fail, signal });
    const item = one.at(0);
    if (item.error) throw new ExportError(item.error.code, item.error.message);
    if (item.skip !== undefined) {
      throw new ExportError(
        'SelectionEmpty',
        `Expected an item that the export makes a picture of, but ${item.id} would be skipped: ${item.skip}.`,
      );
    }
    requireWithin(completed, item, memoryBytes);
    const recipe = recipeOfItem(completed, item);
    const shown = shownRecipe(recipe, item, maxSidePx);
    const channels = channelsShown(item, request);
    const file = item.files.find(({ format, channels: own }) => format === 'png' && own?.join() === channels?.join());
    await requireOneImageOf(asked, this.dataset, one, { table: this.table, signal });
    if (asked.mode !== 'cells' && this.dataset.cellTable?.imagesDoubt) await this.checkTable(asked, item, [], signal);
    const source = await ItemSource.open(shown, item, reader, signal).catch(async (error: unknown) => {
      // The check before the start of a job says more of why they do not fit.
      if (isExportError(error, 'TableMismatch')) await this.checkTable(asked, item, [], signal);
      throw error;
    });
    // One that is shrunk is not the picture that its recipe makes.
    const isExport = file && shown.downsample === recipe.downsample;
    const { contrastLimits, grid } = source.scene;
    const embedded = isExport
      ? await describeMaking(recipe, item, file, { dataset: reader, contrastLimits })
      : undefined;
    const isSpare = leastBytesOf(completed, item) + processBytes + plentyBytes <= memoryBytes;
    // In one band, layers of full resolution can be kept for the next preview.
    const hasRoom = isSpare && (item.decodedBytes ?? Infinity) <= plentyBytes;
    const bandPixels = hasRoom ? usualBandPixels(grid.region) : undefined;
    // Planes of full resolution are views of what the next band is read into.
    const isLasting = shown.downsample > 1 || bandsOf(grid, bandPixels).length === 1;
    const keeping = key !== undefined && isLasting && isSpare ? this.kept.over(key, source) : undefined;
    const drawing = { recipe, shown, source: keeping ?? source, channels, embedded, bandPixels, signal };
    const preview = await drawPreview(drawing);
    keeping?.ended();
    return preview;
  }

  /** Makes the draft of an item and has it shown, if there is one. Fails only if it is stopped. */
  private async offerDraft(
    asked: Recipe,
    item: PlannedItem,
    request: PreviewRequest & { readonly memoryBytes: number },
    signal?: AbortSignal,
  ): Promise<void> {
    const taker = request.draft!;
    try {
      const draft = await this.draftOf(asked, item, request, signal);
      signal?.throwIfAborted();
      if (draft) taker.show(draft);
    } catch (error) {
      signal?.throwIfAborted();
      taker.fail(error);
    }
  }

  /** `undefined`: there is none, or the item cannot be made, which is said when the exact one is asked for. */
  private async draftOf(
    asked: Recipe,
    item: PlannedItem,
    request: PreviewRequest & { readonly memoryBytes: number },
    signal?: AbortSignal,
  ): Promise<Preview | undefined> {
    if (item.error || item.skip !== undefined) return undefined;
    const found = this.found?.key === gapsOf(asked) ? this.found.answer : undefined;
    const recipe = recipeOfItem(fillGaps(asked, found ?? gapsLeft(asked), this.dataset), item);
    requireWithin(recipe, item, request.memoryBytes);
    const shown = shownRecipe(recipe, item, request.maxSidePx);
    const readerOf = (levels?: ReadonlyMap<string, number>): SourceReader =>
      new SourceReader(this.dataset.folder, this.cells, { joins: this.joins, ...(levels && { levels }) });
    return drawDraft({ recipe, shown, channels: channelsShown(item, request), signal }, item, readerOf);
  }

  private async sampleOf(fov: string, pixelSizeUm: number | undefined): Promise<CellSample | undefined> {
    const { cellTable } = this.dataset;
    const places = cellTable && this.table && (await CellPlaces.read(cellTable, this.table));
    return places?.sampleOf(fov, pixelSizeUm);
  }

  /** Fails as a job does before its start; where all is well, `SourceReader` finds that out without reading more. */
  private async checkTable(
    recipe: Recipe,
    item: PlannedItem,
    known: readonly TableFit[],
    signal?: AbortSignal,
  ): Promise<void> {
    await checkTableFit(recipe, this.dataset, ItemList.from([item]), {
      known,
      table: this.table,
      ...(signal && { signal }),
    });
  }

  /** Plans the one item of this id. A FOV can be previewed also when it is not among the chosen ones. */
  private async planOne(recipe: Recipe, id: string, signal?: AbortSignal): Promise<PlannedItem> {
    if (recipe.mode !== 'fovs') {
      const { items, fits } = await planItems(recipe, this.dataset, { signal, only: id, table: this.table });
      const [item] = items;
      const isDoubted = this.dataset.cellTable?.imagesDoubt !== undefined || judgeFits(fits) !== 'fits';
      if (item && recipe.mode === 'cells' && isDoubted) await this.checkTable(recipe, item, fits, signal);
      if (item) return item;
      throw recipe.mode === 'cells'
        ? new ExportError(
            'CellNotFound',
            `Expected cell ${id} (FOV:LABEL) among the chosen cells, but it is not there.`,
          )
        : new ExportError(
            'RoiInvalid',
            `Expected the ROI with the id ${id} among the chosen ones, but it is not there.`,
          );
    }
    const fov = this.dataset.fovs.find((candidate) => candidate.name === id);
    if (!fov) {
      throw new ExportError(
        'FovNotFound',
        `Expected FOV ${id} in ${this.dataset.folder}, but there is none of this name.`,
      );
    }
    const { items } = await planItems({ ...recipe, fovs: [] }, { ...this.dataset, fovs: [fov] }, { signal });
    const chosen = selectFovs(recipe.fovs, this.dataset).indexOf(fov);
    return { ...items.at(0), index: Math.max(chosen, 0) + 1 };
  }

  /** Stops what is at work for no request in particular. */
  dispose(): void {
    this.found?.stop.abort();
  }

  /** Completes a recipe, or takes over what was found for the last one if nothing changed that it depends on. */
  private async complete(recipe: Recipe): Promise<Recipe> {
    const key = gapsOf(recipe);
    if (this.found?.key !== key) {
      this.found?.stop.abort();
      // Not the request's own signal: the next request, for another FOV say, waits for the same answer.
      const stop = new AbortController();
      const result = findGaps(recipe, this.dataset, stop.signal);
      const found: typeof this.found = { key, result, stop };
      this.found = found;
      void result.then((answer) => (found.answer = answer)).catch(() => undefined);
      // One that was stopped or failed is no answer for the next.
      result.catch(() => {
        if (this.found?.result === result) this.found = undefined;
      });
    }
    return fillGaps(recipe, await this.found.result, this.dataset);
  }
}

/** A recipe with the downsample that is shown. */
function shownRecipe(recipe: Recipe, { region }: PlannedItem, maxSidePx: number): Recipe {
  const longestPx = Math.max(region?.widthPx ?? 1, region?.heightPx ?? 1);
  return {
    ...recipe,
    downsample: Math.max(recipe.downsample, Math.ceil(longestPx / maxSidePx)),
    // Unrendered channels have no bar; their preview shows none.
    ...(!hasBar(recipe) && { scaleBar: { ...recipe.scaleBar, length: 'off' } }),
  };
}

/** Positions of the channels that the picture that is asked for shows; `undefined`: of all, which one picture shows. */
function channelsShown({ files }: PlannedItem, { channel = 0 }: PreviewRequest): readonly number[] | undefined {
  return files.find(({ channels }) => channels?.includes(channel))?.channels;
}
