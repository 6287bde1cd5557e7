import { compiledKernels } from './compiledKernels';
import { definedKernels } from './definedKernels';
import type { KernelWorld } from './kernelWorld';

let world: KernelWorld | undefined;

/**
 * The loops that all pixels go through: compiled to WebAssembly, or with `MBE_KERNELS=ts` in the environment their
 * definitions, which compute the same several times as slowly. One of them for the whole process.
 */
export function kernelWorld(): KernelWorld {
  return (world ??= process.env['MBE_KERNELS'] === 'ts' ? definedKernels() : compiledKernels());
}

/**
 * So many bytes of the kernels' memory, which never shrinks, are taken at once. What takes more is rare, and goes through the
 * definitions in memory of its own.
 */
export const mostKernelBytes = 2 ** 24;
