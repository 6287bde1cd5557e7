/** Adds finite samples to the sums of blocks of `blockPx` of them, and counts them; `before` of the first block's are not there. */
function addOf<T>(samples: usize, count: i32, blockPx: i32, before: i32, sums: usize, counts: usize): void {
  const end = samples + <usize>count * sizeof<T>();
  const blockBytes = <usize>blockPx * sizeof<T>();
  let blockEnd = samples + <usize>(blockPx - before) * sizeof<T>();
  for (; samples < end; blockEnd += blockBytes, sums += 8, counts += 4) {
    let sum = load<f64>(sums);
    let finite: u32 = 0;
    for (const stop = min(blockEnd, end); samples < stop; samples += sizeof<T>()) {
      const value = <f64>load<T>(samples);
      // What is not finite differs from itself by NaN. A sum is never −0, which would become 0 with nothing added.
      const isFinite = !isFloat<T>() || value - value == 0;
      sum += isFinite ? value : 0;
      finite += <u32>isFinite;
    }
    store<f64>(sums, sum);
    store<u32>(counts, load<u32>(counts) + finite);
  }
}

/** @param sampleBytes 1 and 2 of integers, 4 and 8 of floats */
export function addToBlocks(
  sampleBytes: i32,
  samples: usize,
  count: i32,
  blockPx: i32,
  before: i32,
  sums: usize,
  counts: usize,
): void {
  if (sampleBytes == 1) addOf<u8>(samples, count, blockPx, before, sums, counts);
  if (sampleBytes == 2) addOf<u16>(samples, count, blockPx, before, sums, counts);
  if (sampleBytes == 4) addOf<f32>(samples, count, blockPx, before, sums, counts);
  if (sampleBytes == 8) addOf<f64>(samples, count, blockPx, before, sums, counts);
}
