import { ExportError } from '../model/exportError';
import type { FontOutlines } from '../model/fontOutlines';
import type { LabelImage, Picture, Plane } from '../model/image';
import type { DrawnScaleBar } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { compositeChannels, toBytes } from './compositeChannels';
import { downsampleLabels, downsamplePlane, gridSize } from './downsample';
import { blendMarked, findOutline } from './drawOutline';
import { drawScaleBar } from './drawScaleBar';

/** The pixels that a recipe asks for, in the recipe's order. */
export interface RenderInput {
  /** The FOV's name, for messages. */
  readonly fov: string;
  readonly planes: readonly Plane[];
  readonly masks: readonly LabelImage[];
  readonly pixelSizeUm?: number;
  readonly font: FontOutlines;
}

export interface RenderedPicture extends Picture {
  readonly scaleBar?: DrawnScaleBar;
  /** What was done that the user did not ask for in so many words; for the manifest. */
  readonly note?: string;
}

/**
 * Renders a whole FOV as the recipe says, layers from bottom to top: composite, outlines, marks. Pure.
 * `SizeMismatch` if planes and masks do not all have one size; `PixelSizeMissing` if a bar is asked for without one.
 */
export function renderPicture(recipe: Recipe, input: RenderInput): RenderedPicture {
  const size = requireOneSize(recipe, input.fov, [...input.planes, ...input.masks]);
  const { downsample } = recipe;
  const widthPx = gridSize(size.widthPx, downsample);
  const heightPx = gridSize(size.heightPx, downsample);
  const layers = recipe.channels.map((channel, i) => ({
    ...channel,
    plane: downsamplePlane(input.planes[i], downsample, recipe.resample),
  }));
  const canvas = compositeChannels(layers, widthPx, heightPx);
  for (const [i, mask] of recipe.masks.entries()) {
    const labels = downsampleLabels(input.masks[i], downsample);
    blendMarked(canvas, findOutline(labels, mask.widthPx), mask.color, mask.alpha);
  }
  const picture: Picture = { widthPx, heightPx, rgb: toBytes(canvas) };
  if (recipe.scaleBar.length === 'off') return picture;
  if (input.pixelSizeUm === undefined) throw pixelSizeMissing(input.fov);
  return drawScaleBar(picture, {
    pixelSizeUm: input.pixelSizeUm * downsample,
    maxFraction: recipe.scaleBar.maxPercent / 100,
    font: input.font,
  });
}

/** The error for a scale bar that cannot be drawn, before and during a job. */
export function pixelSizeMissing(fov: string): ExportError {
  return new ExportError(
    'PixelSizeMissing',
    `Expected a pixel size for the scale bar of FOV ${fov}, but its files state none; give it, or switch the scale bar off.`,
  );
}

/**
 * The size that all images of an item share, given in the recipe's order: channels, then masks.
 * Images of different sizes do not lie on each other pixel by pixel: `SizeMismatch`.
 */
export function requireOneSize(
  recipe: Recipe,
  fov: string,
  images: readonly { readonly widthPx: number; readonly heightPx: number }[],
): { readonly widthPx: number; readonly heightPx: number } {
  const reference = images[0];
  const names = [...recipe.channels.map((c) => `channel ${c.channel}`), ...recipe.masks.map((m) => `mask ${m.name}`)];
  for (const [i, { widthPx, heightPx }] of images.entries()) {
    if (widthPx !== reference.widthPx || heightPx !== reference.heightPx) {
      throw new ExportError(
        'SizeMismatch',
        `Expected ${reference.widthPx} × ${reference.heightPx} pixels for ${names[i]} of FOV ${fov}, the size of ${names[0]}, but found ${widthPx} × ${heightPx}.`,
      );
    }
  }
  return reference;
}
