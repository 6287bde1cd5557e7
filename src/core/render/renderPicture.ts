import type { Recipe } from '../model/recipe';
import { composeFigure, paintFigure, type RenderedPicture } from './composeFigure';
import { drawPicture } from './drawPicture';
import { prepareLayers, type RenderInput } from './prepareLayers';

/**
 * Renders one picture of an item, as the recipe says, with its marks.
 * @param shown positions in the recipe's channels of those to draw; absent: all
 */
export function renderPicture(recipe: Recipe, input: RenderInput, shown?: readonly number[]): RenderedPicture {
  const layers = prepareLayers(recipe, input);
  const { whole } = drawPicture(recipe, layers, shown);
  return paintFigure(recipe, whole, composeFigure(recipe, layers, input, shown), input.font);
}
