import { drawnColor, type HexColor } from '../model/color';
import type { Region } from '../model/image';
import { classColor } from '../model/palette';
import { type AnnotationLayer, isPlainColor, type MaskLayer, type NumericLimits, type Recipe } from '../model/recipe';
import { areasOf } from '../model/roi';
import { findOutline } from './findOutline';
import { outlineWidthPx } from './outlineWidth';
import type { GridLabels, GridPlane, OutputGrid } from './outputGrid';
import type { ColorOfLabel } from './paintLabels';
import type { Scene, ScenePixels } from './scene';
import type { PlacedLabels } from './seamContacts';
import { shapeMask, strokeMask, toGridShape } from './shapeMask';
import { type CellNumbers, gapLabel, stitchLabels, type TileLabels } from './stitchLabels';
import { stitchPlane } from './stitchPlane';
import { toGridLabels } from './toGridLabels';
import { toGridPlane } from './toGridPlane';

/** All layers of an item in a window of the output grid, computed once for every picture that is made of it. */
export interface PreparedLayers {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly planes: readonly GridPlane[];
  readonly contrastLimits: readonly NumericLimits[];
  /** From bottom to top. */
  readonly overlays: readonly Overlay[];
  /** Labels of cells, and the one whose pixels are shown: those of the others are black. */
  readonly isolate?: { readonly labels: GridLabels; readonly focal: number };
  /** One byte for each pixel of the picture; where it is 0, all is black and there is nothing to be seen. */
  readonly cut?: Uint8Array;
}

/** Something that is painted over the channels. */
export interface Overlay {
  /** The annotation's, the mask's or the ROI's. */
  readonly name: string;
  /** A mask by its position in the recipe. */
  readonly layer: 'annotation' | 'shape' | number;
  readonly labels: GridLabels;
  readonly colorOf: ColorOfLabel;
  readonly alpha: number;
  /** Of an outline: one byte for each of the labels. */
  readonly marked?: Uint8Array;
}

/** Puts everything that an item shows in a window on the output grid. Pure. */
export function prepareLayers(recipe: Recipe, scene: Scene, window: Region, pixels: ScenePixels): PreparedLayers {
  const { grid, focal } = scene;
  const { widthPx, heightPx } = window;
  const overlays: Overlay[] = [];
  const shape = scene.roi?.shape && toGridShape(scene.roi.shape, grid.region, grid.downsample);
  const isCut = recipe.rois?.cutShape && shape && areasOf(shape).length > 0;
  const cut = isCut ? shapeMask(shape, window) : undefined;
  const seen = (labels: GridLabels): GridLabels => (cut ? withinCut(labels, cut, window) : labels);
  if (recipe.annotation && pixels.annotation) {
    const labels = scene.numbers
      ? annotationOfTiles(grid, window, pixels.annotation)
      : labelsOfTile(grid, window, pixels.annotation);
    overlays.push({
      name: recipe.annotation.name,
      layer: 'annotation',
      labels: seen(labels),
      colorOf: classColors(recipe.annotation, scene.numbers && gapLabel),
      alpha: recipe.annotation.alpha,
    });
  }
  const layers = recipe.masks.map((layer, mask) => {
    const { name, alpha, mode } = layer;
    return {
      layer,
      mode,
      mask,
      overlay: { name, alpha, layer: mask, colorOf: focalColors(recipe, layer, scene, mask) },
    };
  });
  for (const { mask, overlay } of layers.filter(({ mode }) => mode === 'fill')) {
    overlays.push({ ...overlay, labels: seen(cellsOf(scene, window, { mask, pixels, contextPx: 0 }).cells) });
  }
  for (const { layer, mask, overlay } of layers.filter(({ mode }) => mode === 'outline')) {
    const { cells, joined } = cellsOf(scene, window, { mask, pixels, contextPx: grid.contextPx });
    const linePx = outlineWidthPx(recipe, layer, grid.widthPx);
    const marked = findOutline(joined, linePx, joined === cells ? undefined : gapLabel);
    // The cut is no border of cells: outlines are found before it.
    overlays.push({ ...overlay, marked, labels: seen(cells) });
  }
  const line = recipe.rois?.drawShape;
  if (shape && line) {
    overlays.push(shapeOverlay(scene.roi.name, strokeMask(shape, line.widthPx, window), line.color, window));
  }
  return {
    widthPx,
    heightPx,
    planes: pixels.planes.map((tiles) => toGridPlane(grid, window, tiles, recipe.resample)),
    contrastLimits: scene.contrastLimits,
    overlays,
    ...(cut && { cut }),
    ...(focal &&
      pixels.isolateBy && {
        isolate: { labels: cellsApart(scene, window, pixels.isolateBy), focal: focal.number },
      }),
  };
}

interface CellLabels {
  /** What colours are looked up by. */
  readonly cells: GridLabels;
  /** What outlines are found in: cells go on across seams, and nothing is beyond a tile. */
  readonly joined: GridLabels;
}

/** The cells of a mask in a window: their labels, or, of several tiles, their numbers. */
function cellsOf(
  { grid, numbers }: Scene,
  window: Region,
  { mask, pixels, contextPx }: { readonly mask: number; readonly pixels: ScenePixels; readonly contextPx: number },
): CellLabels {
  const tiles = pixels.masks[mask];
  if (numbers) return stitched(grid, window, tiles, { numbers: numbers[mask], contextPx });
  const labels = labelsOfTile(grid, window, tiles, contextPx);
  return { cells: labels, joined: labels };
}

