import path from 'node:path';
import { plane, writePlane } from './dataset';
import { temporaryFolder } from './temporaryFolder';

/** The folder, in an output folder, with its jobs. */
export const jobsFolder = '.batch-export-jobs';

/** A dataset of FOVs F0, F1 …, all different, with the channel c. */
export function smallFovs(count: number, side = 64, value: FovValue = patternValue): string {
  const dataset = temporaryFolder();
  for (let i = 0; i < count; i++) {
    const pixels = plane(side, side, (x, y) => value(x, y, i));
    writePlane(path.join(dataset, `F${i}`, 'c.tif'), pixels);
  }
  return dataset;
}

/** The value of a pixel of a FOV, 0 to 400. */
type FovValue = (x: number, y: number, fov: number) => number;

const patternValue: FovValue = (x, y, fov) => (x * 31 + y * 17 + fov * 7) % 401;

/** What no compression makes small. */
export const noiseValue: FovValue = (x, y, fov) => {
  let hash = Math.imul(x + 1, 73_856_093) ^ Math.imul(y + 1, 19_349_663) ^ Math.imul(fov + 1, 83_492_791);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) % 401;
};

/** What they are shown with. */
export const look = ['--channel', 'c=green:0:400', '--scale-bar', 'off'];
