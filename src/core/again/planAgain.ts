import path from 'node:path';
import type { Dataset } from '../model/dataset';
import type { EmbeddedGallery, EmbeddedRecipe, SourceIdentity } from '../model/embeddedRecipe';
import { ExportError, isExportError } from '../model/exportError';
import { fileExtensions, pictureEndings } from '../model/fileExtension';
import type { Region } from '../model/image';
import { ItemList } from '../model/itemList';
import type { Plan, PlannedItem } from '../model/plan';
import type { Format, Recipe } from '../model/recipe';
import { type Slide, slideName } from '../model/slide';
import { doOverlap } from '../select/cropRegion';
import { checkTableFit } from '../plan/table/checkTableFit';
import { type ComparedSource, compareSources, describeChanges } from './compareSources';
import { identifySources, toSourceIdentity } from './identifySources';
import { listSources } from '../job/listSources';
import {
  type ItemIdentity,
  planFailure,
  planFov,
  planRegion,
  requireMaskSize,
  requireSource,
  toPlannedSource,
} from '../plan/planFov';
import { fileBytes } from '../read/describeFile';
import { withinMemory } from '../read/memoryLimit';
import { defaultMemoryBytes, planningBytes, withMemoryErrors } from '../plan/memoryBudget';
import { planItems } from '../plan/planItems';
import { type PlanLimits, planJob, referenceOf } from '../plan/planJob';
import { requireOutput } from '../job/requireOutput';
import { KnownOfSlides, planSlideRegion } from '../plan/planSlide';

/** How something is planned again. */
export interface AgainOptions extends PlanLimits {
  readonly overwrite?: Recipe['overwrite'] | undefined;
}

/** A picture's item on a dataset, and how the files that it was made of are there now. */
export interface ItemAgain {
  readonly item: PlannedItem;
  readonly sources: readonly ComparedSource[];
}

/**
 * Plans the one file of a picture again: the same region, shape and place as when it was made, whatever cell table and ROI
 * file say now; images are found by the names of their FOV and channels, not by paths that a picture from elsewhere names.
 * Writes nothing. Fails as `planJob` does where the output is in the way; an item that cannot be made carries its error.
 * @param name what the file shall be called, as a rule the picture's own name; gets the format's ending if it has none
 * @param options.overwrite whether a file of the picture's name may be replaced; never unless told
 */
// eslint-disable-next-line max-params -- public: scripts call it so.
export async function planAgain(
  embedded: EmbeddedRecipe,
  name: string,
  dataset: Dataset,
  outputFolder: string,
  { overwrite = 'never', signal, memoryBytes = defaultMemoryBytes() }: AgainOptions = {},
): Promise<Plan> {
  const { item: planned, sources } = await planItemAgain(embedded, name, dataset, signal);
  await requireOutput([planned], dataset, { outputFolder, overwrite });
  const checked = await withinMemory(planningBytes(memoryBytes), () =>
    checkTableFit(embedded.recipe, dataset, ItemList.from([planned]), { ...(signal && { signal }) }),
  );
  const items = withMemoryErrors(embedded.recipe, ItemList.from([planned]), memoryBytes);
  const item = items.at(0);
  const changes = describeChanges(sources);
  return {
    recipe: { ...embedded.recipe, overwrite },
    datasetFolder: dataset.folder,
    ...(dataset.cellTable && { cellTable: referenceOf(dataset.cellTable) }),
    ...(checked.samples.size > 0 && { cellSamples: checked.samples }),
    outputFolder,
    items,
    problems: [
      ...dataset.warnings,
      ...checked.problems,
      ...(changes === undefined ? [] : [{ code: 'SourcesDiffer' as const, message: changes }]),
      ...(item.error ? [{ code: item.error.code, message: item.error.message, item: item.id }] : []),
    ],
  };
}

/**
 * Plans the batch of a gallery again, as `planJob` does: its cells and ROIs are those that the recipe means now.
 * @param options.overwrite whether files that are there may be replaced; never unless told
 */
export async function planGalleryAgain(
  { recipe, sources }: EmbeddedGallery,
  dataset: Dataset,
  outputFolder: string,
  { overwrite = 'never', ...limits }: AgainOptions = {},
): Promise<Plan> {
  const plan = await planJob({ ...recipe, overwrite }, dataset, outputFolder, limits);
  const changes = describeChanges(await compareWithUsed(sources ?? [], plan));
  if (changes === undefined) return plan;
  return { ...plan, problems: [...plan.problems, { code: 'SourcesDiffer', message: changes }] };
}

/** How the files that a gallery was made of are there now. Writes nothing. */
export async function compareGallery(
  { recipe, sources = [] }: EmbeddedGallery,
  dataset: Dataset,
): Promise<readonly ComparedSource[]> {
  const { items } = await planItems(recipe, dataset).catch((error: unknown) => {
    // A dataset that has nothing of the batch has its files neither, which is the answer.
    if (isExportError(error)) return { items: ItemList.from([]) };
    throw error;
  });
  return compareWithUsed(sources, { datasetFolder: dataset.folder, items, cellTable: dataset.cellTable });
}

