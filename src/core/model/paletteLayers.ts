import { type HexColor, noColor } from './color';
import { type Palette, paletteColors, type PaletteStyle } from './palette';
import type { ColorBy, MaskLayer } from './recipe';

/**
 * A mask drawn in a palette's colours and in its style: fills below, the border above; none if it draws neither.
 * @param outline the mask as it is outlined without the palette; its colour is what borders in the mask's colour have
 */
export function paletteLayers(
  outline: MaskLayer & { readonly color: HexColor },
  column: string,
  palette: Palette,
  { fills, border }: PaletteStyle,
): MaskLayer[] {
  const byPalette: ColorBy = { column, ...paletteColors(palette) };
  const { name } = outline;
  const filled = fills.map(({ alpha, classes }): MaskLayer => {
    const color = classes ? onlyClasses(byPalette, classes) : byPalette;
    return { name, mode: 'fill', color, alpha, widthPx: 1 };
  });
  if (!border) return filled;
  const color = border.color === 'classes' ? byPalette : border.color === 'mask' ? outline.color : border.color;
  return [...filled, { ...outline, color, alpha: border.alpha }];
}

/** The colours of these classes; the others are not drawn. */
function onlyClasses(by: ColorBy, classes: readonly string[]): ColorBy {
  const drawn = new Set(classes);
  const colors = Object.entries(by.colors ?? {}).map(([name, color]) => [name, drawn.has(name) ? color : noColor]);
  return { ...by, colors: Object.fromEntries(colors) as ColorBy['colors'], otherColor: noColor };
}
