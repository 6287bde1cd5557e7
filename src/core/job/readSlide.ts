import { ExportError } from '../model/exportError';
import type { LabelImage, Plane, Region, SampleType } from '../model/image';
import type { PlannedItem, PlannedTile } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { cropPlane } from '../render/cropPlane';
import { loadFont } from '../read/loadFont';
import type { RenderInput } from '../render/prepareLayers';
import { movedShape } from '../render/shapeMask';
import { type PlacedLabels, stitchLabels, type StitchedLabels } from '../render/stitchLabels';
import { type PlacedPlane, stitchPlane } from '../render/stitchPlane';
import { gap, visibleParts } from '../render/visibleParts';
import { doOverlap, intersection } from '../select/cropRegion';
import type { ColoredCells, SourceReader, UnrenderedChannel } from './sourceReader';

/** No outline is thicker, whatever a print width makes of points. */
const maxLinePx = 100;

/**
 * Puts the region of an item together from the tiles of its slide, tile by tile, so that one FOV is in memory at a time
 * beside the region. What lies beside the region is part of it as far as outlines look.
 */
export async function readSlide(
  recipe: Recipe,
  item: PlannedItem,
  source: SourceReader,
  signal?: AbortSignal,
): Promise<{ readonly input: RenderInput; readonly notes: readonly string[] }> {
  const region = item.region!;
  const window = windowOf(recipe, item);
  const parts = await readTiles(recipe, item, window, source, signal);
  const planes = parts.channels.map((tiles) => stitchPlane(window, tiles));
  const masks = parts.masks.map((tiles) => stitchLabels(window, tiles));
  const colors = recipe.masks.map(({ color }, i) => (isPlainColor(color) ? undefined : parts.colors[i]));
  const annotation =
    recipe.annotation &&
    stitchPlane(
      window,
      parts.annotations.map(({ labels: { labels, ...size }, ...place }) => ({
        ...place,
        plane: { ...size, samples: labels },
      })),
    );
  const gapPx = gapOf(region, item.tiles!);
  const notes = [...parts.notes];
  if (gapPx > 0) {
    const percent = Number(((100 * gapPx) / (region.widthPx * region.heightPx)).toPrecision(2));
    notes.push(`${gapPx} pixels (${percent} %) are in no tile: black there`);
  }
  const { roi, shape, pixelSize } = item;
  return {
    input: {
      fov: item.fov,
      index: item.index ?? 1,
      ...(roi && { roi: { ...roi, ...(shape && { shape: movedShape(shape, -window.x, -window.y) }) } }),
      ...(pixelSize && { pixelSizeUm: pixelSize.um }),
      font: loadFont(),
      planes: planes.map(({ plane }) => plane),
      masks: masks.map(({ cells }) => cells),
      outlineMasks: masks.map(({ joined }) => joined),
      cellColors: masks.map((mask, i) => colors[i] && byStitched(mask, (tile) => colors[i]![tile].colors)),
      cellClasses: masks.map((mask, i) =>
        colors[i] && recipe.legend.classes ? byStitched(mask, (tile) => colors[i]![tile].classes) : undefined,
      ),
      ...(annotation && { annotation: toLabelImage(annotation.plane) }),
      region: { ...region, x: region.x - window.x, y: region.y - window.y },
    },
    notes,
  };
}

/** The unrendered channels of an item's region, in the tiles' own sample type; 0 where there is no tile. */
export async function readSlideChannels(
  item: PlannedItem,
  source: SourceReader,
  signal?: AbortSignal,
): Promise<UnrenderedChannel[]> {
  const region = item.region!;
  const tiles = item.tiles!.filter((each) => doOverlap(each, region));
  const placed: PlacedPlane[][] = item.tiles![0].channels.map(() => []);
  const sampleTypes: SampleType[] = [];
  for (const tile of tiles) {
    for (const [i, { plane, sampleType }] of (await source.readChannels(itemOf(item, tile), signal)).entries()) {
      placed[i].push(placePlane(tile, plane, region));
      const expected = (sampleTypes[i] ??= sampleType);
      if (sampleType === expected) continue;
      throw new ExportError(
        'MixedSampleTypes',
        `Expected one sample type for channel ${tile.channels[i].name} of ${item.fov}, but found ${expected} and, in FOV ${tile.fov}, ${sampleType}.`,
      );
    }
  }
  return tiles[0].channels.map(({ name }, i) => {
    // All are of one type, which holds 0, and is kept.
    const { plane } = stitchPlane(region, placed[i], 0);
    return { name, sampleType: sampleTypes[i], plane };
  });
}

