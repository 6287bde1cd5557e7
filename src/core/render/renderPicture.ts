import type { HexColor } from '../model/color';
import { ExportError } from '../model/exportError';
import type { FontOutlines } from '../model/fontOutlines';
import type { LabelImage, Picture, Plane, Region } from '../model/image';
import { classColor } from '../model/palette';
import type { DrawnScaleBar } from '../model/plan';
import { type AnnotationLayer, isPlainColor, type MaskLayer, type NumericLimits, type Recipe } from '../model/recipe';
import { type CompositeLayer, compositeChannels, toBytes } from './compositeChannels';
import { drawScaleBar } from './drawScaleBar';
import { findOutline } from './findOutline';
import { type GridLabels, type GridPlane, gridSize, toGridLabels, toGridPlane } from './outputGrid';
import { type ColorOfLabel, paintLabels } from './paintLabels';

/** The pixels that a recipe asks for, in the recipe's order, all of one size. */
export interface RenderInput {
  /** The FOV's name, for messages. */
  readonly fov: string;
  readonly planes: readonly Plane[];
  readonly masks: readonly LabelImage[];
  /** For each mask that is coloured by the cell table, the colours of its labels. */
  readonly cellColors?: readonly (ReadonlyMap<number, HexColor> | undefined)[];
  readonly annotation?: LabelImage;
  /** In full-resolution pixels; may reach beyond the image, where all is black. Absent: the whole image. */
  readonly region?: Region;
  /** For each channel, in place of the recipe's. */
  readonly contrastLimits?: readonly NumericLimits[];
  readonly pixelSizeUm?: number;
  readonly font: FontOutlines;
}

export interface RenderedPicture extends Picture {
  readonly scaleBar?: DrawnScaleBar;
  /** What was done that the user did not ask for in so many words; for the manifest. */
  readonly note?: string;
}

/** All layers of an item on the output grid, computed once for every picture that is made of it. */
export interface PreparedLayers {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly planes: readonly GridPlane[];
  readonly contrastLimits: readonly NumericLimits[];
  /** From bottom to top. */
  readonly overlays: readonly Overlay[];
}

interface Overlay {
  readonly labels: GridLabels;
  readonly colorOf: ColorOfLabel;
  readonly alpha: number;
  readonly marked?: Uint8Array;
}

/**
 * Renders one picture of an item, as the recipe says.
 * @param shown positions in the recipe's channels of those to draw; absent: all
 */
export function renderPicture(recipe: Recipe, input: RenderInput, shown?: readonly number[]): RenderedPicture {
  return drawPicture(recipe, prepareLayers(recipe, input), input, shown);
}

/**
 * Puts everything that an item shows on the output grid. Pure.
 * `SizeMismatch` if planes, masks and annotation do not all have one size.
 */
export function prepareLayers(recipe: Recipe, input: RenderInput): PreparedLayers {
  const { planes, masks, annotation } = input;
  const size = requireOneSize(recipe, input.fov, [...planes, ...masks, ...(annotation ? [annotation] : [])]);
  const region = input.region ?? { x: 0, y: 0, ...size };
  const { downsample, resample } = recipe;
  const overlays: Overlay[] = [];
  if (recipe.annotation && annotation) {
    overlays.push({
      labels: toGridLabels(annotation, region, downsample, 0),
      colorOf: classColors(recipe.annotation),
      alpha: recipe.annotation.alpha,
    });
  }
  const layers = recipe.masks.map((layer, i) => ({ layer, mask: masks[i], colorOf: cellColors(layer, input, i) }));
  for (const { layer, mask, colorOf } of layers.filter((each) => each.layer.mode === 'fill')) {
    overlays.push({ labels: toGridLabels(mask, region, downsample, 0), colorOf, alpha: layer.alpha });
  }
  for (const { layer, mask, colorOf } of layers.filter((each) => each.layer.mode === 'outline')) {
    const labels = toGridLabels(mask, region, downsample, layer.widthPx);
    overlays.push({ labels, colorOf, alpha: layer.alpha, marked: findOutline(labels, layer.widthPx) });
  }
  return {
    widthPx: gridSize(region.widthPx, downsample),
    heightPx: gridSize(region.heightPx, downsample),
    planes: planes.map((plane) => toGridPlane(plane, region, downsample, resample)),
    contrastLimits:
      input.contrastLimits ?? recipe.channels.map(({ contrastLimits }) => contrastLimits as NumericLimits),
    overlays,
  };
}

