import type { ImageHeader, PictureSize } from '../model/image';
import { keyOfSource, type PlannedItem, type PlannedSource, type PlannedTile } from '../model/plan';
import type { DraftFacts } from '../model/previewOf';
import { isPlainColor, type Recipe } from '../model/recipe';
import { doOverlap } from '../select/cropRegion';
import { tilesOf } from './itemTiles';
import type { SourceReader } from './sourceReader';

/** How a draft is made: as its item is, of less. */
export interface PlannedDraft {
  /** Without the masks and the annotation that the draft leaves out. */
  readonly recipe: Recipe;
  /** Without these masks. */
  readonly item: PlannedItem;
  /** What is read at which level; see `KnownSources`. */
  readonly levels: ReadonlyMap<string, number>;
  /** So many pixels of full resolution one of the level stands for; the least of all tiles. */
  readonly pixelsPerPixel: number;
  readonly facts: DraftFacts;
}

/** Pictures of smaller regions are there as soon as a draft of them would be. */
const leastPx = 2 ** 18;

/** Labels of so many pixels are read at full resolution: what a common FOV has, decoded in some hundredths of a second. */
const mostLabelPx = 2 ** 22;

/**
 * Plans the draft of an item that is shrunk so much that a level of its pyramids has at least the resolution that is shown:
 * the smallest such level that all channels of all tiles have, each tile's of one size. Reads headers.
 *
 * Masks and annotations are taken at their level of that very size, or, where their pyramids have none, at full
 * resolution if they are small. Left out is what takes all of a mask to know: colours by the cell table, and which cells
 * go on across seams.
 * @param recipe the item's own, at the downsample that is shown
 * @returns `undefined` if there is no draft: of crops, of images without such levels, and where a legend says which classes
 *   the exact labels have
 */
export async function planDraft(
  recipe: Recipe,
  item: PlannedItem,
  reader: SourceReader,
): Promise<PlannedDraft | undefined> {
  const { region } = item;
  if (recipe.mode === 'cells' || recipe.masksOnly || recipe.legend.classes || recipe.downsample === 1) return undefined;
  if (!region || areaOf(region) < leastPx) return undefined;
  await reader.enterFov(item.fov);
  const tiles = (await tilesOf(recipe, item, reader)).filter((tile) => doOverlap(tile, region));
  const leveled: LeveledTile[] = [];
  for (const tile of tiles) {
    const headers: ImageHeader[] = [];
    for (const source of tile.channels) headers.push(await reader.headerOf(source));
    leveled.push({ tile, sizes: commonLevels(headers) });
  }
  const level = smallestLevel(leveled, recipe.downsample);
  if (level === undefined) return undefined;
  const levels = new Map<string, number>();
  for (const { tile } of leveled) for (const source of tile.channels) levels.set(keyOfSource(source), level);

  /** Whether labels are there for the draft; if so, their levels are noted. */
  const takeLabels = async (sourceOf: (tile: PlannedTile) => PlannedSource | undefined): Promise<boolean> => {
    const found: [source: PlannedSource, level: number][] = [];
    let fullPx = 0;
    for (const { tile, sizes } of leveled) {
      const source = sourceOf(tile);
      if (!source) return false;
      const own = (await reader.headerOf(source)).levels.findIndex((size) => isSameSize(size, sizes[level]));
      if (own > 0) found.push([source, own]);
      else fullPx += areaOf(tile);
    }
    if (fullPx > mostLabelPx) return false;
    for (const [source, own] of found) levels.set(keyOfSource(source), own);
    return true;
  };
  const without: string[] = [];
  const kept: number[] = [];
  for (const [mask, { name, mode, color }] of recipe.masks.entries()) {
    const takesAll = !isPlainColor(color) || (mode === 'outline' && tiles.length > 1);
    if (!takesAll && (await takeLabels(({ masks }) => masks[mask]))) kept.push(mask);
    else without.push(`mask ${name}`);
  }
  const { annotation, ...others } = recipe;
  const hasAnnotation = annotation !== undefined && (await takeLabels((tile) => tile.annotation));
  if (annotation && !hasAnnotation) without.push(`annotation ${annotation.name}`);
  const masksOf = <T>(masks: readonly T[]): T[] => (masks.length === 0 ? [] : kept.map((mask) => masks[mask]));
  const tilesWithLess = tiles.map((tile) => ({ ...tile, masks: masksOf(tile.masks) }));
  return {
    recipe: { ...others, masks: masksOf(recipe.masks), ...(hasAnnotation && { annotation }) },
    item: { ...item, masks: masksOf(item.masks), ...(item.tiles && { tiles: tilesWithLess }) },
    levels,
    pixelsPerPixel: Math.min(...leveled.map(({ tile, sizes }) => areaOf(tile) / areaOf(sizes[level]))),
    facts: { level, without },
  };
}

interface LeveledTile {
  readonly tile: PlannedTile;
  /** Of the levels that all of its channels have alike, from full resolution on. */
  readonly sizes: readonly PictureSize[];
}

/** The sizes of levels, as far as images have them alike. */
function commonLevels(headers: readonly ImageHeader[]): readonly PictureSize[] {
  const [first, ...others] = headers;
  if (!first) return [];
  const end = first.levels.findIndex((size, level) => others.some(({ levels }) => !isSameSize(size, levels[level])));
  return end < 0 ? first.levels : first.levels.slice(0, end);
}

/** The last level of which all tiles have one with at least one pixel for each that is shown; `undefined` if there is none. */
function smallestLevel(tiles: readonly LeveledTile[], downsample: number): number | undefined {
  const count = Math.min(...tiles.map(({ sizes }) => sizes.length));
  for (let level = count - 1; level > 0; level--) {
    const isEnough = tiles.every(({ tile, sizes }) => {
      const { widthPx, heightPx } = sizes[level];
      return widthPx >= Math.floor(tile.widthPx / downsample) && heightPx >= Math.floor(tile.heightPx / downsample);
    });
    if (isEnough) return level;
  }
  return undefined;
}

function areaOf({ widthPx, heightPx }: PictureSize): number {
  return widthPx * heightPx;
}

function isSameSize(one: PictureSize, other: PictureSize | undefined): boolean {
  return one.widthPx === other?.widthPx && one.heightPx === other.heightPx;
}