async function compareWithUsed(
  sources: readonly SourceIdentity[],
  plan: Parameters<typeof listSources>[0],
): Promise<ComparedSource[]> {
  const used = (await listSources(plan, false)).map(({ file, bytes }) => toSourceIdentity(file, bytes));
  return compareSources(sources, plan.datasetFolder, used);
}

/** The item of a picture as it would be made now; one that cannot be made carries its error. */
export async function planItemAgain(
  embedded: EmbeddedRecipe,
  name: string,
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<ItemAgain> {
  const { recipe, item: kept, file } = embedded;
  const { id, fov, label, roi, index } = kept;
  const planned = {
    path: toFileName(name, file.format),
    format: file.format,
    ...(file.channels && { channels: file.channels }),
  };
  const identity: ItemIdentity = {
    id,
    fov,
    files: [planned],
    ...(label !== undefined && { label }),
    ...(roi && { roi }),
    ...(index !== undefined && { index }),
  };
  let item: PlannedItem;
  try {
    item = await planImages(embedded, dataset, identity, signal);
  } catch (error) {
    signal?.throwIfAborted();
    item = planFailure(identity, error, dataset);
  }
  const used = await identifySources(recipe, item, planned, {
    datasetFolder: dataset.folder,
    cellTableFile: dataset.cellTable?.file,
    bytesOf: (name) => fileBytes(path.resolve(dataset.folder, name)),
  });
  return { item, sources: await compareSources(embedded.sources, dataset.folder, used) };
}

/** A plain name that no file system hides, with an ending that the format has. */
function toFileName(name: string, format: Format): string {
  const base = path.basename(name);
  const visible = /^[.-]/.test(base) ? `_${base}` : base;
  return pictureEndings[format].test(visible) ? visible : visible + fileExtensions[format];
}

async function planImages(
  { recipe, item: kept, file }: EmbeddedRecipe,
  dataset: Dataset,
  identity: ItemIdentity,
  signal: AbortSignal | undefined,
): Promise<PlannedItem> {
  const { region, pixelSize, shape, keepClear, cellMask, tiles } = kept;
  // Unrendered channels need no mask, which may be gone.
  const { annotation, ...bare } = recipe;
  const needed: Recipe =
    file.format === 'ome-tiff' ? { ...bare, masks: [] } : { ...bare, ...(annotation && { annotation }) };
  let item: PlannedItem;
  if (tiles) {
    for (const tile of tiles) requireFov(tile.fov, dataset);
    const id = recipe.cells?.slides?.[0];
    const name = id === undefined ? kept.fov : slideName({ id });
    const slide = slideOf(name, tiles, region, pixelSize?.um);
    const known = new KnownOfSlides(dataset);
    const ofSlide = { ...identity, ...(id !== undefined && { slide: id }) };
    item = await planSlideRegion(needed, dataset, slide, { identity: ofSlide, region, known, cellMask, signal });
  } else {
    const fov = requireFov(kept.fov, dataset);
    const planned = await planFov(needed, dataset, fov);
    const { widthPx, heightPx, name, sources, images, decodedBytes } = planned;
    if (!doOverlap(region, { x: 0, y: 0, widthPx, heightPx })) {
      throw new ExportError(
        'RoiInvalid',
        `Expected the picture's region in FOV ${fov.name}, which is ${widthPx} × ${heightPx} pixels, but it lies wholly outside, at x ${region.x}, y ${region.y}.`,
      );
    }
    const image = { name, widthPx, heightPx, sources, images, decodedBytes, ...(pixelSize && { pixelSize }) };
    item = planRegion(needed, dataset, image, { identity, region });
    if (cellMask !== undefined) await requireMaskSize(planned, requireSource(fov, 'mask', cellMask));
  }
  return {
    ...item,
    ...(shape && { shape }),
    ...(keepClear && { keepClear }),
    ...(cellMask !== undefined && {
      cellMask: toPlannedSource(requireSource(requireFov(kept.fov, dataset), 'mask', cellMask), dataset),
    }),
  };
}

function requireFov(name: string, { fovs, folder }: Dataset): Dataset['fovs'][number] {
  const fov = fovs.find((candidate) => candidate.name === name);
  if (fov) return fov;
  throw new ExportError(
    'FovNotFound',
    `Expected FOV ${name} of the picture in ${folder}, but there is none of this name.`,
  );
}

/** The slide that the picture shows, as far as it shows it: map descriptors may have changed. */
function slideOf(
  name: string,
  tiles: readonly Slide['tiles'][number][],
  region: Region,
  pixelSizeUm: number | undefined,
): Slide {
  const prefix = slideName({ id: '' });
  if (!name.startsWith(prefix) || pixelSizeUm === undefined) {
    throw new ExportError(
      'RoiInvalid',
      `Expected a slide with a pixel size in the picture, but found tiles of ${name} and no size.`,
    );
  }
  const shown = [region, ...tiles];
  const reach = (end: (box: Region) => number): number => shown.reduce((far, box) => Math.max(far, end(box)), 1);
  return {
    id: name.slice(prefix.length),
    pixelSizeUm,
    widthPx: reach(({ x, widthPx }) => x + widthPx),
    heightPx: reach(({ y, heightPx }) => y + heightPx),
    tiles,
  };
}
