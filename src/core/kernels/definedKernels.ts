import { addShares } from './addShares';
import { type KernelWorld, layOutIn } from './kernelWorld';
import { toBytes } from './toBytes';

/** What every kernel computes, in TypeScript. */
export function definedKernels(): KernelWorld {
  let memory = new ArrayBuffer(0);
  const memoryOf = (bytes: number): ArrayBuffer => {
    if (memory.byteLength < bytes) memory = new ArrayBuffer(bytes);
    return memory;
  };
  return { layOut: layOutIn(0, memoryOf), addShares, toBytes };
}
