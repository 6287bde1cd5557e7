import { endianness } from 'node:os';
import type { SampleRows } from './kernelWorld';

const machineIsLittleEndian = endianness() === 'LE';

/** Undoes the predictor of floats; see `Kernels`. */
export function undoFloatPredictor(
  bytes: Uint8Array,
  { sampleBytes, rowSamples, stride }: SampleRows,
  row: Uint8Array,
): void {
  for (let start = 0; start < bytes.length; start += row.length) {
    row.set(bytes.subarray(start, start + row.length));
    for (let i = stride; i < row.length; i++) row[i] += row[i - stride];
    for (let sample = 0; sample < rowSamples; sample++) {
      for (let byte = 0; byte < sampleBytes; byte++) {
        const place = machineIsLittleEndian ? sampleBytes - 1 - byte : byte;
        bytes[start + sample * sampleBytes + place] = row[byte * rowSamples + sample];
      }
    }
  }
}
