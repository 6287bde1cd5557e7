// Loops over pixels, for WebAssembly with SIMD. What each computes is defined in TypeScript (src/core/kernels), bit for bit.
export * from './addShares';
export * from './addToBlocks';
export * from './blendSpans';
export * from './decodeLzw';
export * from './findSpans';
export * from './markOutlines';
export * from './toBytes';
export * from './undoDifferences';
export * from './undoFloatPredictor';
export * from './adler32';
export * from './countTokens';
export * from './filterRows';
export * from './findRuns';
export * from './packTokens';

/** Where memory begins that nothing of the module's own is in. */
export function heapBase(): usize {
  return __heap_base;
}
