/**
 * Finds spans of pixels side by side that have one label: of each its first pixel, the one behind its last, and the label.
 * @param marked where a byte of it is 0, a pixel is in no span; 0: all are in one
 * @returns how many they are
 */
export function findSpans(labels: usize, count: i32, marked: usize, spans: usize): i32 {
  let o = spans;
  for (let i = 0; i < count;) {
    const from = marked == 0 ? i : nextMarked(marked, i, count);
    if (from == count) break;
    const label = load<u32>(labels + ((<usize>from) << 2));
    const like = endOfLike(labels, from + 1, count, label);
    const to = marked == 0 ? like : endOfMarked(marked, from + 1, like);
    store<u32>(o, from);
    store<u32>(o, to, 4);
    store<u32>(o, label, 8);
    o += 12;
    i = to;
  }
  return <i32>((o - spans) / 12);
}

function nextMarked(marked: usize, from: i32, end: i32): i32 {
  let i = from;
  for (; i + 16 <= end; i += 16) {
    const found = i8x16.bitmask(i8x16.ne(v128.load(marked + i), i8x16.splat(0)));
    if (found != 0) return i + ctz<i32>(found);
  }
  while (i < end && load<u8>(marked + i) == 0) i++;
  return i;
}

function endOfMarked(marked: usize, from: i32, end: i32): i32 {
  let i = from;
  while (i < end && load<u8>(marked + i) != 0) i++;
  return i;
}

function endOfLike(labels: usize, from: i32, end: i32, label: u32): i32 {
  const same = i32x4.splat(label);
  let i = from;
  for (; i + 4 <= end; i += 4) {
    const others = i32x4.bitmask(i32x4.ne(v128.load(labels + ((<usize>i) << 2)), same));
    if (others != 0) return i + ctz<i32>(others);
  }
  while (i < end && load<u32>(labels + ((<usize>i) << 2)) == label) i++;
  return i;
}
