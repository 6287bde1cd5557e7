import type { Region } from '../model/image';
import type { MaskLayer, Recipe } from '../model/recipe';
import { gridSize } from './outputGrid';
import { pointsToPx } from './printSize';

/** How thick a mask's outline is, in output pixels. */
export function outlineWidthPx(recipe: Recipe, { widthPx, widthPt }: MaskLayer, pictureWidthPx: number): number {
  const exact = widthPt === undefined ? undefined : pointsToPx(widthPt, recipe, pictureWidthPx);
  return exact === undefined ? widthPx : Math.max(1, Math.round(exact));
}

/** How far outlines look beside a picture of a region, in output pixels. */
export function contextPx(recipe: Recipe, { widthPx }: Pick<Region, 'widthPx'>): number {
  const pictureWidthPx = gridSize(widthPx, recipe.downsample);
  const outlines = recipe.masks.filter(({ mode }) => mode === 'outline');
  return Math.max(0, ...outlines.map((layer) => outlineWidthPx(recipe, layer, pictureWidthPx)));
}
