import { type ClassColor, drawnColor, type HexColor } from '../model/color';
import { ExportError } from '../model/exportError';
import type { FontOutlines } from '../model/fontOutlines';
import type { LabelImage, Plane, Region } from '../model/image';
import { classColor } from '../model/palette';
import { areasOf, type RoiShape } from '../model/roi';
import { type AnnotationLayer, isPlainColor, type MaskLayer, type NumericLimits, type Recipe } from '../model/recipe';
import { findOutline } from './findOutline';
import { type GridLabels, type GridPlane, gridSize, toGridLabels, toGridPlane } from './outputGrid';
import type { ColorOfLabel } from './paintLabels';
import { pointsToPx } from './printSize';
import { gapLabel } from './stitchLabels';
import { shapeMask, strokeMask, toGridShape } from './shapeMask';

/** The pixels that a recipe asks for, in the recipe's order, all of one size and of one part of their images. */
export interface RenderInput {
  /** The FOV's name, for messages and for what is written on the picture. */
  readonly fov: string;
  /** The item's place in the job, from 1, for what is written on the picture. */
  readonly index: number;
  readonly planes: readonly Plane[];
  readonly masks: readonly LabelImage[];
  /** Of a stitched slide, whose images are on the output grid already, `gapLabel` in the annotation where there is no tile. */
  readonly stitched?: {
    /** The part of them that is the picture, in output pixels; what lies beside it decides where outlines run. */
    readonly picture: Region;
    /** For each mask, in place of it, the labels in which outlines are found: cells go on across seams. */
    readonly outlineMasks: readonly LabelImage[];
  };
  /** For each mask that is coloured by the cell table, the colours of its labels. */
  readonly cellColors?: readonly (ReadonlyMap<number, ClassColor> | undefined)[];
  /** For each mask that is coloured by classes, the palette's name of each label's class, where a legend needs it. */
  readonly cellClasses?: readonly (ReadonlyMap<number, string> | undefined)[];
  readonly annotation?: LabelImage;
  /** The cell that the picture is about. */
  readonly focal?: {
    readonly label: number;
    /** The mask that the label is in. */
    readonly maskName?: string;
    /** That mask, if the pixels of other cells are to be black. */
    readonly isolateBy?: LabelImage;
    /** Where the cell is, in full-resolution pixels. */
    readonly box?: Region;
  };
  /** The ROI that the picture is about. */
  readonly roi?: {
    readonly id: string;
    readonly name: string;
    /** In full-resolution pixels. */
    readonly shape?: RoiShape;
  };
  /** In full-resolution pixels; may reach beyond the image, where all is black. Absent: the whole image. */
  readonly region?: Region;
  /** Where the part begins that planes and masks are of, in full-resolution pixels; absent: at the image's own corner. */
  readonly corner?: Pick<Region, 'x' | 'y'>;
  /** For each channel, in place of the recipe's. */
  readonly contrastLimits?: readonly NumericLimits[];
  readonly pixelSizeUm?: number;
  readonly font: FontOutlines;
}

/** All layers of an item on the output grid, computed once for every picture that is made of it. */
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

/**
 * Puts everything that an item shows on the output grid. Pure.
 * `SizeMismatch` if planes, masks and annotation do not all have one size.
 */
