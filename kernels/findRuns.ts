/** The longest match of deflate. */
const longest: usize = 258;
const all: i32 = 0xffff;

/**
 * Makes tokens of bytes: 0 to 255 a byte, 253 + n a run of n bytes like the one before.
 * @param tokens with room for 16 more than there are bytes
 */
export function findRuns(bytes: usize, length: i32, tokens: usize): i32 {
  const end = bytes + <usize>length;
  let at = bytes;
  let o = tokens;
  if (at < end) {
    store<u16>(o, load<u8>(at++));
    o += 2;
  }
  while (at + 16 <= end) {
    const sixteen = v128.load(at);
    // Bit i: byte i is like the one before it.
    const like = i8x16.bitmask(i8x16.eq(sixteen, v128.load(at - 1)));
    v128.store(o, i16x8.extend_low_i8x16_u(sixteen));
    v128.store(o, i16x8.extend_high_i8x16_u(sixteen), 16);
    const runs = like & (like >> 1) & (like >> 2);
    if (runs == 0) {
      // At the last one or two a run may begin whose end is not seen yet.
      const bytesTaken: usize = 16 - clz<i32>(~(like << 16));
      at += bytesTaken;
      o += bytesTaken << 1;
      continue;
    }
    const before = ctz<i32>(runs);
    at += <usize>before;
    o += (<usize>before) << 1;
    const seen = <usize>ctz<i32>(~(like >> before));
    const run = before + <i32>seen < 16 ? seen : runLength(at, seen, min<usize>(longest, end - at));
    store<u16>(o, <u16>(253 + run));
    at += run;
    o += 2;
  }
  while (at < end) {
    const run = runLength(at, 0, min<usize>(longest, end - at));
    store<u16>(o, <u16>(run < 3 ? load<u8>(at) : 253 + run));
    at += run < 3 ? 1 : run;
    o += 2;
  }
  return <i32>((o - tokens) >> 1);
}

/** How many bytes from `at` on are like the one before, of which `seen` are known to be, at most `limit`. */
function runLength(at: usize, seen: usize, limit: usize): usize {
  const value = load<u8>(at - 1);
  const values = i8x16.splat(value);
  let run = seen;
  for (; run + 16 <= limit; run += 16) {
    const like = i8x16.bitmask(i8x16.eq(v128.load(at + run), values));
    if (like != all) return run + <usize>ctz<i32>(~like);
  }
  while (run < limit && load<u8>(at + run) == value) run++;
  return run;
}
