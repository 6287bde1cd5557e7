import { type Samples, type TiledPage, tilePx } from './writeTiledTiff';

/** The next level of a page's pyramid, half as wide and high. `halve` halves a square of samples. */
export function halvedPage(page: TiledPage, halve: (square: Samples, sidePx: number) => Samples): TiledPage {
  const { fieldPx, sidePx, fieldAt } = page;
  const known = new Map<Samples, Samples>();
  const isLarge = fieldPx / 2 >= tilePx;
  return {
    sidePx: sidePx / 2,
    fieldPx: isLarge ? fieldPx / 2 : fieldPx,
    fieldAt: (column, row) => {
      if (!isLarge) return halve(fourFields(page, 2 * column, 2 * row), 2 * fieldPx);
      const field = fieldAt(column, row);
      const halved = known.get(field) ?? halve(field, fieldPx);
      known.clear();
      known.set(field, halved);
      return halved;
    },
  };
}

/** All levels of a page's pyramid that are at least a tile wide. */
export function pyramidOf(page: TiledPage, halve: Parameters<typeof halvedPage>[1]): TiledPage[] {
  const levels = [page];
  while (levels.at(-1)!.sidePx / 2 >= tilePx) levels.push(halvedPage(levels.at(-1)!, halve));
  return levels;
}

/** Each pixel the mean of four, rounded down. */
export function halfMeans(square: Samples, sidePx: number): Samples {
  return halved(square, sidePx, (i) => (square[i] + square[i + 1] + square[i + sidePx] + square[i + sidePx + 1]) >> 2);
}

/** Each pixel one of four: labels have no mean. */
export function halfNearest(square: Samples, sidePx: number): Samples {
  return halved(square, sidePx, (i) => square[i]);
}

function halved(square: Samples, sidePx: number, at: (topLeft: number) => number): Samples {
  const half = sidePx / 2;
  const made = square.slice(0, half * half);
  for (let i = 0; i < made.length; i++) made[i] = at(2 * Math.floor(i / half) * sidePx + 2 * (i % half));
  return made;
}

/** Four fields side by side as one square. */
function fourFields({ fieldAt, fieldPx }: TiledPage, column: number, row: number): Samples {
  const side = 2 * fieldPx;
  const first = fieldAt(column, row);
  const square = new (first.constructor as new (length: number) => Samples)(side * side);
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]) {
    const field = fieldAt(column + x, row + y);
    for (let line = 0; line < fieldPx; line++) {
      square.set(field.subarray(line * fieldPx, (line + 1) * fieldPx), (y * fieldPx + line) * side + x * fieldPx);
    }
  }
  return square;
}
