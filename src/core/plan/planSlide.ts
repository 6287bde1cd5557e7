import type { Dataset, Fov } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import type { PixelSize } from '../model/image';
import { listNames } from '../model/listNames';
import { type PlannedItem, type PlannedTile, recipeOfItem } from '../model/plan';
import { isNumeric, type Recipe } from '../model/recipe';
import { type Slide, slideName, type Tile } from '../model/slide';
import { pixelSizeText } from '../model/pixelSizeOrigin';
import { contradicting } from '../model/pixelSizeWarnings';
import { mapEntry } from '../model/mapEntry';
import { seenBy, wholeWindow } from '../render/outputGrid';
import { SeamContacts } from '../render/seamContacts';
import { doOverlap } from '../select/cropRegion';
import {
  type ItemIdentity,
  type ItemRegion,
  type PlannedFov,
  type PlannedImage,
  planFov,
  planRegion,
  requireMaskSize,
  requireSource,
  toPlannedSource,
} from './planFov';
import { mindsSeams } from './mindsSeams';
import { type ResolvedLimits, resolveContrastLimits } from './resolveContrastLimits';
import { gridOf } from './shownPart';
import { describeRegion, requireMostlyTiles, stitchedBytes } from './slideBudget';

/** What was found out of slides while planning items of one look, so that it is found out once. */
export class KnownOfSlides {
  readonly byName: ReadonlyMap<string, Fov>;
  readonly fovs = new Map<string, Promise<PlannedFov>>();
  /** By slide and the positions of the tiles: thousands of items may show the same ones. */
  readonly tiles = new Map<string, Promise<FoundTiles>>();
  /** Limits over all tiles of a slide, by slide and channels. */
  readonly limits: Map<string, Promise<ResolvedLimits>>;
  /** The tiles of a slide that meet another one, by slide. */
  readonly meeting: Map<string, ReadonlySet<Tile>>;

  /** @param other what was found out for another look, as far as it is the same for this one */
  constructor(dataset: Dataset, other?: KnownOfSlides) {
    this.byName = other?.byName ?? new Map(dataset.fovs.map((fov) => [fov.name, fov]));
    this.limits = other?.limits ?? new Map<string, Promise<ResolvedLimits>>();
    this.meeting = other?.meeting ?? new Map<string, ReadonlySet<Tile>>();
  }
}

/** Tiles that an item is put together from. */
interface FoundTiles {
  readonly tiles: readonly PlannedTile[];
  /** What the images of the largest take in memory. */
  readonly largestBytes: number;
  readonly otherPixelSize?: PixelSize;
}

interface SlidePlanning {
  readonly known: KnownOfSlides;
  /** Of single cells: the mask that tells them apart. */
  readonly cellMask?: string | undefined;
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
  { identity: asPlanned, region, known, cellMask, signal }: ItemRegion & SlidePlanning,
): Promise<PlannedItem> {
  const { identity, notes } = await withSlideLimits(asked, dataset, slide, { identity: asPlanned, known, signal });
  const recipe = recipeOfItem(asked, identity);
  const grid = gridOf(recipe, region);
  const seen = seenBy(grid, wholeWindow(grid));
  const isJoined = recipe.cells?.isolate || recipe.masks.some((layer) => mindsSeams(recipe, layer, cellMask));
  const meeting = isJoined ? meetingTiles(slide, known) : new Set<Tile>();
  const wanted = slide.tiles.flatMap((tile, position) => {
    const isSeen = doOverlap(tile, seen);
    return isSeen || meeting.has(tile) ? [{ tile, isSeen, position }] : [];
  });
  const absent = wanted.filter(({ tile }) => !known.byName.has(tile.fov) && doOverlap(tile, region));
  const key = JSON.stringify([slide.id, wanted.map(({ position, isSeen }) => [position, isSeen])]);
  const found = mapEntry(known.tiles, key, () =>
    findTiles(recipe, dataset, slide, { tiles: wanted, known, cellMask, signal }),
  );
  const { tiles, largestBytes, otherPixelSize } = await found;
  if (!tiles.some((tile) => doOverlap(tile, region))) {
    throw new ExportError(
      'RoiInvalid',
      `Expected a tile of map ${slide.id} in ${describeRegion(region)}, but there is none.`,
    );
  }
  requireMostlyTiles(recipe, slide, { region, picture: grid }, tiles);
  if (absent.length > 0) {
    notes.push(`FOVs that the dataset does not have are black: ${listNames(absent.map(({ tile }) => tile.fov))}`);
  }
  if (slide.leftOut) notes.push(`FOVs without a place on the slide are left out: ${listNames(slide.leftOut)}`);
  const image: PlannedImage = {
    name: slideName(slide),
    widthPx: slide.widthPx,
    heightPx: slide.heightPx,
    sources: { channels: [], masks: [] },
    images: [],
    decodedBytes: largestBytes + stitchedBytes(recipe, grid),
    pixelSize: pixelSizeOfSlide(recipe, slide),
    ...(otherPixelSize && { otherPixelSize }),
  };
  const item = planRegion(asked, dataset, image, { identity, region });
  return { ...item, tiles, ...(notes.length > 0 && { note: notes.join('; ') }) };
}