/**
 * Draws a picture of prepared layers, from bottom to top: composite, annotation, fills, outlines, marks. Pure.
 * @param shown positions in the recipe's channels of those to draw; absent: all
 */
export function drawPicture(
  recipe: Recipe,
  layers: PreparedLayers,
  { fov, pixelSizeUm, font }: Pick<RenderInput, 'fov' | 'pixelSizeUm' | 'font'>,
  shown?: readonly number[],
): RenderedPicture {
  const { widthPx, heightPx } = layers;
  const drawn = recipe.masksOnly ? [] : (shown ?? recipe.channels.keys());
  const channels = Array.from(drawn, (i): CompositeLayer => {
    const color = recipe.grayscale ? '#ffffff' : recipe.channels[i].color;
    return { plane: layers.planes[i], color, contrastLimits: layers.contrastLimits[i] };
  });
  const canvas = compositeChannels(channels, widthPx, heightPx);
  for (const { labels, colorOf, alpha, marked } of layers.overlays) paintLabels(canvas, labels, colorOf, alpha, marked);
  const picture: Picture = { widthPx, heightPx, rgb: toBytes(canvas) };
  if (recipe.scaleBar.length === 'off') return picture;
  if (pixelSizeUm === undefined) throw pixelSizeMissing(fov);
  return drawScaleBar(picture, {
    pixelSizeUm: pixelSizeUm * recipe.downsample,
    maxFraction: recipe.scaleBar.maxPercent / 100,
    font,
  });
}

/** Background is no cell; a cell of which the table says nothing has the layer's other colour. */
function cellColors({ color }: MaskLayer, input: RenderInput, layer: number): ColorOfLabel {
  if (isPlainColor(color)) return (label) => (label === 0 ? undefined : color);
  const colors = input.cellColors?.[layer];
  return (label) => (label === 0 ? undefined : (colors?.get(label) ?? color.otherColor));
}

function classColors({ colors, otherColor, background }: AnnotationLayer): ColorOfLabel {
  const palette = colors && new Map(Object.entries(colors));
  return (id) => {
    if (id === 0 && !background) return undefined;
    // Class 1 has the first automatic colour, whether or not class 0 is painted.
    if (!palette) return id === 0 ? otherColor : classColor(id - 1);
    return palette.get(String(id)) ?? otherColor;
  };
}

/** The error for a scale bar that cannot be drawn, before and during a job. */
export function pixelSizeMissing(fov: string): ExportError {
  return new ExportError(
    'PixelSizeMissing',
    `Expected a pixel size for the scale bar of FOV ${fov}, but its files state none; give it, or switch the scale bar off.`,
  );
}

/**
 * The size that all images of an item share, given in the recipe's order: channels (none for masks only), masks,
 * annotation. Images of different sizes do not lie on each other pixel by pixel: `SizeMismatch`.
 */
export function requireOneSize(
  recipe: Recipe,
  fov: string,
  images: readonly { readonly widthPx: number; readonly heightPx: number }[],
): { readonly widthPx: number; readonly heightPx: number } {
  const reference = images[0];
  const names = [
    ...(recipe.masksOnly ? [] : recipe.channels.map((c) => `channel ${c.channel}`)),
    ...recipe.masks.map((m) => `mask ${m.name}`),
    ...(recipe.annotation ? [`annotation ${recipe.annotation.name}`] : []),
  ];
  for (const [i, { widthPx, heightPx }] of images.entries()) {
    if (widthPx !== reference.widthPx || heightPx !== reference.heightPx) {
      throw new ExportError(
        'SizeMismatch',
        `Expected ${reference.widthPx} × ${reference.heightPx} pixels for ${names[i]} of FOV ${fov}, the size of ${names[0]}, but found ${widthPx} × ${heightPx}.`,
      );
    }
  }
  return { widthPx: reference.widthPx, heightPx: reference.heightPx };
}
