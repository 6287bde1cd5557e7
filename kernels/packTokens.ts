/**
 * Writes the codes of tokens: in the lowest 8 bits of each how long it is, its bits above them.
 * @param out with room for 8 bytes more
 * @param firstBit of `out` that is free, 0 to 7
 * @returns the next bit that is free
 */
export function packTokens(tokens: usize, count: i32, codes: usize, out: usize, firstBit: i32): i32 {
  const end = tokens + ((<usize>count) << 1);
  let at = tokens;
  let o = out;
  let held: u64 = firstBit;
  let bits: u64 = load<u8>(out) & ((1 << firstBit) - 1);
  for (; at + 8 <= end; at += 8) {
    const four = load<u64>(at);
    const a = codeOf(codes, four & 0xffff);
    const b = codeOf(codes, (four >> 16) & 0xffff);
    const c = codeOf(codes, (four >> 32) & 0xffff);
    const d = codeOf(codes, four >> 48);
    // Lengths do not carry into bits: four are at most 84.
    const ab = a + b;
    const length = (ab + c + d) & 0xff;
    const first = (a >> 8) | ((b >> 8) << (a & 63));
    const second = (c >> 8) | ((d >> 8) << (c & 63));
    bits |= first << held;
    if (length <= 56) {
      bits |= second << (held + (ab & 63));
      held += length;
    } else {
      held += ab & 63;
      store<u64>(o, bits);
      o += <usize>(held >> 3);
      bits >>= held & 56;
      held &= 7;
      bits |= second << held;
      held += (c + d) & 63;
    }
    store<u64>(o, bits);
    o += <usize>(held >> 3);
    bits >>= held & 56;
    held &= 7;
  }
  for (; at < end; at += 2) {
    const code = codeOf(codes, load<u16>(at));
    bits |= (code >> 8) << held;
    held += code & 63;
    store<u64>(o, bits);
    o += <usize>(held >> 3);
    bits >>= held & 56;
    held &= 7;
  }
  store<u8>(o, <u8>bits);
  return ((<i32>(o - out)) << 3) + <i32>held;
}

function codeOf(codes: usize, token: u64): u64 {
  return load<u32>(codes + ((<usize>token) << 2));
}
