import type { Dataset, Fov } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import type { PixelSize } from '../model/image';
import { listNames } from '../model/listNames';
import { type PlannedItem, type PlannedTile, recipeOfItem } from '../model/plan';
import { isNumeric, type Recipe } from '../model/recipe';
import type { Slide, Tile } from '../model/slide';
import { pixelSizeText } from '../model/pixelSizeOrigin';
import { contradicting } from '../model/pixelSizeWarnings';
import { mapEntry } from '../model/mapEntry';
import { seenBy, wholeWindow } from '../render/outputGrid';
import { SeamContacts } from '../render/seamContacts';
import { doOverlap } from '../select/cropRegion';
import { type ItemIdentity, type ItemRegion, type PlannedFov, planFov, planRegion } from './planFov';
import { type ResolvedLimits, resolveContrastLimits } from './resolveContrastLimits';
import { gridOf } from './shownPart';
import { describeRegion, requireMostlyTiles, stitchedBytes } from './slideBudget';

/** What a slide is called in place of a FOV. */
export function slideName({ id }: Pick<Slide, 'id'>): string {
  return `map_${id}`;
}

/** The slide of this id; `RoiInvalid` says which there are. */
export function requireSlide(id: string, { slides, folder }: Dataset): Slide {
  const slide = slides.find((candidate) => candidate.id === id);
  if (slide) return slide;
  const found = slides.length === 0 ? 'found none' : `found ${listNames(slides.map((each) => each.id))}`;
  throw new ExportError('RoiInvalid', `Expected map ${id} among the map descriptors of ${folder}, but ${found}.`);
}

/** What was found out while planning other items, so that it is found out once. */
export interface KnownOfSlides {
  /** By name, for the item's very look. */
  readonly fovs: Map<string, Promise<PlannedFov>>;
  /** Limits over all tiles of a slide, by slide and channels. */
  readonly limits: Map<string, Promise<ResolvedLimits>>;
  /** The tiles of a slide that meet another one, by slide. */
  readonly meeting: Map<string, ReadonlySet<Tile>>;
}

interface SlidePlanning {
  readonly known: KnownOfSlides;
  readonly signal?: AbortSignal | undefined;
}

/**
 * An item that shows a region of a stitched slide, put together from the tiles that reach into it. Tiles of FOVs that the
 * dataset does not have are gaps, which are black; the item's note names them. Reads the headers of the tiles' images.
 */
export async function planSlideRegion(
  asked: Recipe,
  dataset: Dataset,
  slide: Slide,
  { identity: asPlanned, region, known, signal }: ItemRegion & SlidePlanning,
): Promise<PlannedItem> {
  const { identity, notes } = await withSlideLimits(asked, dataset, slide, { identity: asPlanned, known, signal });
  const recipe = recipeOfItem(asked, identity);
  const grid = gridOf(recipe, region);
  const seen = seenBy(grid, wholeWindow(grid));
  const hasOutlines = recipe.masks.some(({ mode }) => mode === 'outline');
  const meeting = hasOutlines ? meetingTiles(slide, dataset, known) : new Set<Tile>();
  const tiles: PlannedTile[] = [];
  const absent: string[] = [];
  let largest = 0;
  let pixelSize: PixelSize = { um: recipe.pixelSizeUm ?? slide.pixelSizeUm, origin: 'map' };
  if (recipe.pixelSizeUm !== undefined) pixelSize = { um: recipe.pixelSizeUm, origin: 'given' };
  let otherPixelSize = contradicting(pixelSize, { um: slide.pixelSizeUm, origin: 'map' });
  for (const tile of slide.tiles) {
    const isSeen = doOverlap(tile, seen);
    if (!isSeen && !meeting.has(tile)) continue;
    signal?.throwIfAborted();
    const fov = dataset.fovs.find(({ name }) => name === tile.fov);
    if (!fov) {
      if (doOverlap(tile, region)) absent.push(tile.fov);
      continue;
    }
    const found = known.fovs.get(fov.name) ?? planFov(recipe, dataset, fov);
    known.fovs.set(fov.name, found);
    try {
      const placed = placeTile(tile, await found, slide, pixelSize);
      largest = Math.max(largest, (await found).decodedBytes);
      otherPixelSize ??= (await found).otherPixelSize;
      tiles.push(isSeen ? placed : { ...tile, channels: [], masks: placed.masks });
    } catch (error) {
      // A tile beyond the region only helps to join cells; if it is damaged, the items that show it fail.
      if (isSeen || !isExportError(error)) throw error;
    }
  }
  if (!tiles.some((tile) => doOverlap(tile, region))) {
    throw new ExportError(
      'RoiInvalid',
      `Expected a tile of map ${slide.id} in ${describeRegion(region)}, but there is none.`,
    );
  }
  requireMostlyTiles(recipe, slide, { region, picture: grid }, tiles);
  const canvas: PlannedFov = {
    fov: { name: slideName(slide), path: dataset.folder, channels: [], masks: [], annotations: [] } satisfies Fov,
    widthPx: slide.widthPx,
    heightPx: slide.heightPx,
    sources: { channels: [], masks: [] },
    images: [],
    decodedBytes: largest + stitchedBytes(recipe, grid),
    pixelSize,
    ...(otherPixelSize && { otherPixelSize }),
  };
  if (absent.length > 0) notes.push(`FOVs that the dataset does not have are black: ${listNames(absent)}`);
  if (slide.leftOut) notes.push(`FOVs without a place on the slide are left out: ${listNames(slide.leftOut)}`);
  const item = planRegion(asked, dataset, canvas, { identity, region });
  return { ...item, tiles, ...(notes.length > 0 && { note: notes.join('; ') }) };
}

