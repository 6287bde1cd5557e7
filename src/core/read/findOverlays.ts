import path from 'node:path';
import type { ImageSource, Problem } from '../model/dataset';
import { messageOf } from '../model/exportError';
import { listNames } from '../model/listNames';
import {
  deadLinkProblems,
  type Listing,
  listFolder,
  noteLinks,
  pngPattern,
  tiffPattern,
  type Warnings,
} from './listFolder';
import { colorsOfPng } from './png/pngHeader';
import { stackName } from './stack/nameChannels';

/**
 * Masks or annotations: `<fov>_<name>.tif[f]`, where the longest FOV name that fits wins (FOV `A` never takes the files
 * of FOV `A_1`), `<name>/<fov>.tif[f]`, and `<fov>.tif[f]`, which is named after its folder; the same with `.png`, as
 * Cellpose saves labels.
 */
export async function findOverlays(
  folders: readonly string[],
  fovs: readonly string[],
  warnings: Warnings,
): Promise<Map<string, ImageSource[]>> {
  const byFov = new Map<string, ImageSource[]>();
  const ambiguous = new Set<string>();
  const add = (fov: string, source: ImageSource): void => {
    const list = byFov.get(fov) ?? [];
    const twin = list.find((other) => other.name === source.name);
    const key = `${fov}/${source.name}`;
    if (twin || ambiguous.has(key)) {
      ambiguous.add(key);
      byFov.set(
        fov,
        list.filter((other) => other.name !== source.name),
      );
      warnings.push({
        code: 'DatasetInvalid',
        message: `Expected one file for ${source.name} of FOV ${fov}, but found ${twin ? `${twin.file} and ` : 'also '}${source.file}; ${source.name} is left out.`,
      });
    } else byFov.set(fov, [...list, source]);
  };
  for (const { fov, source } of await preferTiff(await findFiles(folders, fovs, warnings), warnings)) add(fov, source);
  return byFov;
}

interface FoundFile {
  readonly fov: string;
  readonly source: ImageSource;
}

/** A folder that cannot be entered is said; the others are looked into. */
async function listOrWarn(folder: string, warnings: Warnings): Promise<Listing> {
  try {
    const listing = await listFolder(folder, 'a folder of masks or annotations');
    noteLinks(folder, listing, warnings);
    warnings.push(...deadLinkProblems(listing));
    return listing;
  } catch (error) {
    warnings.push({ code: 'ImageUnreadable', message: messageOf(error) });
    return { folders: [], files: [], links: [], deadLinks: [] };
  }
}

async function findFiles(
  folders: readonly string[],
  fovs: readonly string[],
  warnings: Warnings,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const folder of folders) {
    const listing = await listOrWarn(folder, warnings);
    for (const file of listing.files) {
      const stem = stemOf(file, fovs);
      if (stem === undefined) continue;
      // steinbock: one mask for each FOV, by the FOV's own name.
      if (fovs.includes(stem)) {
        found.push({ fov: stem, source: { name: path.basename(folder), file: path.join(folder, file) } });
        continue;
      }
      const fov = longest(fovs.filter((name) => stem.startsWith(`${name}_`) && stem.length > name.length + 1));
      if (fov) found.push({ fov, source: { name: stem.slice(fov.length + 1).trim(), file: path.join(folder, file) } });
    }
    for (const name of listing.folders) {
      for (const file of (await listOrWarn(path.join(folder, name), warnings)).files) {
        const stem = stemOf(file, fovs);
        if (stem !== undefined && fovs.includes(stem))
          found.push({ fov: stem, source: { name, file: path.join(folder, name, file) } });
      }
    }
  }
  return found;
}

/** PNGs are left out that no labels are in, and those that lie beside a TIFF of the same name, of which they are pictures. */
async function preferTiff(found: readonly FoundFile[], warnings: Problem[]): Promise<FoundFile[]> {
  const isPng = ({ source }: FoundFile): boolean => pngPattern.test(source.file);
  const keyOf = ({ fov, source }: FoundFile): string => JSON.stringify([fov, source.name]);
  const tiffs = new Set(found.filter((each) => !isPng(each)).map(keyOf));
  const beside: string[] = [];
  const colored: string[] = [];
  const kept: FoundFile[] = [];
  for (const each of found) {
    const { file } = each.source;
    const colors = isPng(each) ? await colorsOfPng(file) : undefined;
    if (colors !== undefined) colored.push(`${file} (${colors})`);
    else if (isPng(each) && tiffs.has(keyOf(each))) beside.push(file);
    else kept.push(each);
  }
  if (colored.length > 0) {
    const message = `Left out of masks and annotations, because labels are in grey PNGs of 8 or 16 bits: ${listNames(colored)}.`;
    warnings.push({ code: 'MaskInvalid', message });
  }
  if (beside.length > 0) {
    const message = `Left out, because a TIFF of the same name is read in place of the PNG: ${listNames(beside)}.`;
    warnings.push({ code: 'DatasetInvalid', message });
  }
  return kept;
}

/**
 * An image file's name without its ending, of which `.ome.tif` is one; a FOV's folder may be called `A.ome`, though.
 * `undefined` for other files.
 */
function stemOf(file: string, fovs: readonly string[]): string | undefined {
  const stem = (tiffPattern.exec(file) ?? pngPattern.exec(file))?.[1];
  return stem === undefined || fovs.includes(stem) ? stem : stackName(file);
}

function longest(names: readonly string[]): string | undefined {
  return names.reduce<string | undefined>(
    (best, name) => (best && best.length >= name.length ? best : name),
    undefined,
  );
}
