import type { MaskLayer, Recipe } from '../model/recipe';

/**
 * Whether it matters to a layer of a slide which cells go on across seams: to outlines, and to what tells the cell that a
 * picture is about from the others.
 * @param cellMask the name of the mask that such cells are in
 */
export function mindsSeams({ cells }: Recipe, layer: MaskLayer, cellMask: string | undefined): boolean {
  if (layer.mode === 'outline') return true;
  return layer.name === cellMask && (cells?.onlyFocal === true || layer.focalColor !== undefined);
}
