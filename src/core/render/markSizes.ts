/** `raster`: marks become pixels, on whole ones. `vector`: marks stay shapes, at exact places and sizes. */
export type Medium = 'raster' | 'vector';

/** The sizes of all marks of a figure, in pixels of the picture. Nearly all follow from the font's. */
export interface MarkSizes {
  readonly font: number;
  /** Between marks and the edge of the picture or strip. */
  readonly margin: number;
  readonly barThickness: number;
  /** Between a bar and its label, or a swatch and its name. */
  readonly gap: number;
  /** A contour of the opposite tone, so that marks are read, and a bar's ends are seen, on any background. */
  readonly halo: number;
  /** The frame around swatches. */
  readonly line: number;
  readonly lineHeight: number;
}

/** The smallest text that can be read when it is painted in pixels. */
export const minFontPx = 8;

/**
 * Sizes that follow the picture's shorter side, or the font that was asked for.
 * @param fontPx the font's em in pixels of the picture, from a size in points on paper; painted text has at least
 *   `minFontPx`, because a smaller one cannot be read
 */
export function markSizes(
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  fontPx: number | undefined,
  medium: Medium,
): MarkSizes {
  const side = Math.min(widthPx, heightPx);
  const asked = fontPx ?? Math.max(Math.round(side * 0.035), 10);
  if (medium === 'vector') {
    return {
      font: asked,
      margin: Math.max(side * 0.02, asked * 0.3),
      barThickness: asked * 0.22,
      gap: asked * 0.25,
      halo: asked * 0.1,
      line: asked * 0.06,
      lineHeight: asked * 1.25,
    };
  }
  const font = Math.max(asked, minFontPx);
  const whole = (size: number, least: number): number => Math.max(Math.round(size), least);
  return {
    font,
    margin: Math.max(whole(side * 0.02, 3), whole(font * 0.1, 1)),
    barThickness: whole(font * 0.22, 2),
    gap: whole(font * 0.25, 2),
    halo: whole(font * 0.1, 1),
    line: whole(font * 0.06, 1),
    lineHeight: whole(font * 1.25, 1),
  };
}
