/** Adds to each sample of a row the one that is `stride` before it. */
function undoDifferences<T>(samples: usize, rows: i32, rowSamples: i32, stride: i32): void {
  for (let row = 0; row < rows; row++) {
    const end = samples + <usize>rowSamples * sizeof<T>();
    const step = <usize>stride * sizeof<T>();
    for (let first = samples; first < min(samples + step, end); first += sizeof<T>()) {
      let sum = load<T>(first);
      for (let at = first + step; at < end; at += step) {
        sum = <T>(sum + load<T>(at));
        store<T>(at, sum);
      }
    }
    samples = end;
  }
}

export function undoDifferences_1(samples: usize, rows: i32, rowSamples: i32, stride: i32): void {
  undoDifferences<u8>(samples, rows, rowSamples, stride);
}

export function undoDifferences_2(samples: usize, rows: i32, rowSamples: i32, stride: i32): void {
  undoDifferences<u16>(samples, rows, rowSamples, stride);
}

export function undoDifferences_4(samples: usize, rows: i32, rowSamples: i32, stride: i32): void {
  undoDifferences<u32>(samples, rows, rowSamples, stride);
}

export function undoDifferences_8(samples: usize, rows: i32, rowSamples: i32, stride: i32): void {
  undoDifferences<u64>(samples, rows, rowSamples, stride);
}
