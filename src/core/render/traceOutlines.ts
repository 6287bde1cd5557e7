import type { HexColor } from '../model/color';
import type { OutlineShape } from '../model/figure';
import type { GridLabels } from './outputGrid';
import type { ColorOfLabel } from './paintLabels';

/** Directions along the edges of pixels, with the coloured pixel on the right hand; one bit each. */
const east = 1;
const south = 2;
const west = 4;
const north = 8;

/**
 * The pixels of an outline as closed shapes, one for each colour, that cover exactly those pixels: what is painted and
 * what stays vector are the same.
 * @param marked one byte for each of the labels; 1 on an outline
 * @param widthPx of the picture, which the labels may reach beyond
 */
export function traceOutlines(
  grid: GridLabels,
  marked: Uint8Array,
  colorOf: ColorOfLabel,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): Pick<OutlineShape, 'color' | 'loops'>[] {
  const colorNumbers = numberColors(grid, marked, colorOf, widthPx, heightPx);
  return colorNumbers.colors.map((color, i) => ({
    color,
    loops: traceLoops(colorNumbers.pixels, i + 1, widthPx, heightPx),
  }));
}

/** Of every pixel of the picture, the number of its outline's colour, from 1; 0 for none. */
function numberColors(
  grid: GridLabels,
  marked: Uint8Array,
  colorOf: ColorOfLabel,
  widthPx: number,
  heightPx: number,
): { colors: HexColor[]; pixels: Uint16Array } {
  const colors: HexColor[] = [];
  const pixels = new Uint16Array(widthPx * heightPx);
  const ofLabel = new Map<number, number>();
  for (let i = 0; i < marked.length; i++) {
    if (marked[i] === 0) continue;
    const x = (i % grid.widthPx) + grid.xPx;
    const y = Math.floor(i / grid.widthPx) + grid.yPx;
    if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
    const label = grid.labels[i];
    let number = ofLabel.get(label);
    if (number === undefined) {
      const color = colorOf(label);
      number = color === undefined ? 0 : colors.indexOf(color) + 1 || colors.push(color);
      ofLabel.set(label, number);
    }
    pixels[y * widthPx + x] = number;
  }
  return { colors, pixels };
}

/** The boundary of all pixels of one number, as loops on pixel corners without corners on straight lines. */
function traceLoops(pixels: Uint16Array, number: number, widthPx: number, heightPx: number): number[][] {
  const columns = widthPx + 1;
  // Of every pixel corner, the directions in which the boundary leaves it.
  const leaving = new Uint8Array(columns * (heightPx + 1));
  const is = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < widthPx && y < heightPx && pixels[y * widthPx + x] === number;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (pixels[y * widthPx + x] !== number) continue;
      const corner = y * columns + x;
      if (!is(x, y - 1)) leaving[corner] |= east;
      if (!is(x + 1, y)) leaving[corner + 1] |= south;
      if (!is(x, y + 1)) leaving[corner + columns + 1] |= west;
      if (!is(x - 1, y)) leaving[corner + columns] |= north;
    }
  }
  const steps: Readonly<Record<number, number>> = { [east]: 1, [south]: columns, [west]: -1, [north]: -columns };
  const loops: number[][] = [];
  for (let start = 0; start < leaving.length; start++) {
    while ((leaving[start] & east) !== 0) {
      const loop: number[] = [];
      let at = start;
      let direction = east;
      let before = 0;
      do {
        if (direction !== before) loop.push(at % columns, Math.floor(at / columns));
        leaving[at] &= ~direction;
        at += steps[direction];
        before = direction;
        direction = nextDirection(leaving[at], direction);
      } while (direction !== 0);
      loops.push(loop);
    }
  }
  return loops;
}

/** Where two shapes touch at a corner, the boundary turns right and keeps them apart. 0 at the end of a loop. */
function nextDirection(leaving: number, direction: number): number {
  const right = direction === north ? east : direction << 1;
  const left = direction === east ? north : direction >> 1;
  for (const candidate of [right, direction, left]) if ((leaving & candidate) !== 0) return candidate;
  return 0;
}
