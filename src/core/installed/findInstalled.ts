import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * A file that is installed with us, such as `media/fonts/…`. Works from the sources, from `dist/` and from the installed
 * extension, which differ in depth only.
 * @param relative its path from the root of the installation
 * @throws Error if it is missing there
 */
export function findInstalled(relative: string): string {
  for (let at = __dirname; ; at = path.dirname(at)) {
    const candidate = path.join(at, relative);
    if (existsSync(candidate)) return candidate;
    if (at === path.dirname(at)) throw new Error(`${relative} is missing from this installation`);
  }
}
