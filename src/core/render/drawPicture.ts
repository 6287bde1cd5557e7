import type { Picture } from '../model/image';
import type { Recipe } from '../model/recipe';
import { type Canvas, canvasesOf, type CompositeLayer, compositeChannels, roundInto } from './compositeChannels';
import { paintLabels, rememberColors } from './paintLabels';
import type { Overlay, PreparedLayers } from './prepareLayers';

/** Pixels without marks. */
export interface DrawnPicture {
  readonly whole: Picture;
  /** Without the outlines, where they were asked to stay apart. */
  readonly underOutlines?: Picture;
}

/**
 * Draws a window of a picture of prepared layers, from bottom to top: composite, annotation, fills, outlines. Pure.
 * @param shown positions in the recipe's channels of those to draw; absent: all
 * @param apart also the picture without the outlines, over which they are laid as shapes
 */
export function drawPicture(
  recipe: Recipe,
  layers: PreparedLayers,
  shown?: readonly number[],
  apart = false,
): DrawnPicture {
  const { widthPx, heightPx, overlays, isolate, cut } = layers;
  const channels = shownChannels(recipe, shown).map((i): CompositeLayer => {
    const color = recipe.grayscale ? '#ffffff' : recipe.channels[i].color;
    return { plane: layers.planes[i], color, contrastLimits: layers.contrastLimits[i] };
  });
  const composite = compositeChannels(channels);
  const under = overlays.filter(({ marked }) => !marked).map(toPainter);
  const over = overlays.filter(({ marked }) => marked).map(toPainter);
  const others = isolate && painterOfOthers(isolate);
  const whole = new Uint8Array(widthPx * heightPx * 3);
  const underOutlines = apart ? new Uint8Array(whole.length) : undefined;
  for (const canvas of canvasesOf(widthPx, heightPx)) {
    composite(canvas);
    for (const paint of under) paint(canvas);
    others?.(canvas);
    if (cut) blackenOutside(canvas, cut);
    if (underOutlines) roundInto(canvas, underOutlines);
    for (const paint of over) paint(canvas);
    roundInto(canvas, whole);
  }
  const size = { widthPx, heightPx };
  return { whole: { ...size, rgb: whole }, ...(underOutlines && { underOutlines: { ...size, rgb: underOutlines } }) };
}

type Painter = (canvas: Canvas) => void;

function toPainter({ labels, colorOf, alpha, marked }: Overlay): Painter {
  const colors = rememberColors(colorOf);
  return (canvas) => {
    paintLabels(canvas, labels, colors, alpha, marked);
  };
}

/** The pixels of other cells are black. */
function painterOfOthers({ labels, focal }: NonNullable<PreparedLayers['isolate']>): Painter {
  const colors = rememberColors((label) => (label === 0 || label === focal ? undefined : '#000000'));
  return (canvas) => {
    paintLabels(canvas, labels, colors, 1);
  };
}

/** Outlines come after it, and have no labels there. */
function blackenOutside({ topPx, widthPx, red, green, blue }: Canvas, cut: Uint8Array): void {
  const from = topPx * widthPx;
  for (let i = 0; i < red.length; i++) if (cut[from + i] === 0) red[i] = green[i] = blue[i] = 0;
}

/** Positions in the recipe's channels of those that a picture shows. */
export function shownChannels(recipe: Recipe, shown: readonly number[] | undefined): readonly number[] {
  return recipe.masksOnly ? [] : (shown ?? [...recipe.channels.keys()]);
}
