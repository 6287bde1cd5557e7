import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../model/dataset';
import { messageOf, systemCodeOf } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { Slide } from '../model/slide';
import { nameOrder } from './listFolder';
import { type MapDescriptor, parseMapDescriptor } from './mapDescriptor';
import { placeTiles } from './placeTiles';
import { withPlainFile } from './readPlainFile';
import { quoted } from './rois/roiCollector';

/** Where map descriptors are kept in a dataset: ours come last, so that they count. */
const places = [
  ['.UELer', 'maps'],
  ['.batch-export', 'maps'],
] as const;
/** A run of ten thousand FOVs has fewer bytes. */
const maxBytes = 2 ** 25;
/** Files and folders of one place; beyond it somebody has put a whole disk there. */
const maxEntries = 10_000;

/**
 * The stitched slides that a dataset has map descriptors for: all `*.json` below its `.UELer/maps` and
 * `.batch-export/maps`, in the order of their paths; a slide of a later file replaces that of an earlier one. Whether the
 * FOVs of a slide are there is not looked at.
 *
 * What cannot be used never fails: a file, a slide or a FOV that is left out is a warning that names it.
 * @param datasetFolder absolute path
 * @param warnings gets a `DatasetInvalid` for all that is left out or replaced
 * @returns slides by their ids, as a person sorts them; each has at least one tile
 */
export async function readSlides(datasetFolder: string, warnings: Problem[]): Promise<Slide[]> {
  const slides = new Map<string, Slide>();
  for (const place of places) {
    const origins = new Map<string, string>();
    for (const file of await descriptorFiles(path.join(datasetFolder, ...place), warnings)) {
      for (const slide of await readDescriptor(file, warnings)) {
        const before = origins.get(slide.id);
        if (before !== undefined)
          warn(warnings, `Slide ${quoted(slide.id)} of ${file} replaces the slide of this id of ${before}.`);
        origins.set(slide.id, file);
        slides.set(slide.id, slide);
      }
    }
  }
  return [...slides.values()].sort((a, b) => nameOrder.compare(a.id, b.id));
}

async function readDescriptor(file: string, warnings: Problem[]): Promise<Slide[]> {
  let descriptor: MapDescriptor;
  try {
    descriptor = parseMapDescriptor(await readText(file));
  } catch (error) {
    warn(
      warnings,
      `Expected a map descriptor (FOVs with their places on slides) in ${file}, but ${messageOf(error)}; it is left out.`,
    );
    return [];
  }
  const { slides, repeated } = descriptor;
  if (repeated.length > 0)
    warn(warnings, `${file} has FOVs a second time; the first counts: ${listNames(repeated.map(quoted))}.`);
  return [...slides].flatMap(([id, fovs]) => {
    const what = `slide ${quoted(id)} of ${file}`;
    try {
      const { slide, unsized, otherScale } = placeTiles(id, fovs);
      if (unsized.length > 0)
        warn(
          warnings,
          `Expected "fovSizeMicrons" for the FOVs of ${what}, but found none for ${listNames(unsized.map(quoted))}; they are left out.`,
        );
      if (otherScale.length > 0 && slide)
        warn(
          warnings,
          `Expected pixels of ${slide.pixelSizeUm} µm, the size of FOV ${quoted(slide.tiles[0].fov)}, for all FOVs of ${what}, but found another size for ${listNames(otherScale.map(quoted))}; they are left out.`,
        );
      return slide ? [slide] : [];
    } catch (error) {
      warn(warnings, `Expected a slide that can be drawn for ${what}, but ${messageOf(error)}; it is left out.`);
      return [];
    }
  });
}

/** All descriptors below a folder, by their paths; folders that are links are not followed, for they may lead in circles. */
async function descriptorFiles(place: string, warnings: Problem[]): Promise<string[]> {
  const files: string[] = [];
  const folders = [place];
  let found = 0;
  for (const folder of folders) {
    let entries: Dirent[] = [];
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      const isAbsent = ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
      if (!isAbsent) warn(warnings, `Expected map descriptors in ${folder}, but ${messageOf(error)}; it is left out.`);
    }
    found += entries.length;
    if (found > maxEntries) {
      warn(warnings, `Expected map descriptors in ${place}, but found more than ${maxEntries} files; it is left out.`);
      return [];
    }
    for (const entry of entries) {
      // What begins with a dot is what a program keeps beside files, such as `._run.json` or `.ipynb_checkpoints`.
      if (entry.name.startsWith('.')) continue;
      const at = path.join(folder, entry.name);
      if (entry.isDirectory()) folders.push(at);
      else if (entry.name.endsWith('.json') && (await isFile(at))) files.push(at);
    }
  }
  return files.sort(byParts);
}

async function isFile(candidate: string): Promise<boolean> {
  return (await stat(candidate).catch(() => undefined))?.isFile() ?? false;
}

/** As UELer sorts paths: folder by folder, by the letters' codes; so which file is the later one is the same. */
function byParts(one: string, other: string): number {
  const [a, b] = [one.split(path.sep), other.split(path.sep)];
  const i = a.findIndex((part, n) => part !== b[n]);
  if (i === -1) return a.length - b.length;
  return i >= b.length || a[i] > b[i] ? 1 : -1;
}

/** @throws Error with the end of a sentence */
async function readText(file: string): Promise<string> {
  try {
    return await withPlainFile(file, async (handle, bytes) => {
      if (bytes > maxBytes) throw new Error(`it has ${bytes} bytes, more than the ${maxBytes} that one may have`);
      return handle.readFile('utf8');
    });
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    throw new Error(`it cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function warn(warnings: Problem[], message: string): void {
  warnings.push({ code: 'DatasetInvalid', message });
}
