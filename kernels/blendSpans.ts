/**
 * Blends colours over spans of pixels: of each span its first pixel, the one behind its last, and its colour, 0xff and red,
 * green and blue from the highest byte on; 0 where nothing is painted.
 */
export function blendSpans(spans: usize, count: i32, alpha: f64, red: usize, green: usize, blue: usize): void {
  const end = spans + <usize>count * 12;
  for (; spans < end; spans += 12) {
    const color = load<u32>(spans, 8);
    if (color == 0) continue;
    const from: usize = (<usize>load<u32>(spans)) << 3;
    const to: usize = (<usize>load<u32>(spans, 4)) << 3;
    blend(red + from, red + to, alpha, (color >> 16) & 0xff);
    blend(green + from, green + to, alpha, (color >> 8) & 0xff);
    blend(blue + from, blue + to, alpha, color & 0xff);
  }
}

function blend(at: usize, end: usize, alpha: f64, byte: u32): void {
  const rest = 1 - alpha;
  const added = alpha * (<f64>byte / 255);
  for (; at + 16 <= end; at += 16) {
    const capped = f64x2.pmin(f64x2.splat(1), v128.load(at));
    v128.store(at, f64x2.add(f64x2.mul(f64x2.splat(rest), capped), f64x2.splat(added)));
  }
  if (at < end) store<f64>(at, rest * min(load<f64>(at), 1) + added);
}
