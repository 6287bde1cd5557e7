import path from 'node:path';
import type { Dataset, Fov, Problem, SavedRois } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { noPixelSize } from '../model/pixelSizeWarnings';
import { fovOfFileName } from '../model/fovOfFileName';
import { listNames } from '../model/listNames';
import { mapEntry } from '../model/mapEntry';
import { type OwnSettings, type PlannedItem, recipeOfItem } from '../model/plan';
import { slideName } from '../model/slide';
import { maxLayers, type Recipe } from '../model/recipe';
import { areasOf, type Roi } from '../model/roi';
import { atEdge, doOverlap, toPixels } from '../select/cropRegion';
import { sizedRegion } from '../select/roiRegion';
import { selectFovs } from '../select/selectFovs';
import { selectRois } from '../select/selectRois';
import { borderNotes, skippedAtBorder } from './borderNotes';
import { ownLooks } from './ownLooks';
import { type ItemIdentity, type PlannedFov, planFailure, planFov, planRegion } from './planFov';
import { requireSlide } from './findSlides';
import { KnownOfSlides, pixelSizeOfSlide, planSlideRegion } from './planSlide';

/** The dataset's ROIs; `DatasetInvalid` says why there are none. */
function requireRois({ folder, rois, roisProblem }: Dataset): SavedRois {
  if (rois) return rois;
  throw new ExportError(
    'DatasetInvalid',
    roisProblem ?? `Expected regions of interest in ${folder}, but found no file of them.`,
  );
}

/**
 * The ROIs that a recipe means, each with its FOV, FOV by FOV in the dataset's order, those of slides and of FOVs that
 * are not there last. Fails with `DatasetInvalid`, `SelectionEmpty` or `FilterInvalid`.
 */
export function chooseRois(recipe: Recipe, dataset: Dataset): readonly Roi[] {
  const saved = requireRois(dataset);
  const fovs = selectFovs(recipe.fovs, dataset);
  const home = homeOf(saved, dataset, fovs);
  const rois = home ? saved.rois.map((roi) => (isPlaced(roi) ? roi : { ...roi, fov: home.name })) : saved.rois;
  const within = recipe.fovs.length > 0 ? new Set(fovs.map(({ name }) => name)) : undefined;
  const chosen = selectRois({ ...saved, rois }, recipe.rois!, within);
  const position = new Map(dataset.fovs.map(({ name }, i) => [name, i]));
  const placeOf = ({ fov }: Roi): number => position.get(fov ?? '') ?? Infinity;
  const places = new Map(chosen.map((roi) => [roi, placeOf(roi)]));
  return [...chosen].sort((a, b) => {
    const [first, second] = [places.get(a)!, places.get(b)!];
    return first === second ? 0 : first - second;
  });
}

function isPlaced({ fov, mapId }: Roi): boolean {
  return fov !== undefined || mapId !== undefined;
}

/** Where ROIs are whose file does not say: in the FOV that their file is named for, else in the only one. */
function homeOf({ file }: SavedRois, { fovs }: Dataset, chosen: readonly Fov[]): Fov | undefined {
  const named = fovOfFileName(
    path.basename(file),
    fovs.map(({ name }) => name),
  );
  return fovs.find(({ name }) => name === named) ?? (chosen.length === 1 ? chosen[0] : undefined);
}

/**
 * The items of ROIs: each box, or what the selection makes of it, with the ROI's own look or the recipe's; or of whole
 * slides. Reads the headers of the images.
 * @param only the id of the one item that is wanted, planned as it is among all of them
 */
