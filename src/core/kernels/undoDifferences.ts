import type { SampleRows } from './kernelWorld';

/** Undoes differences between neighbours; see `Kernels`. */
export function undoDifferences(bytes: Uint8Array, { sampleBytes, rowSamples, stride }: SampleRows): void {
  const unsigned = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array }[sampleBytes];
  // The sum of two elements is the same line for numbers and for the big integers of 64 bits.
  const values = new unsigned(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / sampleBytes) as Uint32Array;
  for (let row = 0; row < values.length; row += rowSamples) {
    for (let i = row + stride; i < row + rowSamples; i++) values[i] += values[i - stride];
  }
}
