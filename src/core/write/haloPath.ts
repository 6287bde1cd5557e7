import type { Mark } from '../model/figure';
import type { FontOutlines } from '../model/fontOutlines';

const letters = {
  moveTo: 'M',
  lineTo: 'L',
  quadraticCurveTo: 'Q',
  bezierCurveTo: 'C',
  closePath: 'Z',
} as const;

/**
 * The contours of a mark as an SVG path (SVG 1.1, 8.3), in points. Stroked behind the mark it makes it stand out; the
 * mark itself stays text.
 * @param scale points per unit of the mark
 */
export function haloPath(mark: Mark, font: FontOutlines, scale: number): string {
  const number = (value: number): string => String(Number(value.toFixed(3)));
  if (mark.kind !== 'text') {
    const [x, y, width, height] = [mark.x, mark.y, mark.width, mark.height].map((value) => number(value * scale));
    return `M${x} ${y}h${width}v${height}h-${width}Z`;
  }
  const size = (mark.size * scale) / font.unitsPerEm;
  const baseline = mark.baselineY * scale;
  let penX = mark.x * scale;
  let path = '';
  for (const char of mark.text) {
    const glyph = font.glyph(char.codePointAt(0)!);
    for (const { command, args } of glyph.commands) {
      const points = args.map((value, i) => number(i % 2 === 0 ? penX + value * size : baseline - value * size));
      path += letters[command] + points.join(' ');
    }
    penX += glyph.advance * size;
  }
  return path;
}
