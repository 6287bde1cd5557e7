import type { HexColor } from '../model/color';
import { ExportError } from '../model/exportError';
import type { FigureLayout, FigureText } from '../model/figure';
import type { FontOutlines } from '../model/fontOutlines';
import type { Picture, Region } from '../model/image';
import type { DrawnScaleBar } from '../model/plan';
import { noPixelSize } from '../model/pixelSizeWarnings';
import { type ColorBy, isPlainColor, type Recipe } from '../model/recipe';
import { scaleBarLengthUm } from './chooseScaleBar';
import { decorationsOf, describeFigure, type FigureFacts, type SeenCells } from './describeFigure';
import { type LayoutOptions, layOutMarks } from './layOutMarks';
import type { Decoration } from './markBlocks';
import { markSizes, type Medium } from './markSizes';
import { paintMarks } from './paintMarks';
import type { PreparedLayers, RenderInput } from './prepareLayers';
import { fontPxOf } from './printSize';
import { shownChannels } from './drawPicture';

/** A picture with its marks painted. */
export interface RenderedPicture extends Picture {
  readonly scaleBar?: DrawnScaleBar;
  /** What was done that the user did not ask for in so many words; for the manifest. */
  readonly notes: readonly string[];
}

/** What is written on a figure, and what is said of it. */
export interface Figure {
  readonly decorations: readonly Decoration[];
  readonly text: FigureText;
  /** The font's em in pixels of the picture, if a print width says so. */
  readonly fontPx?: number;
  /** What no mark covers while a corner is free. */
  readonly keepClear?: LayoutOptions['keepClear'];
}

/**
 * Composes what is written on an item's picture: the bar, legends, title and caption with this picture's values.
 * `PixelSizeMissing`, `ScaleBarTooLong` or `ScaleBarTooShort` if its bar cannot be drawn.
 * @param shown positions in the recipe's channels of those to draw; absent: all
 */
export function composeFigure(
  recipe: Recipe,
  layers: PreparedLayers,
  input: Pick<RenderInput, 'fov' | 'index' | 'pixelSizeUm' | 'focal' | 'roi' | 'region' | 'cellColors' | 'cellClasses'>,
  shown?: readonly number[],
): Figure {
  const { fov, index, pixelSizeUm, focal, roi, region } = input;
  const { widthPx } = layers;
  const needsClasses = recipe.legend.classes;
  const barUm = pictureBarUm(recipe, fov, layers, pixelSizeUm);
  const fontPx = fontPxOf(recipe, widthPx);
  const facts: FigureFacts = {
    fov,
    index,
    ...(focal && { label: focal.label }),
    ...(roi && { roi }),
    shown: shownChannels(recipe, shown),
    contrastLimits: layers.contrastLimits,
    widthPx,
    downsample: recipe.downsample,
    ...(pixelSizeUm !== undefined && { pixelSizeUm }),
    ...(barUm !== undefined && { barUm }),
    annotationClasses: needsClasses ? annotationClasses(layers) : [],
    cellClasses: recipe.masks.map(({ color }, i) =>
      needsClasses && !isPlainColor(color) ? seenCells(layers, i, input, color) : undefined,
    ),
  };
  const text = describeFigure(recipe, facts);
  const keepClear = focal?.box && region && toPicture(focal.box, region, recipe.downsample);
  return {
    decorations: decorationsOf(recipe, facts, text),
    text,
    ...(fontPx !== undefined && { fontPx }),
    ...(keepClear && { keepClear }),
  };
}

/** A box of full-resolution pixels in those of the picture. */
function toPicture(box: Region, region: Region, downsample: number): NonNullable<LayoutOptions['keepClear']> {
  return {
    x: (box.x - region.x) / downsample,
    y: (box.y - region.y) / downsample,
    width: box.widthPx / downsample,
    height: box.heightPx / downsample,
  };
}

/** Gives a figure's marks their places. */
export function layOutFigure(
  { marginColor }: Recipe,
  picture: Picture,
  { decorations, fontPx, keepClear }: Figure,
  font: FontOutlines,
  medium: Medium,
): FigureLayout {
  return layOutMarks(picture, decorations, {
    font,
    medium,
    marginColor,
    ...(fontPx !== undefined && { fontPx }),
    ...(keepClear && { keepClear }),
  });
}

/** Lays a figure's marks out on whole pixels and paints them. */
export function paintFigure(recipe: Recipe, picture: Picture, figure: Figure, font: FontOutlines): RenderedPicture {
  const layout = layOutFigure(recipe, picture, figure, font, 'raster');
  const { scaleBar, notes } = layout;
  return { ...paintMarks(picture, layout, font), ...(scaleBar && { scaleBar }), notes };
}

/**
 * The length in µm of the bar of a picture of this size; `undefined` if there is none.
 * `PixelSizeMissing`, `ScaleBarTooLong` or `ScaleBarTooShort` if it cannot be drawn.
 */
export function pictureBarUm(
  recipe: Recipe,
  fov: string,
  size: { readonly widthPx: number; readonly heightPx: number },
  pixelSizeUm: number | undefined,
): number | undefined {
  if (recipe.scaleBar.length === 'off') return undefined;
  if (pixelSizeUm === undefined) throw pixelSizeMissing(fov);
  const { margin } = markSizes(size, fontPxOf(recipe, size.widthPx), 'raster');
  const umPerPx = pixelSizeUm * recipe.downsample;
  return scaleBarLengthUm(recipe.scaleBar, { pictureWidthPx: size.widthPx, marginPx: margin, umPerPx });
}

/** The classes of the annotation that occur in the picture and are painted, by number. */
function annotationClasses({ overlays }: PreparedLayers): { id: number; color: HexColor }[] {
  const annotation = overlays.find(({ layer }) => layer === 'annotation');
  if (!annotation) return [];
  const ids = [...new Set(annotation.labels.labels)].sort((a, b) => a - b);
  return ids.flatMap((id) => {
    const color = annotation.colorOf(id);
    return color === undefined ? [] : [{ id, color }];
  });
}

/** Which classes a mask's cells have in the picture; `undefined` if there are no cells. */
function seenCells(
  { overlays, widthPx, heightPx }: PreparedLayers,
  mask: number,
  { cellColors, cellClasses }: Pick<RenderInput, 'cellColors' | 'cellClasses'>,
  { colorMap }: ColorBy,
): SeenCells | undefined {
  const { labels } = overlays.find(({ layer }) => layer === mask)!;
  const inside = new Set<number>();
  let last = 0;
  for (let y = Math.max(0, -labels.yPx); y < Math.min(labels.heightPx, heightPx - labels.yPx); y++) {
    for (let x = Math.max(0, -labels.xPx); x < Math.min(labels.widthPx, widthPx - labels.xPx); x++) {
      const label = labels.labels[y * labels.widthPx + x];
      if (label !== last) inside.add((last = label));
    }
  }
  inside.delete(0);
  if (inside.size === 0) return undefined;
  const known = colorMap ? cellColors?.[mask] : cellClasses?.[mask];
  const cells = [...inside];
  return {
    classes: new Set(cells.flatMap((label) => cellClasses?.[mask]?.get(label) ?? [])),
    others: cells.some((label) => !known?.has(label)),
  };
}

/**
 * The error for a scale bar that cannot be drawn, before and during a job.
 * @param found what the files state in its place, in words
 */
export function pixelSizeMissing(fov: string, found = noPixelSize()): ExportError {
  return new ExportError(
    'PixelSizeMissing',
    `Expected a pixel size for the scale bar of FOV ${fov}, but ${found}; give it, or switch the scale bar off.`,
  );
}