export async function planRois(
  recipe: Recipe,
  dataset: Dataset,
  signal?: AbortSignal,
  only?: string,
): Promise<{ items: PlannedItem[]; warnings: Problem[] }> {
  if (recipe.rois!.slides.length > 0) return { items: await planSlides(recipe, dataset, signal, only), warnings: [] };
  const items: PlannedItem[] = [];
  const missing = new Map<string, string[]>();
  const planned = new PlannedFovs(recipe, dataset);
  const lookOf = recipe.rois!.settings === 'own' ? ownLooks(recipe, dataset) : undefined;
  for (const [i, roi] of chooseRois(recipe, dataset).entries()) {
    if (only !== undefined && roi.id !== only) continue;
    signal?.throwIfAborted();
    const look = lookOf?.(roi);
    for (const what of look?.missing ?? []) mapEntry(missing, what, () => []).push(roi.name || roi.id);
    const own = look && Object.keys(look.own).length > 0 ? look.own : undefined;
    const identity: ItemIdentity = {
      id: roi.id,
      fov: roi.mapId === undefined ? (roi.fov ?? '') : slideName({ id: roi.mapId }),
      roi: { id: roi.id, name: roi.name },
      ...(own && { own }),
      files: [],
      index: i + 1,
    };
    try {
      const itsRecipe = recipeOfItem(recipe, identity);
      requireFewLayers(roi, itsRecipe);
      requireSomething(roi, itsRecipe);
      items.push(await planRoi(recipe, dataset, roi, { identity, planned, look: look && lookNote(look), signal }));
    } catch (error) {
      signal?.throwIfAborted();
      items.push(planFailure(identity, error, dataset));
    }
  }
  const warnings = [...missing].map(([what, names]): Problem => {
    const message = `The dataset does not have the ${what} of ${names.length} ROIs (${listNames(names)}); the job's settings are used for them.`;
    return { code: 'SettingsMissing', message };
  });
  return { items, warnings };
}

async function planSlides(
  recipe: Recipe,
  dataset: Dataset,
  signal: AbortSignal | undefined,
  only: string | undefined,
): Promise<PlannedItem[]> {
  const items: PlannedItem[] = [];
  const planned = new PlannedFovs(recipe, dataset);
  for (const [i, id] of [...new Set(recipe.rois!.slides)].entries()) {
    const name = slideName({ id });
    if (only !== undefined && name !== only) continue;
    const identity: ItemIdentity = { id: name, fov: name, files: [], index: i + 1 };
    // A slide that is not there is a bad request: whoever asks for it by its id means that very one.
    const slide = requireSlide(id, dataset);
    try {
      const whole = { x: 0, y: 0, widthPx: slide.widthPx, heightPx: slide.heightPx };
      const known = planned.of(undefined);
      items.push(await planSlideRegion(recipe, dataset, slide, { identity, region: whole, known, signal }));
    } catch (error) {
      signal?.throwIfAborted();
      items.push(planFailure(identity, error, dataset));
    }
  }
  return items;
}

/** What was found out about FOVs, for each look of its own. */
class PlannedFovs {
  private readonly known = new Map<string, KnownOfSlides>();
  /** Without a look of its own; what is the same for all looks is kept there. */
  private readonly plain: KnownOfSlides;
  readonly byName: ReadonlyMap<string, Fov>;

  constructor(
    private readonly recipe: Recipe,
    private readonly dataset: Dataset,
  ) {
    this.plain = new KnownOfSlides(dataset);
    this.byName = this.plain.byName;
  }

  /** For ROIs of this look. */
  of(own: OwnSettings | undefined): KnownOfSlides {
    return own
      ? mapEntry(this.known, JSON.stringify(own), () => new KnownOfSlides(this.dataset, this.plain))
      : this.plain;
  }

  plan(fov: Fov, own: OwnSettings | undefined): Promise<PlannedFov> {
    return mapEntry(this.of(own).fovs, fov.name, () =>
      planFov(recipeOfItem(this.recipe, own ? { own } : {}), this.dataset, fov),
    );
  }
}

/** What a ROI says itself never went through the recipe's schema. */
function requireFewLayers({ id, name }: Roi, { channels, masks, annotation }: Recipe): void {
  const counts = [
    [channels.length, 'channels'],
    [masks.length + (annotation ? 1 : 0), 'masks and annotations'],
  ] as const;
  for (const [count, what] of counts) {
    if (count <= maxLayers) continue;
    throw new ExportError(
      'RoiInvalid',
      `Expected at most ${maxLayers} ${what} for ROI ${name || id}, but its own settings have ${count}.`,
    );
  }
}

/** With masks only, a ROI that hides all of them leaves nothing to draw. */
function requireSomething({ id, name }: Roi, { masksOnly, masks, annotation }: Recipe): void {
  if (!masksOnly || masks.length > 0 || annotation) return;
  throw new ExportError(
    'RoiInvalid',
    `Expected a mask or an annotation to draw for ROI ${name || id}, but it hides every mask, and masks only are asked for.`,
  );
}