/** The cells of the mask that tells them apart: what goes on across seams is one. Where there is no tile, all is black anyway. */
function cellsApart({ grid, numbersApart }: Scene, window: Region, tiles: readonly TileLabels[]): GridLabels {
  if (!numbersApart) return labelsOfTile(grid, window, tiles);
  return stitched(grid, window, tiles, { numbers: numbersApart, contextPx: 0 }).joined;
}

function stitched(
  grid: OutputGrid,
  window: Region,
  tiles: readonly TileLabels[],
  { numbers, contextPx }: { readonly numbers: CellNumbers; readonly contextPx: number },
): CellLabels {
  const placed = tiles.map((tile) => ({ tile: tile.tile, ...onGrid(grid, window, tile, contextPx) }));
  const { cells, joined } = stitchLabels(widened(window, contextPx), placed, numbers);
  const at = { xPx: -contextPx, yPx: -contextPx };
  const placedCells = { ...cells, ...at };
  return { cells: placedCells, joined: joined === cells ? placedCells : { ...joined, ...at } };
}

/** Labels of an image of one tile; none where the window shows nothing of it. */
function labelsOfTile(grid: OutputGrid, window: Region, [tile]: readonly PlacedLabels[], contextPx = 0): GridLabels {
  if (!tile) return { widthPx: 0, heightPx: 0, labels: new Uint32Array(0), xPx: 0, yPx: 0 };
  return toGridLabels(grid, window, tile, contextPx);
}

function annotationOfTiles(grid: OutputGrid, window: Region, tiles: readonly PlacedLabels[]): GridLabels {
  const placed = tiles.map((tile) => {
    const { labels, ...place } = onGrid(grid, window, tile, 0);
    return { ...place, plane: { widthPx: labels.widthPx, heightPx: labels.heightPx, samples: labels.labels } };
  });
  const { widthPx, heightPx, samples } = stitchPlane(window, placed, gapLabel);
  return { widthPx, heightPx, labels: new Uint32Array(samples), xPx: 0, yPx: 0 };
}

/** A tile's labels in the picture's pixels. */
function onGrid(grid: OutputGrid, window: Region, tile: PlacedLabels, contextPx: number): PlacedLabels {
  const { xPx, yPx, ...labels } = toGridLabels(grid, window, tile, contextPx);
  return { x: window.x + xPx, y: window.y + yPx, labels };
}

function widened({ x, y, widthPx, heightPx }: Region, byPx: number): Region {
  return { x: x - byPx, y: y - byPx, widthPx: widthPx + 2 * byPx, heightPx: heightPx + 2 * byPx };
}

/** Labels with background wherever a cut shows nothing. */
function withinCut(labels: GridLabels, cut: Uint8Array, { widthPx, heightPx }: Region): GridLabels {
  const kept = new Uint32Array(labels.labels.length);
  for (let y = Math.max(0, -labels.yPx); y < Math.min(labels.heightPx, heightPx - labels.yPx); y++) {
    const row = (y + labels.yPx) * widthPx + labels.xPx;
    for (let x = Math.max(0, -labels.xPx); x < Math.min(labels.widthPx, widthPx - labels.xPx); x++) {
      if (cut[row + x] === 1) kept[y * labels.widthPx + x] = labels.labels[y * labels.widthPx + x];
    }
  }
  return { ...labels, labels: kept };
}

/** The line of a ROI's shape, which lies over everything. */
function shapeOverlay(name: string, marked: Uint8Array, color: HexColor, { widthPx, heightPx }: Region): Overlay {
  const labels = { widthPx, heightPx, labels: new Uint32Array(marked), xPx: 0, yPx: 0 };
  return { name, layer: 'shape', labels, colorOf: () => color, alpha: 1, marked };
}

/** Of the cell mask, the crop's own cell may have a colour of its own, or be the only one. */
function focalColors(recipe: Recipe, layer: MaskLayer, scene: Scene, position: number): ColorOfLabel {
  const colorOf = cellColors(layer, scene, position);
  const { focal } = scene;
  if (!focal || focal.maskName !== layer.name) return colorOf;
  const whole = scene.numbers?.[position].whole;
  return (label) => {
    if ((whole ? whole[label] : label) === focal.number) return layer.focalColor ?? colorOf(label);
    return recipe.cells?.onlyFocal ? undefined : colorOf(label);
  };
}

/** Background is no cell; a cell of which the table says nothing has the layer's other colour. */
function cellColors({ color }: MaskLayer, scene: Scene, layer: number): ColorOfLabel {
  if (isPlainColor(color)) return (label) => (label === 0 ? undefined : color);
  const colors = scene.cellColors?.[layer];
  return (label) => (label === 0 ? undefined : drawnColor(colors?.get(label) ?? color.otherColor));
}

/** @param none what stands where there is no pixel, if anything does: no class */
function classColors({ colors, otherColor, background }: AnnotationLayer, none: number | undefined): ColorOfLabel {
  const palette = colors && new Map(Object.entries(colors));
  return (id) => {
    if (id === none || (id === 0 && !background)) return undefined;
    // Class 1 has the first automatic colour, whether or not class 0 is painted.
    if (!palette && id !== 0) return classColor(id - 1);
    return drawnColor(palette?.get(String(id)) ?? otherColor);
  };
}
