import type { Region } from '../model/image';
import type { PlannedItem, PlannedSource, PlannedTile } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { requireSize } from '../plan/requireOneSize';
import { gridOf, partOfTile } from '../plan/shownPart';
import { loadFont } from '../read/loadFont';
import { type Extent, partOfLevel } from '../render/enlargement';
import { imagePartOf, type OutputGrid, placeOnGrid, seenBy, wholeWindow } from '../render/outputGrid';
import { type PreparedLayers, prepareLayers } from '../render/prepareLayers';
import type { ByCell, Scene, ScenePixels } from '../render/scene';
import { CellNumbers, type TileLabels } from '../render/stitchLabels';
import type { PlacedPlane } from '../render/stitchPlane';
import { gap, visibleParts } from '../render/visibleParts';
import { doOverlap } from '../select/cropRegion';
import { sizeOfTile, tilesOf } from './itemTiles';
import type { ColoredCells } from './maskColors';
import { readJoins } from './readJoins';
import type { SourceReader } from './sourceReader';

/** What an item's pictures are of. */
interface Shown extends Pick<PlannedItem, 'cellMask'> {
  readonly recipe: Recipe;
  /** Those that the picture looks at, a later one over an earlier one. */
  readonly tiles: readonly PlannedTile[];
  /** Of these, those whose images may be of another size than when they were planned. */
  readonly unchecked: Set<PlannedTile>;
}

/** What an item's pictures are made of: what is known of it, and its pixels, window by window. */
export class ItemSource {
  /** @param notes what is to be said of it in the manifest */
  private constructor(
    private readonly shown: Shown,
    private readonly reader: SourceReader,
    readonly scene: Scene,
    readonly notes: readonly string[],
  ) {}

  /** Reads headers, and of masks and tiles what decides on colours, limits and cells that go on across seams. */
  static async open(
    recipe: Recipe,
    item: PlannedItem,
    reader: SourceReader,
    signal?: AbortSignal,
  ): Promise<ItemSource> {
    await reader.enterFov(item.fov);
    reader.begin();
    const all = await tilesOf(recipe, item, reader);
    const region = item.region ?? all[0];
    const grid = gridOf(recipe, region);
    const tiles = all.filter((tile) => doOverlap(tile, region) || isOn(grid, tile));
    const notes = new Set<string>();
    const { limits, notes: ofLimits } = await reader.limitsOf(recipe, item, signal);
    for (const note of ofLimits) notes.add(note);
    const numbers = tiles.length > 1 ? await numberCells(recipe, item, tiles, { reader, signal, notes }) : undefined;
    const inRegion = tiles.filter((tile) => doOverlap(tile, region));
    const colored = await colorCells(recipe, item, inRegion, { reader, signal, notes });
    if (item.tiles) noteGaps(region, item.tiles, notes);
    const valuesOf = <T>(values: ValuesOf<T>): (ByCell<T> | undefined)[] =>
      colored.map((ofTiles, mask) => {
        const ofTile = (tile: number): ReadonlyMap<number, T> | undefined => {
          const cells = ofTiles?.get(tiles[tile]);
          return cells && values(cells);
        };
        return ofTiles && numbers ? byNumber(numbers[mask], ofTile) : ofTile(0);
      });
    const { label, cellMask, keepClear, roi, shape } = item;
    const scene: Scene = {
      fov: item.fov,
      index: item.index ?? 1,
      grid,
      ...(numbers && { numbers }),
      cellColors: valuesOf(({ colors }) => colors),
      ...(recipe.legend.classes && { cellClasses: valuesOf(({ classes }) => classes) }),
      contrastLimits: limits,
      ...(label !== undefined && {
        focal: {
          label,
          ...(cellMask && { maskName: cellMask.name }),
          ...(keepClear && { box: keepClear }),
        },
      }),
      ...(roi && { roi: { ...roi, ...(shape && { shape }) } }),
      ...(item.pixelSize && { pixelSizeUm: item.pixelSize.um }),
      font: loadFont(),
    };
    return new ItemSource({ ...item, recipe, tiles, unchecked: new Set(item.tiles) }, reader, scene, [...notes]);
  }

  /**
   * The pixels of a window of the picture, and what decides where outlines run in it, as they are on disk. Valid until the
   * next window is read: its memory is used again.
   */
  async read(window: Region, signal?: AbortSignal): Promise<ScenePixels> {
    const { reader } = this;
    reader.begin();
    const { recipe, tiles, cellMask } = this.shown;
    const { grid } = this.scene;
    const [seen, blocks] = [seenBy(grid, window), imagePartOf(grid, window)];
    const isAlone = tiles.length === 1;
    const planes = (recipe.masksOnly ? [] : recipe.channels).map((): PlacedPlane[] => []);
    const masks = recipe.masks.map((): TileLabels[] => []);
    const [annotations, isolateBy]: TileLabels[][] = [[], []];
    for (const [position, tile] of tiles.entries()) {
      const part = partOfTile(tile, seen, isAlone);
      if (!part) continue;
      await this.check(tile);
      const labelsOf = async (source: PlannedSource): Promise<TileLabels> => {
        const { at, region } = await this.placeOf(source, tile, part);
        return { ...at, tile: position, labels: await reader.readLabels(source, region, signal) };
      };
      const isInWindow = doOverlap(tile, blocks);
      if (isInWindow && tile.channels.length > 0) {
        // All channels of a tile are read at one level.
        const { at, region } = await this.placeOf(tile.channels[0], tile, part);
        const channels = await reader.readChannels(tile.channels, region, signal);
        for (const [i, plane] of channels.entries()) planes[i].push({ ...at, plane });
      }
      for (const [i, source] of tile.masks.entries()) masks[i].push(await labelsOf(source));
      if (recipe.annotation && tile.annotation && isInWindow) annotations.push(await labelsOf(tile.annotation));
      if (recipe.cells?.isolate && cellMask) isolateBy.push(await labelsOf(cellMask));
    }
    return {
      ...{ planes, masks },
      ...(recipe.annotation && { annotation: annotations }),
      ...(recipe.cells?.isolate && { isolateBy }),
    };
  }

