/** Rounds fractions of three colours to 8 bits, three bytes to a pixel; more than 1 is 1. */
export function toBytes(red: usize, green: usize, blue: usize, count: i32, rgb: usize): void {
  const end = count & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const at: usize = (<usize>i) << 3;
    // One colour's four bytes in the lowest 32 bits of each.
    const r = fourBytes(red + at);
    const g = fourBytes(green + at);
    const b = fourBytes(blue + at);
    const rg = v128.shuffle<u8>(r, g, 0, 16, 0, 4, 20, 0, 8, 24, 0, 12, 28, 0, 0, 0, 0, 0);
    const all = v128.shuffle<u8>(rg, b, 0, 1, 16, 3, 4, 20, 6, 7, 24, 9, 10, 28, 0, 0, 0, 0);
    const o = rgb + <usize>i * 3;
    v128.store64_lane(o, all, 0);
    v128.store32_lane(o, all, 2, 8);
  }
  for (; i < count; i++) {
    const at: usize = (<usize>i) << 3;
    const o = rgb + <usize>i * 3;
    store<u8>(o, <u8>(<i32>(255 * min(load<f64>(red + at), 1) + 0.5)));
    store<u8>(o, <u8>(<i32>(255 * min(load<f64>(green + at), 1) + 0.5)), 1);
    store<u8>(o, <u8>(<i32>(255 * min(load<f64>(blue + at), 1) + 0.5)), 2);
  }
}

/** Four values as integers of 32 bits. They are positive, of which the conversion is the floor. */
function fourBytes(at: usize): v128 {
  const low = i32x4.trunc_sat_f64x2_u_zero(rounded(v128.load(at)));
  const high = i32x4.trunc_sat_f64x2_u_zero(rounded(v128.load(at, 16)));
  return v128.shuffle<i32>(low, high, 0, 1, 4, 5);
}

function rounded(values: v128): v128 {
  const clipped = f64x2.pmin(values, f64x2.splat(1));
  return f64x2.add(f64x2.mul(f64x2.splat(255), clipped), f64x2.splat(0.5));
}
