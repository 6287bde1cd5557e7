import type { Region } from '../model/image';
import { imageOf, type PlannedItem, type PlannedSource, type PlannedTile } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { mindsSeams } from '../plan/mindsSeams';
import { requireSize } from '../plan/requireOneSize';
import { gridOf, isCropOf, partOfTile } from '../plan/shownPart';
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
interface Shown {
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
    await reader.enterFov(imageOf(item));
    reader.begin();
    const all = await tilesOf(recipe, item, reader);
    const region = item.region ?? all[0];
    const grid = gridOf(recipe, region);
    const tiles = all.filter((tile) => doOverlap(tile, region) || isOn(grid, tile));
    const notes = new Set<string>();
    const { limits, notes: ofLimits } = await reader.limitsOf(recipe, item, signal);
    for (const note of ofLimits) notes.add(note);
    const numbered = tiles.length > 1 ? await numberCells(recipe, item, tiles, { reader, signal, notes }) : undefined;
    const numbers = numbered?.ofMasks;
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
      ...(numbered && { numbers: numbered.ofMasks }),
      ...(numbered?.apart && { numbersApart: numbered.apart }),
      cellColors: valuesOf(({ colors }) => colors),
      ...(recipe.legend.classes && { cellClasses: valuesOf(({ classes }) => classes) }),
      contrastLimits: limits,
      ...(label !== undefined && {
        focal: {
          label,
          number: numbered ? numbered.focal : label,
          ...(cellMask && { maskName: cellMask.name }),
          ...(keepClear && { box: keepClear }),
        },
      }),
      ...(roi && { roi: { ...roi, ...(shape && { shape }) } }),
      ...(item.pixelSize && { pixelSizeUm: item.pixelSize.um }),
      font: loadFont(),
    };
    return new ItemSource({ recipe, tiles, unchecked: new Set(item.tiles) }, reader, scene, [...notes]);
  }

  /**
   * The pixels of a window of the picture, and what decides where outlines run in it, as they are on disk. Valid until the
   * next window is read: its memory is used again.
   */
  async read(window: Region, signal?: AbortSignal): Promise<ScenePixels> {
    const { reader } = this;
    reader.begin();
    const { recipe, tiles } = this.shown;
    const { grid } = this.scene;
    const [seen, blocks] = [seenBy(grid, window), imagePartOf(grid, window)];
    const isCropped = tiles.length === 1 && isCropOf(grid.region, tiles[0]);
    const planes = (recipe.masksOnly ? [] : recipe.channels).map((): PlacedPlane[] => []);
    const masks = recipe.masks.map((): TileLabels[] => []);
    const [annotations, isolateBy]: TileLabels[][] = [[], []];
    for (const [position, tile] of tiles.entries()) {
      const part = partOfTile(tile, seen, isCropped);
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
      if (recipe.cells?.isolate && tile.cellMask) isolateBy.push(await labelsOf(tile.cellMask));
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

/** Numbers for the cells of several tiles. */
interface NumberedCells {
  readonly ofMasks: readonly CellNumbers[];
  /** Of the mask that tells cells apart. */
  readonly apart?: CellNumbers;
  /** The number that stands for the cell that the picture is about, whatever mask it is in; 0 if none is. */
  readonly focal: number;
}

/** Numbers the cells of each mask. Outlines, and the cell that the picture is about, go on across seams. */
async function numberCells(
  recipe: Recipe,
  { fov, label, cellMask, tiles: all = [] }: PlannedItem,
  tiles: readonly PlannedTile[],
  { reader, signal, notes }: Looking,
): Promise<NumberedCells> {
  const number = async (isJoined: boolean, maskOf: (tile: PlannedTile) => PlannedSource): Promise<CellNumbers> => {
    if (!isJoined) return new CellNumbers();
    const { groups, note } = await readJoins(all, maskOf, tiles, { source: reader, signal });
    if (note !== undefined) notes.add(note);
    return new CellNumbers(groups);
  };
  const home = tiles.findIndex((tile) => tile.fov === fov);
  /** The cell is the first that is numbered, so that its number is the same in each mask. */
  const begin = (numbers: CellNumbers): number => (label === undefined ? 0 : numbers.ofTile(home)(label));
  const ofMasks: CellNumbers[] = [];
  let focal = 0;
  for (const [mask, layer] of recipe.masks.entries()) {
    const numbers = await number(mindsSeams(recipe, layer, cellMask?.name), (tile) => tile.masks[mask]);
    if (layer.name === cellMask?.name) focal = begin(numbers);
    ofMasks.push(numbers);
  }
  if (!recipe.cells?.isolate) return { ofMasks, focal };
  const apart = await number(true, (tile) => tile.cellMask!);
  return { ofMasks, apart, focal: begin(apart) };
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
