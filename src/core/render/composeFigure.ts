import { ExportError } from '../model/exportError';
import type { FigureLayout, FigureText } from '../model/figure';
import type { PictureSize, Region } from '../model/image';
import { noPixelSize } from '../model/pixelSizeWarnings';
import { type ColorBy, isPlainColor, type Recipe } from '../model/recipe';
import { scaleBarLengthUm } from './chooseScaleBar';
import { decorationsOf, describeFigure, type FigureFacts, type SeenCells } from './describeFigure';
import { type LayoutOptions, layOutMarks } from './layOutMarks';
import type { Decoration } from './markBlocks';
import { markSizes } from './markSizes';
import { fontPxOf } from './printSize';
import type { Scene } from './scene';
import type { SeenLabels } from './seenLabels';
import { shownChannels } from './drawPicture';

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
 * @param seen what of masks and annotation the picture shows, if a legend of classes needs it
 * @param shown positions in the recipe's channels of those to draw; absent: all
 */
export function composeFigure(
  recipe: Recipe,
  scene: Scene,
  seen: SeenLabels | undefined,
  shown?: readonly number[],
): Figure {
  const { fov, index, pixelSizeUm, focal, roi, grid } = scene;
  const { widthPx } = grid;
  const barUm = pictureBarUm(recipe, fov, grid, pixelSizeUm);
  const fontPx = fontPxOf(recipe, widthPx);
  const facts: FigureFacts = {
    fov,
    index,
    ...(focal && { label: focal.label }),
    ...(roi && { roi }),
    shown: shownChannels(recipe, shown),
    contrastLimits: scene.contrastLimits,
    widthPx,
    downsample: recipe.downsample,
    ...(pixelSizeUm !== undefined && { pixelSizeUm }),
    ...(barUm !== undefined && { barUm }),
    annotationClasses: seen?.annotationClasses() ?? [],
    cellClasses: recipe.masks.map(({ color }, i) =>
      isPlainColor(color) ? undefined : seenCells(seen?.ofMask(i), scene, { mask: i, color }),
    ),
  };
  const text = describeFigure(recipe, facts);
  const keepClear = focal?.box && toPicture(focal.box, grid.region, recipe.downsample);
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

/**
 * Gives a figure's marks their places.
 * @param isDark whether white marks can be read on a box of the picture
 */
export function layOutFigure(
  { marginColor }: Recipe,
  picture: PictureSize,
  { decorations, fontPx, keepClear }: Figure,
  { font, medium, isDark }: Pick<LayoutOptions, 'font' | 'medium' | 'isDark'>,
): FigureLayout {
  return layOutMarks(picture, decorations, {
    ...{ font, medium, marginColor, isDark },
    ...(fontPx !== undefined && { fontPx }),
    ...(keepClear && { keepClear }),
  });
}

/**
 * The length in µm of the bar of a picture of this size; `undefined` if there is none.
 * `PixelSizeMissing`, `ScaleBarTooLong` or `ScaleBarTooShort` if it cannot be drawn.
 */
export function pictureBarUm(
  recipe: Recipe,
  fov: string,
  size: PictureSize,
  pixelSizeUm: number | undefined,
): number | undefined {
  if (recipe.scaleBar.length === 'off') return undefined;
  if (pixelSizeUm === undefined) throw pixelSizeMissing(fov);
  const { margin } = markSizes(size, fontPxOf(recipe, size.widthPx), 'raster');
  const umPerPx = pixelSizeUm * recipe.downsample;
  return scaleBarLengthUm(recipe.scaleBar, { pictureWidthPx: size.widthPx, marginPx: margin, umPerPx });
}

/** Which classes a mask's cells have in the picture; `undefined` if there are no cells. */
function seenCells(
  cells: ReadonlySet<number> | undefined,
  { cellColors, cellClasses }: Pick<Scene, 'cellColors' | 'cellClasses'>,
  { mask, color: { colorMap } }: { readonly mask: number; readonly color: ColorBy },
): SeenCells | undefined {
  if (!cells || cells.size === 0) return undefined;
  const known = colorMap ? cellColors?.[mask] : cellClasses?.[mask];
  return {
    classes: new Set([...cells].flatMap((label) => cellClasses?.[mask]?.get(label) ?? [])),
    others: [...cells].some((label) => !known?.has(label)),
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
