// Loops over pixels, for WebAssembly with SIMD. What each computes is defined in TypeScript (src/core/kernels), bit for bit.
export * from './addShares';
export * from './toBytes';

/** Where memory begins that nothing of the module's own is in. */
export function heapBase(): usize {
  return __heap_base;
}