function requireFov({ id, name, fov }: Roi, planned: PlannedFovs, dataset: Dataset): Fov {
  const found = fov === undefined ? undefined : planned.byName.get(fov);
  if (found) return found;
  const what = `ROI ${name || id}`;
  if (fov !== undefined) {
    throw new ExportError(
      'FovNotFound',
      `Expected FOV ${fov} of ${what} in ${dataset.folder}, but there is none of this name.`,
    );
  }
  throw new ExportError(
    'FovNotFound',
    `Expected the FOV of ${what}, but its file does not say and the dataset has ${dataset.fovs.length}; choose the FOV, or call the file after it.`,
  );
}

/** Which settings are the ROI's own: what the manifest says. */
function lookNote({
  used,
  missing,
}: {
  readonly used: readonly string[];
  readonly missing: readonly string[];
}): string {
  const own = used.length > 0 ? `the ROI's own ${used.join(', ')}` : "no settings of the ROI's own";
  const lacking = missing.length > 0 ? `; not found: ${missing.join(', ')}` : '';
  return `${own}${lacking}; the rest is the job's`;
}

interface RoiPlanning {
  readonly identity: ItemIdentity;
  readonly planned: PlannedFovs;
  /** Which settings are the ROI's own, in words. */
  readonly look: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function planRoi(
  recipe: Recipe,
  dataset: Dataset,
  roi: Roi,
  { identity, planned, look, signal }: RoiPlanning,
): Promise<PlannedItem> {
  const { size, edge, drawShape, cutShape } = recipe.rois!;
  const slide = roi.mapId === undefined ? undefined : requireSlide(roi.mapId, dataset);
  const fov = slide ? undefined : await planned.plan(requireFov(roi, planned, dataset), identity.own);
  const { widthPx, heightPx } = slide ?? fov!;
  const what = `ROI ${roi.name || roi.id} of ${slide ? `map ${slide.id}` : `FOV ${fov!.fov.name}`}`;
  if (cutShape && roi.shape && areasOf(roi.shape).length === 0) {
    throw new ExportError('RoiInvalid', `Expected a closed shape to cut out of ${what}, but it is an open line.`);
  }
  const pixelSizeUm = slide ? pixelSizeOfSlide(recipe, slide).um : fov!.pixelSize?.um;
  const isUm = size && ('um' in size.length || (size.tolerance && 'um' in size.tolerance));
  if (isUm && pixelSizeUm === undefined) {
    throw new ExportError(
      'PixelSizeMissing',
      `Expected a pixel size for a picture in µm of ${what}, but ${noPixelSize(fov?.printResolution)}; give it, or ask for pixels.`,
    );
  }
  if (size && toPixels(size.length, pixelSizeUm) < 1) {
    throw new ExportError(
      'RoiInvalid',
      `Expected a picture of ${what} of at least a pixel, but the size asked for is less.`,
    );
  }
  const wanted = sizedRegion(roi, size, pixelSizeUm);
  const image = { x: 0, y: 0, widthPx, heightPx };
  if (!doOverlap(wanted, image)) {
    throw new ExportError(
      'RoiInvalid',
      `Expected ${what} in its image of ${widthPx} × ${heightPx} pixels, but it lies wholly outside, at x ${wanted.x}, y ${wanted.y}.`,
    );
  }
  const region = atEdge(wanted, image, edge);
  const shown = region ?? wanted;
  const item = slide
    ? await planSlideRegion(recipe, dataset, slide, {
        identity,
        region: shown,
        known: planned.of(identity.own),
        signal,
      })
    : planRegion(recipe, dataset, fov!, { identity, region: shown });
  const notes = [look, item.note].filter((note) => note !== undefined);
  notes.push(...borderNotes(wanted, region, image));
  if (cutShape && !roi.shape) notes.push('it is a box, of which nothing is cut off');
  return {
    ...item,
    ...(roi.shape && (drawShape || cutShape) && { shape: roi.shape }),
    ...(notes.length > 0 && { note: notes.join('; ') }),
    ...(!region && !item.error && { skip: skippedAtBorder }),
  };
}