/** Limits that are wanted for each FOV are a slide's: all of its tiles together, or there would be seams. */
async function withSlideLimits(
  asked: Recipe,
  dataset: Dataset,
  slide: Slide,
  { identity, known, signal }: Pick<ItemRegion, 'identity'> & SlidePlanning,
): Promise<{ identity: ItemIdentity; notes: string[] }> {
  const { channels, contrastScope, masksOnly } = recipeOfItem(asked, identity);
  if (contrastScope !== 'fov' || masksOnly || channels.every(({ contrastLimits }) => isNumeric(contrastLimits))) {
    return { identity, notes: [] };
  }
  const names = new Set(slide.tiles.map(({ fov }) => fov));
  const fovs = dataset.fovs.filter(({ name }) => names.has(name));
  const key = JSON.stringify([slide.id, channels.map(({ channel, contrastLimits }) => [channel, contrastLimits])]);
  const found = known.limits.get(key) ?? resolveContrastLimits(channels, fovs, signal);
  known.limits.set(key, found);
  const { limits, notes } = await found;
  const resolved = channels.map((channel, i) => ({ ...channel, contrastLimits: limits[i] }));
  const { markerSet } = recipeOfItem(asked, identity);
  const own = { ...identity.own, ...(markerSet !== undefined && { markerSet }), channels: resolved };
  const inWords = resolved.map(
    ({ channel, contrastLimits }) => `${channel}: contrast limits ${contrastLimits.join(' and ')}`,
  );
  return { identity: { ...identity, own }, notes: [...inWords, ...notes] };
}

function placeTile(
  { fov, x, y, widthPx, heightPx }: Tile,
  planned: PlannedFov,
  { id }: Slide,
  { um, origin }: PixelSize,
): PlannedTile {
  if (planned.widthPx !== widthPx || planned.heightPx !== heightPx) {
    throw new ExportError(
      'SizeMismatch',
      `Expected ${widthPx} × ${heightPx} pixels for FOV ${fov}, as map ${id} says, but found ${planned.widthPx} × ${planned.heightPx}.`,
    );
  }
  const stated = planned.pixelSize;
  const isFromFiles = stated && ['ome', 'imagej', 'mibi'].includes(stated.origin);
  if (origin !== 'given' && isFromFiles && Math.abs(stated.um - um) > 1e-3 * um) {
    throw new ExportError(
      'PixelSizeMissing',
      `Expected one pixel size for map ${id}, but its descriptor says ${pixelSizeText(um)} and FOV ${fov} states ${pixelSizeText(stated.um)}; say which is right.`,
    );
  }
  return { fov, x, y, widthPx, heightPx, ...planned.sources };
}

/** The tiles that meet another one of those that the dataset has: what cells are joined by (see `readJoins`). */
function meetingTiles(slide: Slide, dataset: Dataset, { meeting }: KnownOfSlides): ReadonlySet<Tile> {
  return mapEntry(meeting, slide.id, () => {
    const names = new Set(dataset.fovs.map(({ name }) => name));
    const tiles = slide.tiles.filter(({ fov }) => names.has(fov));
    return new Set(Array.from(new SeamContacts(tiles).meeting(), (position) => tiles[position]));
  });
}
