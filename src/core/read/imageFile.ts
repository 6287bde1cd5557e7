import type { ImageHeader, Plane, PlaneAddress, Region } from '../model/image';
import type { PlaneMemory } from './planeMemory';

export interface ReadOptions {
  /** Of the pyramid; 0, the default, is full resolution. The region is in pixels of this level. */
  readonly level?: number;
  /** Asked between blocks. */
  readonly signal?: AbortSignal;
  /** Where planes may take their memory from. */
  readonly memory?: PlaneMemory;
}

/** An image file that was opened, whatever its format: what it says about its planes, and their pixels by region. */
export interface ImageFile {
  /**
   * What the file says about a plane; without an address, about its only one.
   * Throws `ImageUnsupported`, `ImageUnreadable` or `TooLarge`; `ImageUnsupported` also if there is more than one plane.
   */
  describe(plane?: PlaneAddress): ImageHeader;
  /**
   * Samples of several planes in one region that lies inside the image, values as on disk. Blocks that hold samples of
   * more than one of them are decoded once; blocks outside the region are not decoded.
   */
  read(planes: readonly (PlaneAddress | undefined)[], region: Region, options?: ReadOptions): Promise<Plane[]>;
  close(): Promise<void>;
}
