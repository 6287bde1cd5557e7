/** Puts rows of a picture through one of PNG's filters, 0 (None) or 1 (Sub). */
export function filterRows(rgb: usize, bytes: i32, widthPx: i32, filter: i32, rows: usize): void {
  const length: usize = 3 * <usize>widthPx;
  const end = rgb + <usize>bytes;
  for (let o = rows; rgb < end; rgb += length, o += length + 1) {
    store<u8>(o, <u8>filter);
    if (filter == 0) memory.copy(o + 1, rgb, length);
    else subtractLeft(rgb, length, o + 1);
  }
}

function subtractLeft(row: usize, length: usize, o: usize): void {
  memory.copy(o, row, 3);
  let i: usize = 3;
  for (; i + 16 <= length; i += 16) {
    v128.store(o + i, i8x16.sub(v128.load(row + i), v128.load(row + i - 3)));
  }
  for (; i < length; i++) store<u8>(o + i, load<u8>(row + i) - load<u8>(row + i - 3));
}
