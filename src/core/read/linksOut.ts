import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, Problem } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';

/** Whether a path is that of a folder or of something in it. Both as they are, or both real. */
export function isAtOrIn(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** A folder with its links followed, as far as it exists. */
export async function realFolder(folder: string): Promise<string> {
  const found = await realpath(folder).catch(() => undefined);
  if (found !== undefined) return found;
  const above = path.dirname(folder);
  return above === folder ? folder : path.join(await realFolder(above), path.basename(folder));
}

/**
 * That what is written into a folder, which is or will be in another one, stays in that one: `Usage` where a link leads out.
 * A folder that the user names is their own choice, and is not asked about.
 * @param advice what to do, as the end of a sentence
 */
export async function requireNoLinkOut(place: string, folder: string, advice: string): Promise<void> {
  if (!isAtOrIn(place, folder)) return;
  const real = await realFolder(place);
  if (isAtOrIn(real, await realFolder(folder))) return;
  throw new ExportError(
    'Usage',
    `Expected to write into ${place}, but a link leads from there out of ${folder}, to ${real}, and nothing is written through it; ${advice}.`,
  );
}

/**
 * Where pictures of a dataset go, absolute: where the user says, else into its `exports`.
 * @throws ExportError `Usage` where those are a link that leads out of the dataset
 */
export async function outputFor({ folder }: Pick<Dataset, 'folder'>, named: string | undefined): Promise<string> {
  if (named !== undefined) return path.resolve(named);
  const place = path.join(folder, 'exports');
  await requireOwnOutput(place, folder);
  return place;
}

/** The same for a folder that settings name. */
export function requireOwnOutput(place: string, datasetFolder: string): Promise<void> {
  return requireNoLinkOut(place, datasetFolder, 'name the folder with --out, or choose it in the panel');
}

/**
 * The one warning of links in a dataset that lead out of it and that something was read through.
 * @param links that were met when the folders were listed, absolute
 * @param used files and folders of the dataset, absolute
 */
export async function linkWarnings(
  folder: string,
  links: ReadonlySet<string>,
  used: Iterable<string>,
): Promise<Problem[]> {
  if (links.size === 0) return [];
  const followed = new Set<string>();
  for (const file of used) {
    for (let place = file; isAtOrIn(place, folder) && place !== folder; place = path.dirname(place))
      if (links.has(place)) followed.add(place);
  }
  const real = await realFolder(folder);
  const leading: string[] = [];
  for (const link of followed) {
    const target = await realFolder(link);
    if (!isAtOrIn(target, real)) leading.push(`${path.relative(folder, link)} to ${target}`);
  }
  if (leading.length === 0) return [];
  const message = `Read through links that lead out of ${folder}: ${listNames(leading, { most: 1 })}. Nothing is written through them.`;
  return [{ code: 'LinksLeadOut', message }];
}
