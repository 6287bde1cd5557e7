/** Rounds fractions of three colours to 8 bits, three bytes to a pixel; more than 1 is 1. */
export function toBytes(red: usize, green: usize, blue: usize, count: i32, rgb: usize): void {
  const end = count & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const at: usize = (<usize>i) << 3;
    const greens = i32x4.shl(fourBytes(green + at), 8);
    const blues = i32x4.shl(fourBytes(blue + at), 16);
    const all = v128.or(v128.or(fourBytes(red + at), greens), blues);
    const packed = i8x16.shuffle(all, all, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
    const o = rgb + <usize>i * 3;
    v128.store64_lane(o, packed, 0);
    v128.store32_lane(o, packed, 2, 8);
  }
  for (; i < count; i++) {
    const at: usize = (<usize>i) << 3;
    const o = rgb + <usize>i * 3;
    store<u8>(o, <u8>(<i32>(255 * min(load<f64>(red + at), 1) + 0.5)));
    store<u8>(o, <u8>(<i32>(255 * min(load<f64>(green + at), 1) + 0.5)), 1);
    store<u8>(o, <u8>(<i32>(255 * min(load<f64>(blue + at), 1) + 0.5)), 2);
  }
}

/** Four values as integers of 32 bits. */
function fourBytes(at: usize): v128 {
  return v128.shuffle<i32>(rounded(v128.load(at)), rounded(v128.load(at, 16)), 0, 2, 4, 6);
}

/** Integers in the low halves of 64 bits: those of 2⁵² + n end with n. */
function rounded(values: v128): v128 {
  const clipped = f64x2.pmin(values, f64x2.splat(1));
  const whole = f64x2.floor(f64x2.add(f64x2.mul(f64x2.splat(255), clipped), f64x2.splat(0.5)));
  return f64x2.add(whole, f64x2.splat(4503599627370496));
}
