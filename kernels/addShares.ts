/**
 * Adds how far each sample is between the limits, 0 to 1, to three colours, each with its weight. In float64 as the
 * definition: float32 is off by a level where limits are wide.
 */
function addOf<T>(
  samples: usize,
  count: i32,
  low: f64,
  scale: f64,
  redWeight: f64,
  greenWeight: f64,
  blueWeight: f64,
  red: usize,
  green: usize,
  blue: usize,
): void {
  const lows = f64x2.splat(low);
  const scales = f64x2.splat(scale);
  const redWeights = f64x2.splat(redWeight);
  const greenWeights = f64x2.splat(greenWeight);
  const blueWeights = f64x2.splat(blueWeight);
  const end = count & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const at: usize = (<usize>i) << 3;
    const four = load4<T>(samples + <usize>i * sizeof<T>());
    const first = sharesOf(firstTwo<T>(samples + <usize>i * sizeof<T>(), four), lows, scales);
    const second = sharesOf(lastTwo<T>(samples + <usize>i * sizeof<T>(), four), lows, scales);
    if (redWeight > 0) addTwice(red + at, first, second, redWeights);
    if (greenWeight > 0) addTwice(green + at, first, second, greenWeights);
    if (blueWeight > 0) addTwice(blue + at, first, second, blueWeights);
  }
  for (; i < count; i++) {
    const share = (<f64>load<T>(samples + <usize>i * sizeof<T>()) - low) * scale;
    if (!(share > 0)) continue;
    const n = share < 1 ? share : 1;
    const at: usize = (<usize>i) << 3;
    store<f64>(red + at, load<f64>(red + at) + n * redWeight);
    store<f64>(green + at, load<f64>(green + at) + n * greenWeight);
    store<f64>(blue + at, load<f64>(blue + at) + n * blueWeight);
  }
}

function addTwice(at: usize, first: v128, second: v128, weights: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.mul(first, weights)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(second, weights)), 16);
}

/** NaN is 0: of two, `pmax` gives the first unless it is less. */
function sharesOf(values: v128, lows: v128, scales: v128): v128 {
  const shares = f64x2.mul(f64x2.sub(values, lows), scales);
  return f64x2.pmin(f64x2.splat(1), f64x2.pmax(f64x2.splat(0), shares));
}

/** Four samples as they are, or as integers of 32 bits; of float64, none. */
function load4<T>(at: usize): v128 {
  if (sizeof<T>() == 1) return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
  if (sizeof<T>() == 2) return v128.load16x4_u(at);
  if (sizeof<T>() == 4) return v128.load(at);
  return i32x4.splat(0);
}

function firstTwo<T>(at: usize, four: v128): v128 {
  if (sizeof<T>() == 8) return v128.load(at);
  return isFloat<T>() ? f64x2.promote_low_f32x4(four) : f64x2.convert_low_i32x4_s(four);
}

function lastTwo<T>(at: usize, four: v128): v128 {
  if (sizeof<T>() == 8) return v128.load(at, 16);
  const high = v128.shuffle<i32>(four, four, 2, 3, 2, 3);
  return isFloat<T>() ? f64x2.promote_low_f32x4(high) : f64x2.convert_low_i32x4_s(high);
}

/** @param sampleBytes 1 and 2 of integers, 4 and 8 of floats */
export function addShares(
  sampleBytes: i32,
  samples: usize,
  count: i32,
  low: f64,
  scale: f64,
  redWeight: f64,
  greenWeight: f64,
  blueWeight: f64,
  red: usize,
  green: usize,
  blue: usize,
): void {
  if (sampleBytes == 1) addOf<u8>(samples, count, low, scale, redWeight, greenWeight, blueWeight, red, green, blue);
  if (sampleBytes == 2) addOf<u16>(samples, count, low, scale, redWeight, greenWeight, blueWeight, red, green, blue);
  if (sampleBytes == 4) addOf<f32>(samples, count, low, scale, redWeight, greenWeight, blueWeight, red, green, blue);
  if (sampleBytes == 8) addOf<f64>(samples, count, low, scale, redWeight, greenWeight, blueWeight, red, green, blue);
}
