import path from 'node:path';
import { plane, writePlane } from './dataset';
import { temporaryFolder } from './temporaryFolder';

/** The folder, in an output folder, with its jobs. */
export const jobsFolder = '.batch-export-jobs';

/** A dataset of FOVs F0, F1 …, all different, with the channel c. */
export function smallFovs(count: number, side = 64): string {
  const dataset = temporaryFolder();
  for (let i = 0; i < count; i++) {
    const pixels = plane(side, side, (x, y) => (x * 31 + y * 17 + i * 7) % 401);
    writePlane(path.join(dataset, `F${i}`, 'c.tif'), pixels);
  }
  return dataset;
}

/** What they are shown with. */
export const look = ['--channel', 'c=green:0:400', '--scale-bar', 'off'];
