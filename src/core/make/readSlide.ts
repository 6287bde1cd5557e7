import type { LabelImage, Plane, Region } from '../model/image';
import type { PlannedItem, PlannedTile } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { loadFont } from '../read/loadFont';
import { BlockMeans } from '../render/blockMeans';
import { mapEntry } from '../model/mapEntry';
import type { RenderInput } from '../render/prepareLayers';
import { pickLabels, pickPlane, placeOnGrid, type SlideGrid, slideGrid } from '../render/slideGrid';
import { gapLabel, type PlacedLabels, type StitchedLabels, stitchLabels } from '../render/stitchLabels';
import { type PlacedPlane, stitchPlane } from '../render/stitchPlane';
import { gap, visibleParts } from '../render/visibleParts';
import { contextPx, withContext } from '../plan/shownPart';
import { doOverlap, intersection } from '../select/cropRegion';
import { readJoins } from './readJoins';
import type { ColoredCells } from './maskColors';
import type { SlideJoins, SourceReader } from './sourceReader';

/**
 * Puts the region of an item together from the tiles of its slide, on the output grid and tile by tile, so that one FOV is
 * in memory at a time beside the picture. What lies beside the region is part of it as far as outlines look.
 */
export async function readSlide(
  recipe: Recipe,
  item: PlannedItem,
  source: SourceReader,
  signal?: AbortSignal,
): Promise<{ readonly input: RenderInput; readonly notes: readonly string[] }> {
  const region = item.region!;
  const grid = slideGrid(region, recipe.downsample, contextPx(recipe, region));
  const seen = withContext(recipe, region);
  const tiles = item.tiles!.filter((tile) => doOverlap(tile, region) || isOn(grid, tile));
  const notes: string[] = [];
  const joins: SlideJoins['groups'][] = [];
  for (const [i, { mode }] of recipe.masks.entries()) {
    // Only outlines go on across seams.
    const found = mode === 'outline' ? await readJoins(item, i, tiles, { source, signal }) : { groups: [] };
    joins.push(found.groups);
    if (found.note !== undefined) notes.push(found.note);
  }
  const parts = await readTiles(recipe, item, grid, { tiles, seen, source, signal });
  const masks = parts.masks.map((placed, i) => stitchLabels(grid.window, placed, joins[i]));
  const colors = recipe.masks.map(({ color }, i) => (isPlainColor(color) ? undefined : parts.colors[i]));
  const gapPx = gapOf(region, item.tiles!);
  notes.push(...parts.notes);
  if (gapPx > 0) {
    const percent = Number(((100 * gapPx) / (region.widthPx * region.heightPx)).toPrecision(2));
    notes.push(`${gapPx} pixels (${percent} %) are in no tile: black there`);
  }
  const { roi, shape, pixelSize } = item;
  return {
    input: {
      fov: item.fov,
      index: item.index ?? 1,
      ...(roi && { roi: { ...roi, ...(shape && { shape }) } }),
      ...(pixelSize && { pixelSizeUm: pixelSize.um }),
      font: loadFont(),
      planes: parts.planes,
      masks: masks.map(({ cells }) => cells),
      stitched: { picture: grid.picture, outlineMasks: masks.map(({ joined }) => joined) },
      cellColors: masks.map((mask, i) => colors[i] && byStitched(mask, (tile) => colors[i]![tile]?.colors)),
      cellClasses: masks.map((mask, i) =>
        colors[i] && recipe.legend.classes ? byStitched(mask, (tile) => colors[i]![tile]?.classes) : undefined,
      ),
      ...(recipe.annotation && { annotation: stitchAnnotation(grid.window, parts.annotations) }),
      region,
    },
    notes,
  };
}

function isOn(grid: SlideGrid, tile: Region): boolean {
  const { widthPx, heightPx } = placeOnGrid(grid, tile);
  return widthPx > 0 && heightPx > 0;
}

/** What of the tiles is on the grid. */
interface TileParts {
  /** For each channel, all tiles together. */
  readonly planes: Plane[];
  /** For each mask, by tile. */
  readonly masks: PlacedLabels[][];
  readonly annotations: PlacedLabels[];
  /** For each mask that is coloured by the cell table, by tile; absent for one that is not to be seen itself. */
  readonly colors: (ColoredCells | undefined)[][];
  readonly notes: Set<string>;
}

