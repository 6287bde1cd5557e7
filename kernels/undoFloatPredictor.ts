/**
 * Adds to each byte of a row the one that is `stride` before it, and puts together the bytes of each sample, which are
 * apart: the highest of all samples of the row first.
 * @param row memory of a row's size
 */
export function undoFloatPredictor(
  samples: usize,
  rows: i32,
  rowSamples: i32,
  sampleBytes: i32,
  stride: i32,
  row: usize,
): void {
  const rowBytes = <usize>rowSamples * <usize>sampleBytes;
  for (let i = 0; i < rows; i++) {
    if (stride == 1) sumUp(samples, row, rowBytes);
    else sumUpApart(samples, row, rowBytes, <usize>stride);
    if (sampleBytes == 4) putTogether4(row, samples, <usize>rowSamples);
    else putTogether(row, samples, <usize>rowSamples, <usize>sampleBytes);
    samples += rowBytes;
  }
}

/** The sums of all bytes up to each. */
function sumUp(from: usize, to: usize, count: usize): void {
  const none = i8x16.splat(0);
  let before = none;
  let i: usize = 0;
  for (; i + 16 <= count; i += 16) {
    let sums = v128.load(from + i);
    sums = i8x16.add(sums, v128.shuffle<u8>(none, sums, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30));
    sums = i8x16.add(sums, v128.shuffle<u8>(none, sums, 0, 1, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
    sums = i8x16.add(sums, v128.shuffle<u8>(none, sums, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
    sums = i8x16.add(sums, v128.shuffle<u8>(none, sums, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    sums = i8x16.add(sums, before);
    v128.store(to + i, sums);
    before = v128.shuffle<u8>(sums, sums, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15);
  }
  let sum = <u8>i8x16.extract_lane_u(before, 0);
  for (; i < count; i++) {
    sum += load<u8>(from + i);
    store<u8>(to + i, sum);
  }
}

function sumUpApart(from: usize, to: usize, count: usize, stride: usize): void {
  for (let first: usize = 0; first < min(stride, count); first++) {
    let sum: u8 = 0;
    for (let i = first; i < count; i += stride) {
      sum += load<u8>(from + i);
      store<u8>(to + i, sum);
    }
  }
}

function putTogether4(row: usize, samples: usize, count: usize): void {
  let i: usize = 0;
  for (; i + 16 <= count; i += 16) {
    const highest = v128.load(row + i);
    const high = v128.load(row + count + i);
    const low = v128.load(row + 2 * count + i);
    const lowest = v128.load(row + 3 * count + i);
    const at = samples + (i << 2);
    // Pairs of bytes, of the first eight samples and of the last.
    const lows = v128.shuffle<u8>(lowest, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const highs = v128.shuffle<u8>(high, highest, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const lastLows = v128.shuffle<u8>(lowest, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const lastHighs = v128.shuffle<u8>(high, highest, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(at, v128.shuffle<u16>(lows, highs, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(at, v128.shuffle<u16>(lows, highs, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    v128.store(at, v128.shuffle<u16>(lastLows, lastHighs, 0, 8, 1, 9, 2, 10, 3, 11), 32);
    v128.store(at, v128.shuffle<u16>(lastLows, lastHighs, 4, 12, 5, 13, 6, 14, 7, 15), 48);
  }
  for (; i < count; i++) putTogetherOne(row + i, samples + (i << 2), count, 4);
}

function putTogether(row: usize, samples: usize, count: usize, sampleBytes: usize): void {
  for (let i: usize = 0; i < count; i++) putTogetherOne(row + i, samples + i * sampleBytes, count, sampleBytes);
}

/** The bytes of one sample: every `count`-th of the row, the highest first. */
function putTogetherOne(from: usize, to: usize, count: usize, sampleBytes: usize): void {
  for (let byte = sampleBytes; byte > 0; from += count) store<u8>(to + --byte, load<u8>(from));
}
