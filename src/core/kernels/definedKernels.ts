import { addShares } from './addShares';
import { addToBlocks } from './addToBlocks';
import { adler32 } from './adler32';
import { blendSpans } from './blendSpans';
import { countTokens } from './countTokens';
import { decodeLzw } from './decodeLzw';
import { filterRows } from './filterRows';
import { findRuns } from './findRuns';
import { findSpans } from './findSpans';
import { type KernelWorld, layOutIn } from './kernelWorld';
import { markOutlines } from './markOutlines';
import { packTokens } from './packTokens';
import { toBytes } from './toBytes';
import { undoDifferences } from './undoDifferences';
import { undoFloatPredictor } from './undoFloatPredictor';

/** What every kernel computes, in TypeScript. */
export function definedKernels(): KernelWorld {
  let memory = new ArrayBuffer(0);
  const memoryOf = (bytes: number): ArrayBuffer => {
    if (memory.byteLength < bytes) memory = new ArrayBuffer(bytes);
    return memory;
  };
  return {
    layOut: layOutIn(0, memoryOf),
    addShares,
    toBytes,
    addToBlocks,
    markOutlines,
    findSpans,
    blendSpans,
    decodeLzw,
    undoDifferences,
    undoFloatPredictor,
    filterRows,
    findRuns,
    countTokens,
    packTokens,
    adler32,
  };
}
