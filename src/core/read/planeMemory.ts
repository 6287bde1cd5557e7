import type { SampleArray } from '../model/image';

/**
 * Memory of planes that nobody looks at any more, for the next ones: FOVs of a dataset are of one size, and large arrays
 * that are taken anew for each of them keep the garbage collector busy for longer than it takes to read the files.
 */
export class PlaneMemory {
  private free: ArrayBuffer[] = [];

  /**
   * Memory of exactly so many bytes, with whatever was in it. `undefined` if there is none; then planes are of another
   * size now, and the rest is let go of, too, for old and new ones together would take twice the memory.
   */
  take(bytes: number): ArrayBuffer | undefined {
    const found = this.free.findIndex((buffer) => buffer.byteLength === bytes);
    if (found >= 0) return this.free.splice(found, 1)[0];
    this.free = [];
    return undefined;
  }

  /** Takes over the memory of arrays in place of what was left of the last ones. */
  refill(arrays: Iterable<SampleArray>): void {
    const buffers = new Set<ArrayBuffer>();
    for (const { buffer } of arrays) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
    this.free = [...buffers];
  }
}
