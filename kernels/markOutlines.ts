/** A pixel inside a cell that no outline has reached; one on an outline is 1 or 2, one that is no cell's 0. */
const inner: u8 = 4;

/**
 * Marks the outlines of cells, 1 on an outline and 0 elsewhere.
 * @param linePx how thick they are, inwards from a cell's border
 * @param gap if `hasGap`, the label of pixels that are not there
 */
export function markOutlines(
  labels: usize,
  count: i32,
  widthPx: i32,
  linePx: i32,
  hasGap: bool,
  gap: u32,
  marked: usize,
): void {
  const rowBytes = (<usize>widthPx) << 2;
  const end = labels + ((<usize>count) << 2);
  const rest: u8 = linePx > 1 ? inner : 0;
  let states = marked;
  for (let row = labels; row < end; row += rowBytes, states += widthPx) {
    // Beyond the rows is nothing, and a pixel is no border with itself.
    const above = row > labels ? row - rowBytes : row;
    const below = row + rowBytes < end ? row + rowBytes : row;
    if (hasGap) markBorders<u32>(row, above, below, widthPx, gap, rest, states);
    else markBorders<void>(row, above, below, widthPx, 0, rest, states);
  }
  if (linePx == 1) return;
  // A step starts from what the one before it has marked, and marks 1 and 2 in turn: beside what was marked earlier nothing
  // is left to be marked.
  for (let step = 1; step < linePx; step++) {
    if (!growInwards(marked, count, widthPx, step & 1 ? 1 : 2, step & 1 ? 2 : 1)) break;
  }
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    v128.store(marked + i, i8x16.min_u(v128.and(v128.load(marked + i), i8x16.splat(3)), i8x16.splat(1)));
  }
  for (; i < count; i++) store<u8>(marked + i, min<u8>(load<u8>(marked + i) & 3, 1));
}

/**
 * Gives the pixels of a row their states: 1 on the border of a cell, `rest` elsewhere in it.
 * `Gap` is void where there is none.
 */
function markBorders<Gap>(
  row: usize,
  above: usize,
  below: usize,
  widthPx: i32,
  gap: u32,
  rest: u8,
  states: usize,
): void {
  const gaps = i32x4.splat(gap);
  store<u8>(states, stateOf<Gap>(row, above, below, 0, widthPx, gap, rest));
  let x = 1;
  for (; x + 16 < widthPx; x += 16) {
    const at: usize = (<usize>x) << 2;
    const borders = narrow(
      bordersAt<Gap>(row + at, above + at, below + at, gaps),
      bordersAt<Gap>(row + at + 16, above + at + 16, below + at + 16, gaps),
      bordersAt<Gap>(row + at + 32, above + at + 32, below + at + 32, gaps),
      bordersAt<Gap>(row + at + 48, above + at + 48, below + at + 48, gaps),
    );
    const cells = narrow(
      cellsAt<Gap>(row + at, gaps),
      cellsAt<Gap>(row + at + 16, gaps),
      cellsAt<Gap>(row + at + 32, gaps),
      cellsAt<Gap>(row + at + 48, gaps),
    );
    v128.store(states + x, v128.and(cells, v128.bitselect(i8x16.splat(1), i8x16.splat(rest), borders)));
  }
  for (; x < widthPx; x++) store<u8>(states + x, stateOf<Gap>(row, above, below, x, widthPx, gap, rest));
}

/** Of four pixels those that have another label beside, above or below them. */
function bordersAt<Gap>(at: usize, above: usize, below: usize, gaps: v128): v128 {
  const labels = v128.load(at);
  const beside = v128.or(differ<Gap>(labels, v128.load(at - 4), gaps), differ<Gap>(labels, v128.load(at + 4), gaps));
  const vertical = v128.or(differ<Gap>(labels, v128.load(above), gaps), differ<Gap>(labels, v128.load(below), gaps));
  return v128.or(beside, vertical);
}

function differ<Gap>(labels: v128, others: v128, gaps: v128): v128 {
  const different = i32x4.ne(labels, others);
  return isVoid<Gap>() ? different : v128.and(different, i32x4.ne(others, gaps));
}

function cellsAt<Gap>(at: usize, gaps: v128): v128 {
  const labels = v128.load(at);
  const labelled = i32x4.ne(labels, i32x4.splat(0));
  return isVoid<Gap>() ? labelled : v128.and(labelled, i32x4.ne(labels, gaps));
}

/** Sixteen masks of 32 bits as bytes. */
function narrow(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** The state of one pixel. */
function stateOf<Gap>(row: usize, above: usize, below: usize, x: i32, widthPx: i32, gap: u32, rest: u8): u8 {
  const at: usize = (<usize>x) << 2;
  const label = load<u32>(row + at);
  if (label == 0 || (!isVoid<Gap>() && label == gap)) return 0;
  const left = x > 0 ? load<u32>(row + at - 4) : label;
  const right = x + 1 < widthPx ? load<u32>(row + at + 4) : label;
  const isBorder =
    isOther<Gap>(label, left, gap) ||
    isOther<Gap>(label, right, gap) ||
    isOther<Gap>(label, load<u32>(above + at), gap) ||
    isOther<Gap>(label, load<u32>(below + at), gap);
  return isBorder ? 1 : rest;
}

function isOther<Gap>(label: u32, other: u32, gap: u32): bool {
  return label != other && (isVoid<Gap>() || other != gap);
}

/** Marks inner pixels that stand beside, above or below one that is marked `from`. @returns whether there were any */
function growInwards(states: usize, count: i32, widthPx: i32, from: u8, to: u8): bool {
  const end = states + <usize>count;
  const fronts = i8x16.splat(from);
  const inners = i8x16.splat(inner);
  // All bits by which the two differ.
  const change = i8x16.splat(inner ^ to);
  let any = i8x16.splat(0);
  let anyAlone = false;
  for (let row = states; row < end; row += widthPx) {
    const above = row > states ? row - widthPx : row;
    const below = row + widthPx < end ? row + widthPx : row;
    anyAlone = growAt(row, above, below, 0, widthPx, from, to) || anyAlone;
    let x = 1;
    for (; x + 16 < widthPx; x += 16) {
      const at = row + x;
      const centers = v128.load(at);
      const beside = v128.or(i8x16.eq(v128.load(at - 1), fronts), i8x16.eq(v128.load(at + 1), fronts));
      const vertical = v128.or(i8x16.eq(v128.load(above + x), fronts), i8x16.eq(v128.load(below + x), fronts));
      const reached = v128.and(i8x16.eq(centers, inners), v128.or(beside, vertical));
      v128.store(at, v128.xor(centers, v128.and(reached, change)));
      any = v128.or(any, reached);
    }
    for (; x < widthPx; x++) anyAlone = growAt(row, above, below, x, widthPx, from, to) || anyAlone;
  }
  return anyAlone || v128.any_true(any);
}

function growAt(row: usize, above: usize, below: usize, x: i32, widthPx: i32, from: u8, to: u8): bool {
  if (load<u8>(row + x) != inner) return false;
  const isReached =
    (x > 0 && load<u8>(row + x - 1) == from) ||
    (x + 1 < widthPx && load<u8>(row + x + 1) == from) ||
    load<u8>(above + x) == from ||
    load<u8>(below + x) == from;
  if (isReached) store<u8>(row + x, to);
  return isReached;
}