  /** All layers of a window; valid as long as its pixels are. */
  async layers(window: Region, signal?: AbortSignal): Promise<PreparedLayers> {
    return prepareLayers(this.shown.recipe, this.scene, window, await this.read(window, signal));
  }

  /** Where a part of a tile lies in the item's image, and the region of the source that is read for it. */
  private async placeOf(
    source: PlannedSource,
    tile: PlannedTile,
    part: Region,
  ): Promise<{ readonly at: Pick<Extent, 'x' | 'y' | 'enlarged'>; readonly region: Region }> {
    const at = { x: tile.x + part.x, y: tile.y + part.y };
    const level = await this.reader.levelSizeOf(source);
    if (!level) return { at, region: part };
    const { region, enlarged } = partOfLevel(tile, level, part);
    return { at: { ...at, enlarged }, region };
  }

  private async check(tile: PlannedTile): Promise<void> {
    const { recipe, unchecked } = this.shown;
    if (!unchecked.has(tile)) return;
    requireSize(tile, await sizeOfTile(recipe, tile, this.reader), `FOV ${tile.fov}, as when it was planned`);
    unchecked.delete(tile);
  }
}

function isOn(grid: OutputGrid, tile: Region): boolean {
  const { widthPx, heightPx } = placeOnGrid(grid, wholeWindow(grid), tile, grid.contextPx);
  return widthPx > 0 && heightPx > 0;
}

/** How an item's tiles are looked through before any of its windows is read. */
interface Looking {
  readonly reader: SourceReader;
  readonly signal: AbortSignal | undefined;
  readonly notes: Set<string>;
}

/** For each mask, numbers for the cells of its tiles. Only outlines go on across seams. */
async function numberCells(
  recipe: Recipe,
  item: PlannedItem,
  tiles: readonly PlannedTile[],
  { reader, signal, notes }: Looking,
): Promise<CellNumbers[]> {
  const numbers: CellNumbers[] = [];
  for (const [mask, { mode }] of recipe.masks.entries()) {
    const { groups, note } =
      mode === 'outline'
        ? await readJoins(item, mask, tiles, { source: reader, signal })
        : { groups: [], note: undefined };
    numbers.push(new CellNumbers(groups));
    if (note !== undefined) notes.add(note);
  }
  return numbers;
}

/** One of the things that the cell table says of a mask's cells. */
type ValuesOf<T> = (cells: ColoredCells) => ReadonlyMap<number, T> | undefined;

/** For each mask, the colours of each tile's cells; absent where the cell table does not colour it. */
async function colorCells(
  recipe: Recipe,
  item: PlannedItem,
  tiles: readonly PlannedTile[],
  { reader, signal, notes }: Looking,
): Promise<(ReadonlyMap<PlannedTile, ColoredCells> | undefined)[]> {
  const colored = recipe.masks.map(({ color }) =>
    isPlainColor(color) ? undefined : { color, ofTiles: new Map<PlannedTile, ColoredCells>() },
  );
  for (const tile of tiles) {
    for (const [mask, layer] of colored.entries()) {
      if (!layer) continue;
      reader.begin();
      const ofTile = { ...item, fov: tile.fov };
      const { color } = layer;
      const found = await reader.colorsOfMask(recipe, ofTile, { color, source: tile.masks[mask], signal });
      layer.ofTiles.set(tile, found);
      for (const note of found.notes) notes.add(tile.fov === item.fov ? note : `${tile.fov}: ${note}`);
    }
  }
  return colored.map((layer) => layer?.ofTiles);
}

/** Values of cells by their numbers. */
function byNumber<T>(
  { tile, label }: CellNumbers,
  valuesOfTile: (tile: number) => ReadonlyMap<number, T> | undefined,
): ByCell<T> {
  return {
    get: (number) => valuesOfTile(tile[number])?.get(label[number]),
    has: (number) => valuesOfTile(tile[number])?.has(label[number]) ?? false,
  };
}

/** Pixels of a region that lie in no tile. */
function noteGaps(region: Region, tiles: readonly Region[], notes: Set<string>): void {
  let gapPx = 0;
  for (const { heightPx, parts } of visibleParts(region, tiles)) {
    for (const { tile, widthPx } of parts) if (tile === gap) gapPx += widthPx * heightPx;
  }
  if (gapPx === 0) return;
  const percent = Number(((100 * gapPx) / (region.widthPx * region.heightPx)).toPrecision(2));
  notes.add(`${gapPx} pixels (${percent} %) are in no tile: black there`);
}
