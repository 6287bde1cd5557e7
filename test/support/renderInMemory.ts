import type { LabelImage, Picture, Plane, Region } from '../../src/core/model/image';
import type { FigureLayout } from '../../src/core/model/figure';
import type { FontOutlines } from '../../src/core/model/fontOutlines';
import type { DrawnScaleBar } from '../../src/core/model/plan';
import type { NumericLimits, Recipe } from '../../src/core/model/recipe';
import { composeFigure, type Figure, layOutFigure } from '../../src/core/render/composeFigure';
import { isDark } from '../../src/core/render/darkness';
import { drawPicture } from '../../src/core/render/drawPicture';
import { type LayoutOptions, layOutMarks } from '../../src/core/render/layOutMarks';
import { contextPx } from '../../src/core/render/outlineWidth';
import { bandsOf, outputGrid, wholeWindow } from '../../src/core/render/outputGrid';
import { FigurePainter } from '../../src/core/render/paintMarks';
import { type PreparedLayers, prepareLayers } from '../../src/core/render/prepareLayers';
import type { Scene, ScenePixels } from '../../src/core/render/scene';
import { SeenLabels } from '../../src/core/render/seenLabels';

/** What an item shows, with the pixels of its whole FOV in memory. */
export interface RenderInput extends Omit<Scene, 'grid' | 'numbers' | 'contrastLimits'> {
  /** In place of the recipe's. */
  readonly contrastLimits?: Scene['contrastLimits'];
  readonly planes: readonly Plane[];
  readonly masks: readonly LabelImage[];
  readonly annotation?: LabelImage;
  /** The mask that tells cells apart, if the pixels of others are to be black. */
  readonly isolateBy?: LabelImage;
  /** In full-resolution pixels; absent: the whole image. */
  readonly region?: Region;
}

/** A picture with its marks painted. */
export interface RenderedPicture extends Picture {
  readonly scaleBar?: DrawnScaleBar;
  readonly notes: readonly string[];
}

export function sceneOf(recipe: Recipe, input: RenderInput): Scene {
  const { planes, masks, annotation, region } = input;
  const { widthPx, heightPx } = [...planes, ...masks, annotation!][0];
  const whole = region ?? { x: 0, y: 0, widthPx, heightPx };
  const ofRecipe = recipe.channels.map((channel) => channel.contrastLimits as NumericLimits);
  return {
    ...input,
    contrastLimits: input.contrastLimits ?? ofRecipe,
    grid: outputGrid(whole, recipe.downsample, contextPx(recipe, whole)),
  };
}

/** All layers of a picture, or of a window of it. */
export function layersOf(recipe: Recipe, input: RenderInput, window?: Region): PreparedLayers {
  const scene = sceneOf(recipe, input);
  const { planes, masks, annotation, isolateBy } = input;
  const corner = { x: 0, y: 0 };
  const labels = (image: LabelImage) => [{ ...corner, tile: 0, labels: image }];
  const pixels: ScenePixels = {
    planes: planes.map((plane) => [{ ...corner, plane }]),
    masks: masks.map(labels),
    ...(annotation && { annotation: labels(annotation) }),
    ...(isolateBy && { isolateBy: labels(isolateBy) }),
  };
  return prepareLayers(recipe, scene, window ?? wholeWindow(scene.grid), pixels);
}

/** What is written on a picture. */
export function figureOf(recipe: Recipe, input: RenderInput, shown?: readonly number[]): Figure {
  let seen: SeenLabels | undefined;
  if (recipe.legend.classes) {
    seen = new SeenLabels();
    seen.add(layersOf(recipe, input));
  }
  return composeFigure(recipe, sceneOf(recipe, input), seen, shown);
}

/**
 * A picture of what is in memory, as the product makes it of what is on disk.
 * @param bandPixels how large its bands are; absent: one band
 */
export function renderPicture(recipe: Recipe, input: RenderInput, bandPixels = Infinity): RenderedPicture {
  const { grid, font } = sceneOf(recipe, input);
  const whole = drawPicture(recipe, layersOf(recipe, input)).whole;
  const layout = layOutFigure(recipe, grid, figureOf(recipe, input), {
    ...{ font, medium: 'raster' },
    isDark: (box) => isDark(whole, box),
  });
  const painter = new FigurePainter(layout, grid, font);
  const rows = bandsOf(grid, bandPixels).map((band) => {
    const drawn = drawPicture(recipe, layersOf(recipe, input, band)).whole;
    return Buffer.from(painter.paint(drawn, band.y).rgb);
  });
  const { scaleBar, notes } = layout;
  return { ...painter.size, rgb: new Uint8Array(Buffer.concat(rows)), ...(scaleBar && { scaleBar }), notes };
}

/** Lays marks out on a picture that is there. */
export function layOutOn(
  picture: Picture,
  decorations: Parameters<typeof layOutMarks>[1],
  options: Omit<LayoutOptions, 'isDark'>,
): FigureLayout {
  return layOutMarks(picture, decorations, { ...options, isDark: (box) => isDark(picture, box) });
}

/** Paints marks on a copy of a picture. */
export function paintOn(picture: Picture, layout: FigureLayout, font: FontOutlines): Picture {
  return new FigurePainter(layout, picture, font).paint({ ...picture, rgb: picture.rgb.slice() }, 0);
}
