import type { OutlineShape } from '../model/figure';
import type { Picture } from '../model/image';
import type { Recipe } from '../model/recipe';
import { type Canvas, type CompositeLayer, compositeChannels, toBytes } from './compositeChannels';
import { paintLabels } from './paintLabels';
import type { Overlay, PreparedLayers } from './prepareLayers';
import { traceOutlines } from './traceOutlines';

/** Pixels without marks. */
export interface DrawnPicture {
  readonly whole: Picture;
  /** Without the outlines, where they were asked to stay apart. */
  readonly underOutlines?: Picture;
}

/**
 * Draws a picture of prepared layers, from bottom to top: composite, annotation, fills, outlines. Pure.
 * @param shown positions in the recipe's channels of those to draw; absent: all
 * @param apart also the picture without the outlines, over which they are laid as shapes
 */
export function drawPicture(
  recipe: Recipe,
  layers: PreparedLayers,
  shown?: readonly number[],
  apart = false,
): DrawnPicture {
  const { widthPx, heightPx, overlays } = layers;
  const channels = shownChannels(recipe, shown).map((i): CompositeLayer => {
    const color = recipe.grayscale ? '#ffffff' : recipe.channels[i].color;
    return { plane: layers.planes[i], color, contrastLimits: layers.contrastLimits[i] };
  });
  const canvas = compositeChannels(channels, widthPx, heightPx);
  const paintAll = (chosen: readonly Overlay[]): void => {
    for (const { labels, colorOf, alpha, marked } of chosen) paintLabels(canvas, labels, colorOf, alpha, marked);
  };
  paintAll(overlays.filter(({ marked }) => !marked));
  if (layers.isolate) blackenOthers(canvas, layers.isolate);
  if (layers.cut) blackenOutside(canvas, layers.cut);
  const underOutlines = apart ? toPicture(canvas) : undefined;
  paintAll(overlays.filter(({ marked }) => marked));
  return { whole: toPicture(canvas), ...(underOutlines && { underOutlines }) };
}

function blackenOthers(canvas: Canvas, { labels, focal }: NonNullable<PreparedLayers['isolate']>): void {
  paintLabels(canvas, labels, (label) => (label === 0 || label === focal ? undefined : '#000000'), 1);
}

/** Outlines come after it, and have no labels there. */
function blackenOutside({ rgb }: Canvas, cut: Uint8Array): void {
  for (let i = 0; i < cut.length; i++) if (cut[i] === 0) rgb.fill(0, i * 3, i * 3 + 3);
}

function toPicture(canvas: Canvas): Picture {
  return { widthPx: canvas.widthPx, heightPx: canvas.heightPx, rgb: toBytes(canvas) };
}

/** Positions in the recipe's channels of those that a picture shows. */
export function shownChannels(recipe: Recipe, shown: readonly number[] | undefined): readonly number[] {
  return recipe.masksOnly ? [] : (shown ?? [...recipe.channels.keys()]);
}

/** The outlines of prepared layers as shapes on the picture's pixels, from bottom to top. */
export function outlineShapes({ overlays, widthPx, heightPx }: PreparedLayers): OutlineShape[] {
  return overlays.flatMap(({ name, labels, colorOf, alpha, marked }) =>
    marked
      ? traceOutlines(labels, marked, colorOf, { widthPx, heightPx }).map((shape) => ({ name, alpha, ...shape }))
      : [],
  );
}
