import type { CellTableReference, Dataset, Problem } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import type { ItemList } from '../model/itemList';
import { pixelSizeWarnings } from '../model/pixelSizeWarnings';
import type { Plan, PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { withinMemory } from '../read/memoryLimit';
import { CellTable } from '../read/table/cellTable';
import { checkGallery } from '../gallery/checkGallery';
import { checkTableFit } from './table/checkTableFit';
import { requireOneImageOf } from './table/chooseCells';
import { completeOwn } from './completeOwn';
import { fillGaps, findGaps } from './recipeGaps';
import { requireOutput } from '../job/requireOutput';
import { markWarnings } from './markWarnings';
import { defaultMemoryBytes, planningBytes, withMemoryErrors } from './memoryBudget';
import { failItem } from './planFov';
import { planItems } from './planItems';
import { withNote } from './withNote';

/** What planning may take. */
export interface PlanLimits {
  /** What the whole job may take, too; 60 % of what the machine has unless told. */
  readonly memoryBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Says what a job would do: every item with its files, and every problem that can be known before the start. Reads
 * folders and file headers; writes nothing, not even the output folder.
 *
 * Requests that no item can satisfy end here: `SelectionEmpty`, `FileExists`, `OutputNotWritable`, `PixelSizeMissing`; so
 * does a cell table that is not about the masks it is used with: `TableMismatch`.
 * An item that cannot be made is planned all the same, carries its error, and is counted as failed by the job.
 * The plan's recipe has the percentiles of the batch and the colours of the cell table in numbers.
 * @param limits.memoryBytes what the job may take: an item that does not fit is one that cannot be made, and nothing that takes
 *   more is read while planning
 */
export function planJob(
  asked: Recipe,
  dataset: Dataset,
  outputFolder: string,
  { signal, memoryBytes = defaultMemoryBytes() }: PlanLimits = {},
): Promise<Plan> {
  return withinMemory(planningBytes(memoryBytes), () =>
    planWithin(asked, dataset, outputFolder, { signal, memoryBytes }),
  );
}

async function planWithin(
  asked: Recipe,
  dataset: Dataset,
  outputFolder: string,
  { signal, memoryBytes }: PlanLimits & { readonly memoryBytes: number },
): Promise<Plan> {
  const table = dataset.cellTable && new CellTable(dataset.cellTable.file);
  const { items: planned, warnings, fits } = await planItems(asked, dataset, { signal, table });
  requireSomePixelSize(planned);
  const others = asked.gallery ? [galleryFileName] : [];
  await requireOutput(planned, dataset, { outputFolder, overwrite: asked.overwrite, others });
  const inPlaces = await requireOneImageOf(asked, dataset, planned, { table, signal });
  const checked = await checkTableFit(asked, dataset, planned, { known: fits, table, ...(signal && { signal }) });
  // Last, because it may read every pixel of the batch.
  const found = await findGaps(asked, dataset, signal);
  const recipe = fillGaps(asked, found, dataset);
  const notes = [...found.notes, ...(inPlaces?.note === undefined ? [] : [inPlaces.note])];
  const fail = (item: PlannedItem, error: unknown): PlannedItem => failItem(item, error, dataset);
  const completed = await completeOwn({ asked, completed: recipe }, planned, dataset, { fail, signal });
  const noted = notes.length === 0 ? completed : completed.changeEach((item) => withNote(item, notes.join('; ')));
  const items = withMemoryErrors(recipe, noted, memoryBytes);
  checkGallery(recipe, items, dataset.folder);
  const problems: Problem[] = [];
  for (const { id, error } of items.kinds().some(({ error }) => error) ? items : []) {
    if (error) problems.push({ code: error.code, message: error.message, item: id });
  }
  return {
    recipe,
    datasetFolder: dataset.folder,
    ...(dataset.cellTable && { cellTable: referenceOf(dataset.cellTable) }),
    ...(checked.samples.size > 0 && { cellSamples: checked.samples }),
    outputFolder,
    items,
    problems: [
      ...dataset.warnings,
      ...warnings,
      ...(inPlaces ? [inPlaces.problem] : []),
      ...checked.problems,
      ...found.warnings,
      ...pixelSizeWarningsOf(items),
      ...markWarnings(recipe, items),
      ...problems,
    ],
  };
}

/** `PixelSizeMissing` where pictures need a pixel size and none of them has one. */
function requireSomePixelSize(items: ItemList): void {
  const messages: string[] = [];
  for (const { pixelSize, error } of items) {
    if (pixelSize) return;
    if (error?.code === 'PixelSizeMissing') messages.push(error.message);
  }
  if (messages.length === 0) return;
  throw new ExportError(
    'PixelSizeMissing',
    messages.length === 1
      ? messages[0]
      : `Expected a pixel size, but none of the ${items.length} pictures has one that can be used; give it. ${messages[0]}`,
  );
}

/** Once for all items of a FOV. */
function pixelSizeWarningsOf(items: ItemList): Problem[] {
  const byFov = new Map<string, PlannedItem & { readonly name: string }>();
  for (const item of items.kinds()) {
    // Of a slide, not every part need have files that contradict each other.
    if (!item.error && !byFov.get(item.fov)?.otherPixelSize) byFov.set(item.fov, { ...item, name: item.fov });
  }
  return pixelSizeWarnings([...byFov.values()]);
}

/** What a runner needs to find a cell's row. */
export function referenceOf({ file, roles, fov, fovs }: CellTableReference): CellTableReference {
  return { file, roles, ...(fov !== undefined && { fov }), ...(fovs && { fovs }) };
}
