import { statfs } from 'node:fs/promises';
import path from 'node:path';

/**
 * Bytes that an ordinary user may still write where a folder is, or will be: of the nearest folder above it that exists.
 * `undefined` where the system does not say.
 */
export async function freeSpace(folder: string): Promise<number | undefined> {
  for (let place = folder; ; place = path.dirname(place)) {
    const found = await statfs(place).catch(() => undefined);
    if (found) return found.bavail * found.bsize;
    if (place === path.dirname(place)) return undefined;
  }
}
