import type { KernelSamples } from './kernelWorld';

type KernelKind = new (buffer: ArrayBuffer, byteOffset: number, length: number) => KernelSamples;

/** The type of array in which samples are handed to kernels: their own, or float64, which holds them all. */
export function kernelKind(samples: object): KernelKind & { readonly BYTES_PER_ELEMENT: number } {
  return [Uint8Array, Uint16Array, Float32Array].find((kind) => samples instanceof kind) ?? Float64Array;
}