/** The size that the user gives, or the slide's. */
export function pixelSizeOfSlide({ pixelSizeUm }: Recipe, slide: Slide): PixelSize {
  return pixelSizeUm === undefined ? { um: slide.pixelSizeUm, origin: 'map' } : { um: pixelSizeUm, origin: 'given' };
}

/** Finds the images of tiles, as far as the dataset has them. */
async function findTiles(
  recipe: Recipe,
  dataset: Dataset,
  slide: Slide,
  { tiles: wanted, known, cellMask, signal }: SlidePlanning & { tiles: readonly { tile: Tile; isSeen: boolean }[] },
): Promise<FoundTiles> {
  const pixelSize = pixelSizeOfSlide(recipe, slide);
  let otherPixelSize = contradicting(pixelSize, { um: slide.pixelSizeUm, origin: 'map' });
  let largestBytes = 0;
  const tiles: PlannedTile[] = [];
  for (const { tile, isSeen } of wanted) {
    signal?.throwIfAborted();
    const fov = known.byName.get(tile.fov);
    if (!fov) continue;
    try {
      const planned = await mapEntry(known.fovs, fov.name, () => planFov(recipe, dataset, fov));
      const placed = placeTile(tile, planned, slide, pixelSize);
      const apart = await findCellMask(recipe, dataset, planned, cellMask);
      largestBytes = Math.max(largestBytes, planned.decodedBytes);
      otherPixelSize ??= planned.otherPixelSize;
      tiles.push({ ...(isSeen ? placed : { ...tile, channels: [], masks: placed.masks }), ...apart });
    } catch (error) {
      // A tile beyond the region only helps to join cells; if it is damaged, the items that show it fail.
      if (isSeen || !isExportError(error)) throw error;
    }
  }
  return { tiles, largestBytes, ...(otherPixelSize && { otherPixelSize }) };
}

/** The mask of a tile that tells cells apart, where a picture shows one of them alone. */
async function findCellMask(
  { cells }: Recipe,
  dataset: Dataset,
  planned: PlannedFov,
  name: string | undefined,
): Promise<Pick<PlannedTile, 'cellMask'>> {
  if (!cells?.isolate || name === undefined) return {};
  const source = requireSource(planned.fov, 'mask', name);
  await requireMaskSize(planned, source);
  return { cellMask: toPlannedSource(source, dataset) };
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
  const key = JSON.stringify([slide.id, channels.map(({ channel, contrastLimits }) => [channel, contrastLimits])]);
  const { limits, notes } = await mapEntry(known.limits, key, () => {
    const names = new Set(slide.tiles.map(({ fov }) => fov));
    const fovs = dataset.fovs.filter(({ name }) => names.has(name));
    return resolveContrastLimits(channels, fovs, signal);
  });
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
export function meetingTiles(slide: Slide, { meeting, byName }: KnownOfSlides): ReadonlySet<Tile> {
  return mapEntry(meeting, slide.id, () => {
    const tiles = slide.tiles.filter(({ fov }) => byName.has(fov));
    return new Set(Array.from(new SeamContacts(tiles).meeting(), (position) => tiles[position]));
  });
}