/** Where there is no tile. A NaN that was measured becomes 0, too: it says as little. */
function zeroForNaN(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

/** The region with what lies beside it and decides where outlines run. */
function windowOf(recipe: Recipe, item: PlannedItem): Region {
  const region = item.region!;
  const reach = item.tiles!.map(({ x, y, widthPx, heightPx }) => [x, y, x + widthPx, y + heightPx]);
  const lines = recipe.masks.map(({ widthPx, widthPt }) => (widthPt === undefined ? widthPx : maxLinePx));
  const besidePx = lines.length === 0 ? 0 : (Math.max(...lines) + 1) * recipe.downsample;
  const left = Math.min(region.x, Math.max(region.x - besidePx, Math.min(...reach.map(([x]) => x))));
  const top = Math.min(region.y, Math.max(region.y - besidePx, Math.min(...reach.map(([, y]) => y))));
  const right = Math.max(
    region.x + region.widthPx,
    Math.min(region.x + region.widthPx + besidePx, Math.max(...reach.map(([, , x]) => x))),
  );
  const bottom = Math.max(
    region.y + region.heightPx,
    Math.min(region.y + region.heightPx + besidePx, Math.max(...reach.map(([, , , y]) => y))),
  );
  return { x: left, y: top, widthPx: right - left, heightPx: bottom - top };
}

/** The parts of all tiles that lie in a window. */
interface TileParts {
  /** For each channel. */
  readonly channels: PlacedPlane[][];
  /** For each mask. */
  readonly masks: PlacedLabels[][];
  readonly annotations: PlacedLabels[];
  /** For each mask that is coloured by the cell table, by tile. */
  readonly colors: ColoredCells[][];
  readonly notes: Set<string>;
}

async function readTiles(
  recipe: Recipe,
  item: PlannedItem,
  window: Region,
  source: SourceReader,
  signal: AbortSignal | undefined,
): Promise<TileParts> {
  const parts: TileParts = {
    channels: item.tiles![0].channels.map(() => []),
    masks: recipe.masks.map(() => []),
    annotations: [],
    colors: recipe.masks.map(() => []),
    notes: new Set(),
  };
  for (const tile of item.tiles!.filter((each) => doOverlap(each, window))) {
    const tileItem = itemOf(item, tile);
    const channels = await source.readChannels(tileItem, signal);
    for (const [i, { plane }] of channels.entries()) parts.channels[i].push(placePlane(tile, plane, window));
    for (const [i, { color }] of recipe.masks.entries()) {
      const mask = await source.readLabelImage(tile.masks[i], signal);
      // Whole, so that what goes on across a seam does not depend on the region.
      parts.masks[i].push({ x: tile.x, y: tile.y, labels: mask });
      if (isPlainColor(color)) continue;
      const colored = await source.colorsOfMask(tileItem, color, tile.masks[i], mask);
      parts.colors[i].push(colored);
      if (colored.note !== undefined) parts.notes.add(`${tile.fov}: ${colored.note}`);
    }
    if (tile.annotation) {
      parts.annotations.push(placeLabels(tile, await source.readLabelImage(tile.annotation, signal), window));
    }
  }
  return parts;
}

/** A tile as the item of its FOV. */
function itemOf({ files, id }: PlannedItem, { fov, channels, masks, annotation }: PlannedTile): PlannedItem {
  return { id, fov, files, channels, masks, ...(annotation && { annotation }) };
}

/** A copy of the part of a tile's plane that lies in a window: the whole need not stay in memory. */
function placePlane(tile: PlannedTile, plane: Plane, window: Region): PlacedPlane {
  const part = intersection(tile, window);
  return { x: part.x, y: part.y, plane: cropPlane(plane, { ...part, x: part.x - tile.x, y: part.y - tile.y }) };
}

function placeLabels(tile: PlannedTile, { labels, ...size }: LabelImage, window: Region): PlacedLabels {
  const { plane, ...place } = placePlane(tile, { ...size, samples: labels }, window);
  return { ...place, labels: toLabelImage(plane) };
}

function toLabelImage({ widthPx, heightPx, samples }: Plane): LabelImage {
  return {
    widthPx,
    heightPx,
    labels: samples instanceof Uint32Array ? samples : Uint32Array.from(samples, zeroForNaN),
  };
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
  let gapPx = 0;
  for (const { heightPx, parts } of visibleParts(region, tiles)) {
    for (const { tile, widthPx } of parts) if (tile === gap) gapPx += widthPx * heightPx;
  }
  return gapPx;
}
