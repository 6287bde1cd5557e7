import { readdir, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../model/dataset';
import { ExportError, isOutOfHandles, systemCodeOf, tooManyOpenFiles } from '../model/exportError';
import { listNames } from '../model/listNames';

/** Names as a person sorts them: FOV_2 before FOV_10; the same on every machine. */
export const nameOrder = new Intl.Collator('en', { numeric: true });

/** A TIFF file's name; the first group is its stem. */
export const tiffPattern = /^(.+)\.(?:tiff?|qptiff)$/is;

/** A PNG file's name; the first group is its stem. */
export const pngPattern = /^(.+)\.png$/is;

/** What is to be said of a dataset, gathered while it is opened. */
export class Warnings extends Array<Problem> {
  /** Links that were met, absolute. */
  readonly links = new Set<string>();
}

export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Those of them that are links, on Windows also junctions. */
  readonly links: readonly string[];
  /** Links that cannot be followed: what they are called, and in words where they lead and why not. */
  readonly deadLinks: readonly { readonly name: string; readonly text: string }[];
}

/**
 * Visible entries by kind, links followed, in a fixed order. `DatasetInvalid` if the folder cannot be read.
 * @param what what was expected here, for the message
 */
export async function listFolder(folder: string, what: string): Promise<Listing> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isOutOfHandles(error)) throw tooManyOpenFiles(error);
    const found: Readonly<Record<string, string>> = {
      ENOENT: 'there is nothing at this path',
      ENOTDIR: 'it is a file',
      EACCES: 'reading it is not permitted',
    };
    const code = systemCodeOf(error) ?? 'unknown error';
    throw new ExportError(
      'DatasetInvalid',
      `Expected ${what} at ${folder}, but ${found[code] ?? code}.`,
      undefined,
      error,
    );
  }
  const folders: string[] = [];
  const files: string[] = [];
  const links: string[] = [];
  const deadLinks: { name: string; text: string }[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    let kind: { isDirectory(): boolean; isFile(): boolean } = entry;
    if (entry.isSymbolicLink()) {
      const link = path.join(folder, entry.name);
      const target = await stat(link).catch((error: unknown) => systemCodeOf(error) ?? 'unknown error');
      if (typeof target === 'string') {
        deadLinks.push({ name: entry.name, text: await describeLink(link, target) });
        continue;
      }
      kind = target;
      links.push(entry.name);
    }
    if (kind.isDirectory()) folders.push(entry.name);
    else if (kind.isFile()) files.push(entry.name);
  }
  folders.sort((a, b) => nameOrder.compare(a, b));
  files.sort((a, b) => nameOrder.compare(a, b));
  deadLinks.sort((a, b) => nameOrder.compare(a.name, b.name));
  return { folders, files, links, deadLinks };
}

async function describeLink(link: string, code: string): Promise<string> {
  const target = await readlink(link).catch(() => 'somewhere');
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'where nothing is',
    ENOTDIR: 'where nothing is',
    EACCES: 'where looking is not permitted',
    ELOOP: 'in a circle',
  };
  return `${link} leads to ${path.resolve(path.dirname(link), target)}, ${why[code] ?? code}`;
}

/** Takes down the links of a listing, absolute, for the one warning of those that lead out of the dataset. */
export function noteLinks(folder: string, { links }: Pick<Listing, 'links'>, warnings: Warnings): void {
  for (const name of links) warnings.links.add(path.join(folder, name));
}

/** What to say of links that cannot be followed; nothing if there are none. */
export function deadLinkProblems({ deadLinks }: Pick<Listing, 'deadLinks'>): Problem[] {
  if (deadLinks.length === 0) return [];
  const message = `Left out, because the links cannot be followed: ${listNames(deadLinks.map(({ text }) => text))}.`;
  return [{ code: 'ImageUnreadable', message }];
}

/** Whether there is a folder at this path. */
export async function isFolder(candidate: string): Promise<boolean> {
  return (await stat(candidate).catch(() => undefined))?.isDirectory() ?? false;
}