interface TileReading {
  readonly tiles: readonly PlannedTile[];
  /** What of the slide the picture is made of. */
  readonly seen: Region;
  readonly source: SourceReader;
  readonly signal: AbortSignal | undefined;
}

async function readTiles(
  recipe: Recipe,
  item: PlannedItem,
  grid: SlideGrid,
  { tiles, seen, source, signal }: TileReading,
): Promise<TileParts> {
  const { region } = grid;
  const names = recipe.masksOnly ? [] : recipe.channels;
  const isMean = recipe.downsample > 1 && recipe.resample === 'mean';
  const means = isMean ? names.map(() => new BlockMeans(grid)) : [];
  const picked = names.map((): PlacedPlane[] => []);
  const parts: Omit<TileParts, 'planes'> = {
    masks: recipe.masks.map(() => []),
    annotations: [],
    colors: recipe.masks.map(() => []),
    notes: new Set(),
  };
  const visible = seenParts(region, tiles);
  for (const [position, tile] of tiles.entries()) {
    const isInRegion = doOverlap(tile, region);
    await source.enterFov(tile.fov);
    const { x, y, ...size } = intersection(tile, seen);
    const inTile = { x: x - tile.x, y: y - tile.y, ...size };
    const channels = isInRegion ? await source.readChannels(tile.channels, inTile, signal) : [];
    for (const [i, { plane }] of channels.entries()) {
      const placed = { x, y, plane };
      if (isMean) for (const part of visible.get(position) ?? []) means[i].add(part, placed);
      else picked[i].push(pickPlane(grid, placed));
    }
    for (const [i, { color }] of recipe.masks.entries()) {
      const labels = await source.readLabels(tile.masks[i], inTile, signal);
      parts.masks[i].push(pickLabels(grid, { x, y, labels }));
      const colored =
        isPlainColor(color) || !isInRegion
          ? undefined
          : await source.colorsOfMask(recipe, { ...item, fov: tile.fov }, { color, source: tile.masks[i], signal });
      parts.colors[i].push(colored);
      for (const note of colored?.notes ?? []) parts.notes.add(`${tile.fov}: ${note}`);
    }
    if (tile.annotation && isInRegion) {
      const labels = await source.readLabels(tile.annotation, inTile, signal);
      parts.annotations.push(pickLabels(grid, { x, y, labels }));
    }
  }
  const planes = isMean
    ? means.map((channel) => channel.means())
    : picked.map((placed) => stitchPlane(grid.window, placed).plane);
  return { ...parts, planes };
}

/** Of each tile, by its position, the parts that are seen. */
function seenParts(region: Region, tiles: readonly Region[]): Map<number, Region[]> {
  const seen = new Map<number, Region[]>();
  for (const { y, heightPx, parts } of visibleParts(region, tiles)) {
    for (const { tile, x, widthPx } of parts) {
      if (tile !== gap) mapEntry(seen, tile, () => []).push({ x, y, widthPx, heightPx });
    }
  }
  return seen;
}

function stitchAnnotation(window: Region, placed: readonly PlacedLabels[]): LabelImage {
  const planes = placed.map(({ labels: { labels, ...size }, ...place }) => ({
    ...place,
    plane: { ...size, samples: labels },
  }));
  const { samples, ...size } = stitchPlane(window, planes, gapLabel).plane;
  return { ...size, labels: samples as Uint32Array };
}

/** Values of cells by their numbers in the stitched mask. */
function byStitched<T>(
  { origin }: StitchedLabels,
  valuesOf: (tile: number) => ReadonlyMap<number, T> | undefined,
): ReadonlyMap<number, T> {
  const values = new Map<number, T>();
  for (let number = 1; number < origin.label.length; number++) {
    const value = valuesOf(origin.tile[number])?.get(origin.label[number]);
    if (value !== undefined) values.set(number, value);
  }
  return values;
}

/** Pixels of a region that lie in no tile. */
function gapOf(region: Region, tiles: readonly Region[]): number {
  let coveredPx = 0;
  for (const parts of seenParts(region, tiles).values()) {
    for (const { widthPx, heightPx } of parts) coveredPx += widthPx * heightPx;
  }
  return region.widthPx * region.heightPx - coveredPx;
}