export function prepareLayers(recipe: Recipe, input: RenderInput): PreparedLayers {
  const { planes, masks, annotation, focal, stitched } = input;
  const size = requireOneSize(recipe, input.fov, [...planes, ...masks, ...(annotation ? [annotation] : [])]);
  if (focal?.isolateBy)
    requireSize(size, focal.isolateBy, `mask ${focal.maskName} of FOV ${input.fov}, which tells cells apart`);
  const region = input.region ?? { x: 0, y: 0, ...size };
  const { downsample, resample } = recipe;
  const overlays: Overlay[] = [];
  const [widthPx, heightPx] = [gridSize(region.widthPx, downsample), gridSize(region.heightPx, downsample)];
  const shape = input.roi?.shape && toGridShape(input.roi.shape, region, downsample);
  const grid: Region = { x: 0, y: 0, widthPx, heightPx };
  // What is on the grid already is only cut.
  const [part, step] = [regionInPlanes(input, size), stitched ? 1 : downsample];
  const isCut = recipe.rois?.cutShape && shape && areasOf(shape).length > 0;
  const cut = isCut ? shapeMask(shape, grid) : undefined;
  const seen = (labels: GridLabels): GridLabels => (cut ? withinCut(labels, cut, grid) : labels);
  if (recipe.annotation && annotation) {
    overlays.push({
      name: recipe.annotation.name,
      layer: 'annotation',
      labels: seen(toGridLabels(annotation, part, step, 0)),
      colorOf: classColors(recipe.annotation, stitched && gapLabel),
      alpha: recipe.annotation.alpha,
    });
  }
  const layers = recipe.masks.map((layer, mask) => {
    const { name, alpha, mode } = layer;
    return {
      layer,
      mode,
      image: masks[mask],
      outlineImage: stitched?.outlineMasks[mask] ?? masks[mask],
      overlay: { name, alpha, layer: mask, colorOf: focalColors(recipe, layer, input, mask) },
    };
  });
  for (const { image, overlay } of layers.filter(({ mode }) => mode === 'fill')) {
    overlays.push({ ...overlay, labels: seen(toGridLabels(image, part, step, 0)) });
  }
  for (const { layer, image, outlineImage, overlay } of layers.filter(({ mode }) => mode === 'outline')) {
    const linePx = outlineWidthPx(recipe, layer, widthPx);
    const labels = toGridLabels(image, part, step, linePx);
    const found = outlineImage === image ? labels : toGridLabels(outlineImage, part, step, linePx);
    const marked = findOutline(found, linePx, found === labels ? undefined : gapLabel);
    // The cut is no border of cells: outlines are found before it.
    overlays.push({ ...overlay, marked, labels: seen(labels) });
  }
  const line = recipe.rois?.drawShape;
  if (shape && line)
    overlays.push(shapeOverlay(input.roi.name, strokeMask(shape, line.widthPx, grid), line.color, grid));
  return {
    widthPx,
    heightPx,
    planes: planes.map((plane) => toGridPlane(plane, part, step, resample)),
    contrastLimits:
      input.contrastLimits ?? recipe.channels.map(({ contrastLimits }) => contrastLimits as NumericLimits),
    overlays,
    ...(cut && { cut }),
    ...(focal?.isolateBy && {
      isolate: { labels: toGridLabels(focal.isolateBy, part, step, 0), focal: focal.label },
    }),
  };
}

/** The region of an input in the pixels of its own planes, of the given size. */
export function regionInPlanes({ region, corner, stitched }: RenderInput, size: Size): Region {
  if (stitched) return stitched.picture;
  if (!region) return { x: 0, y: 0, ...size };
  return corner ? { ...region, x: region.x - corner.x, y: region.y - corner.y } : region;
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

/** How thick a mask's outline is, in output pixels. */
export function outlineWidthPx(recipe: Recipe, { widthPx, widthPt }: MaskLayer, pictureWidthPx: number): number {
  const exact = widthPt === undefined ? undefined : pointsToPx(widthPt, recipe, pictureWidthPx);
  return exact === undefined ? widthPx : Math.max(1, Math.round(exact));
}

/** Of the cell mask, the crop's own cell may have a colour of its own, or be the only one. */
function focalColors(recipe: Recipe, layer: MaskLayer, input: RenderInput, position: number): ColorOfLabel {
  const colorOf = cellColors(layer, input, position);
  const { focal } = input;
  if (!focal || focal.maskName !== layer.name) return colorOf;
  return (label) => {
    if (label === focal.label) return layer.focalColor ?? colorOf(label);
    return recipe.cells?.onlyFocal ? undefined : colorOf(label);
  };
}

/** Background is no cell; a cell of which the table says nothing has the layer's other colour. */
function cellColors({ color }: MaskLayer, input: RenderInput, layer: number): ColorOfLabel {
  if (isPlainColor(color)) return (label) => (label === 0 ? undefined : color);
  const colors = input.cellColors?.[layer];
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

/**
 * The size that all images of an item share, given in the recipe's order: channels (none for masks only), masks,
 * annotation. Images of different sizes do not lie on each other pixel by pixel: `SizeMismatch`.
 * @param beneath the image that they are about, where it is known and not drawn
 */
export function requireOneSize(
  recipe: Recipe,
  fov: string,
  images: readonly { readonly widthPx: number; readonly heightPx: number }[],
  beneath?: { readonly widthPx: number; readonly heightPx: number },
): { readonly widthPx: number; readonly heightPx: number } {
  const reference = beneath ?? images[0];
  const names = [
    ...(recipe.masksOnly ? [] : recipe.channels.map((c) => `channel ${c.channel}`)),
    ...recipe.masks.map((m) => `mask ${m.name}`),
    ...(recipe.annotation ? [`annotation ${recipe.annotation.name}`] : []),
  ];
  for (const [i, image] of images.entries()) {
    requireSize(reference, image, `${names[i]} of FOV ${fov}, the size of ${beneath ? 'its image' : names[0]}`);
  }
  return { widthPx: reference.widthPx, heightPx: reference.heightPx };
}

type Size = Pick<Plane, 'widthPx' | 'heightPx'>;

function requireSize(expected: Size, { widthPx, heightPx }: Size, what: string): void {
  if (widthPx === expected.widthPx && heightPx === expected.heightPx) return;
  throw new ExportError(
    'SizeMismatch',
    `Expected ${expected.widthPx} × ${expected.heightPx} pixels for ${what}, but found ${widthPx} × ${heightPx}.`,
  );
}
