import path from 'node:path';
import type { ImageSource, Problem } from '../model/dataset';
import { ExportError, messageOf } from '../model/exportError';
import { listNames } from '../model/listNames';
import { jobsFolderName } from '../model/plan';
import { uniqueNames } from '../model/uniqueNames';
import { findFovsBelow } from './findFovsBelow';
import type { FoundFov, FoundFovs } from './foundFov';
import {
  deadLinkProblems,
  isFolder,
  type Listing,
  listFolder,
  nameOrder,
  noteLinks,
  pngPattern,
  tiffPattern,
  type Warnings,
} from './listFolder';
import { readImageHeader } from './openImage';
import { colorsOfPng } from './png/pngHeader';
import { stackName } from './stack/nameChannels';
import { readPanel } from './stack/readPanel';
import { readStackFovs } from './stack/readStackFovs';
import { readZarrFovs } from './zarr/readZarrFovs';
import { isZarr } from './zarr/findZarrImages';

/** Folders of these names beside the FOVs hold something else, also when it is TIFF files. */
const notFovs = new Set([
  'masks',
  'mask',
  'annotations',
  'annotation',
  'segmentation',
  'segmentation_output',
  'exports',
  'export',
  // Of the file system.
  'lost+found',
  '$recycle.bin',
  'system volume information',
  // Inside a FOV folder these hold its channels; a folder of this name is never a FOV by itself.
  'tifs',
  'rescaled',
]);

/** A dataset of stacks keeps them in one folder; among more folders, each is a FOV of its own. */
const maxStackFolders = 3;

/**
 * Finds the FOVs of a dataset: folders of one TIFF per channel, OME-Zarr images, or TIFF files of many channels each,
 * directly in the folder or in one below. Folders of channels are only listed; other images have their metadata read.
 * Fails with `DatasetInvalid` when there is none.
 * @param skip folders that are something else, absolute
 */
export async function findFovs(
  folder: string,
  skip: readonly string[],
  panelFile: string | undefined,
  warnings: Warnings,
): Promise<FoundFovs> {
  const entries = await listFolder(folder, 'a dataset folder');
  noteLinks(folder, entries, warnings);
  warnings.push(...deadLinkProblems(entries));
  const folders: FoundFov[] = [];
  const zarr: FoundFovs[] = [];
  for (const name of entries.folders) {
    const candidate = path.join(folder, name);
    if (notFovs.has(name.toLowerCase()) || skip.includes(candidate)) continue;
    if (name.toLowerCase().endsWith('.zarr') || (await isZarr(candidate))) {
      zarr.push(await readZarrFovs(candidate, warnings));
      continue;
    }
    const fov = await readFovFolder(candidate, name, warnings);
    if (fov) folders.push(fov);
  }
  const stacks = await findStacks({ folder, entries, panelFile }, folders, zarr.length > 0, warnings);
  const found = stacks ?? [...folders, ...zarr.flatMap(({ fovs }) => fovs)];
  if (found.length === 0) throw new ExportError('DatasetInvalid', await noFovsMessage(folder, entries, warnings));
  return { fovs: withUniqueNames(found), markerSets: zarr.flatMap(({ markerSets }) => markerSets) };
}

function withUniqueNames(found: readonly FoundFov[]): FoundFov[] {
  const names = uniqueNames(found.map((fov) => fov.name));
  return found.map((fov, i) => ({ ...fov, name: names[i] })).sort((a, b) => nameOrder.compare(a.name, b.name));
}

/** A dataset's folder, what is in it, and the panel that the user named. */
interface ListedFolder {
  readonly folder: string;
  readonly entries: Listing;
  readonly panelFile: string | undefined;
}

/** The FOVs of stacks, if the dataset is one of stacks: files in its only folders, or files directly in it. */
async function findStacks(
  { folder, entries, panelFile }: ListedFolder,
  folders: readonly FoundFov[],
  hasOthers: boolean,
  warnings: Problem[],
): Promise<readonly FoundFov[] | undefined> {
  const tiffs = tiffsIn(folder, entries);
  const inFolder = folders.length === 0 && !hasOthers;
  if (!inFolder && tiffs.length > 0) {
    warnings.push({
      code: 'DatasetInvalid',
      message: `${folder} holds FOVs in folders and ${tiffs.length} TIFF ${tiffs.length === 1 ? 'file' : 'files'} beside them; the files are left out.`,
    });
  }
  if (inFolder) {
    const files = [...tiffs, ...(await pngMasksIn(folder, entries))];
    return toFovs(files, await readPanel(folder, panelFile, warnings), warnings);
  }
  if (folders.length === 0 || folders.length > maxStackFolders || hasOthers) return undefined;
  // All of them, before any is read: what is a stack is not said twice.
  for (const { channels } of folders) if (channels.length === 0 || !(await holdsStacks(channels))) return undefined;
  const all: FoundFov[] = [];
  for (const { channels } of folders) {
    const home = path.dirname(channels[0].file);
    const panel = (await readPanel(home, panelFile, warnings)) ?? (await readPanel(folder, undefined, warnings));
    const masks = await pngMasksIn(home, await listFolder(home, 'a folder of images'));
    all.push(...(await toFovs([...channels.map(({ file }) => file), ...masks], panel, warnings)));
  }
  return all;
}

/**
 * The FOVs that are files in a folder, whatever lies beside them: one of the files is the dataset, and the others are there
 * because a file may be a part of a set, and because the longest FOV name that fits a mask's is the mask's.
 */
export async function findFileFovs(
  folder: string,
  panelFile: string | undefined,
  warnings: Warnings,
): Promise<FoundFovs> {
  const entries = await listFolder(folder, 'a dataset folder');
  noteLinks(folder, entries, warnings);
  const files = [...tiffsIn(folder, entries), ...(await pngMasksIn(folder, entries))];
  const found = await toFovs(files, await readPanel(folder, panelFile, warnings), warnings);
  return { fovs: withUniqueNames(found), markerSets: [] };
}

function tiffsIn(folder: string, { files }: Listing): string[] {
  return files.filter((file) => tiffPattern.test(file)).map((file) => path.join(folder, file));
}

/** Labels that Cellpose saves beside the images that they are of. */
async function pngMasksIn(folder: string, { files }: Listing): Promise<string[]> {
  const masks: string[] = [];
  for (const name of files.filter((each) => pngPattern.test(each) && maskBeside.test(stackName(each)))) {
    const file = path.join(folder, name);
    if ((await colorsOfPng(file)) === undefined) masks.push(file);
  }
  return masks;
}

/** Whether the files of a folder are stacks, and not the channels of one FOV, which may be OME-TIFF, too. */
async function holdsStacks(channels: readonly ImageSource[]): Promise<boolean> {
  const files = channels.map(({ file }) => file).filter((file) => !maskBeside.test(stackName(file)));
  // The first one that can be read decides; opening every file of every folder would take long.
  for (const file of files.slice(0, 3)) {
    const { fovs, others } = await readStackFovs([file], undefined, []);
    if (others.length > 0) return false;
    if (fovs.some(({ error }) => error === undefined)) return fovs.some((fov) => fov.channels.length > 1);
    // A channel whose metadata are not its own, say those of the uncut original, is a channel all the same.
    if (await readImageHeader({ file }).catch(() => undefined)) return false;
  }
  return true;
}

/** Masks beside stacks are no FOVs: `E34_mask.tiff` belongs to `E34_imc.tiff`, or to `E34.tiff`; Cellpose adds `_cp_masks`. */
const maskBeside = /^(.+?)_((?:cp_)?masks?)$/i;

async function toFovs(
  files: readonly string[],
  panel: Awaited<ReturnType<typeof readPanel>>,
  warnings: Problem[],
): Promise<FoundFov[]> {
  const beside = files.filter((file) => maskBeside.test(stackName(file)));
  const { fovs: stacks, others } = await readStackFovs(
    files.filter((file) => !beside.includes(file)),
    panel,
    warnings,
  );
  if (stacks.length > 0 && others.length > 0) {
    warnings.push({
      code: 'DatasetInvalid',
      message: `Left out, because they hold one channel each and belong to no FOV: ${listNames(others.map((file) => path.basename(file)))}.`,
    });
  }
  const fovs = nameApart(stacks, warnings).map((fov) => ({ ...fov, masks: [] as ImageSource[] }));
  for (const file of beside) {
    const [, owner, name] = maskBeside.exec(stackName(file))!;
    const exact = fovs.filter((fov) => fov.name === owner);
    const similar = fovs.filter((fov) => fov.name.startsWith(`${owner}_`));
    const owners = exact.length > 0 ? exact : similar.filter((fov) => isKind(fov.name.slice(owner.length + 1)));
    if (owners.length === 1 && (exact.length === 1 || similar.length === 1)) {
      const { masks } = owners[0];
      // TIFFs come first, and a PNG of the same name is a picture of one.
      if (!pngPattern.test(file) || !masks.some((mask) => mask.name === name)) masks.push({ name, file });
      continue;
    }
    const who = ['no FOV', 'only a FOV that may be another one'][similar.length] ?? 'more than one FOV';
    warnings.push({
      code: 'MaskNotFound',
      message: `${path.basename(file)} looks like a mask, but ${who} has a name that begins with ${owner}; it is left out.`,
    });
  }
  return fovs;
}

/** What kind of file it is, such as `imc`, and not which FOV: `E34_2` is another one than `E34`. */
function isKind(ending: string): boolean {
  return /^[a-z]+$/i.test(ending);
}

/** FOVs of one name, such as those of `A.tif` and `A.ome.tif`, are called by the whole names of their files. */
function nameApart(fovs: readonly FoundFov[], warnings: Problem[]): FoundFov[] {
  const byName = new Map<string, FoundFov[]>();
  for (const fov of fovs) byName.set(fov.name, [...(byName.get(fov.name) ?? []), fov]);
  for (const [name, clashing] of byName) {
    if (clashing.length === 1) continue;
    const files = clashing.map((fov) => path.basename(fov.path));
    warnings.push({
      code: 'DatasetInvalid',
      message: `Expected one file for FOV ${name}, but found ${listNames(files, { between: ' and ' })}; the FOVs are called by the whole names of their files, and masks and table rows of ${name} belong to none of them.`,
    });
  }
  return fovs.map((fov) => (byName.get(fov.name)!.length === 1 ? fov : { ...fov, name: path.basename(fov.path) }));
}

/** Mantis keeps a FOV's label mask among its channels, under this name. */
const maskInFolder = 'segmentation';

/** The FOV in a folder, or `undefined` if it holds no TIFF where channels are kept. */
async function readFovFolder(folder: string, name: string, warnings: Warnings): Promise<FoundFov | undefined> {
  // It may well be a FOV: it is not left out of a batch without a word.
  const unreadable = (message: string): FoundFov => {
    return { name, path: folder, channels: [], masks: [], error: { code: 'ImageUnreadable', message } };
  };
  try {
    const listing = await listFolder(folder, 'a FOV folder');
    noteLinks(folder, listing, warnings);
    if (await isFolder(path.join(folder, jobsFolderName))) return undefined;
    const { deadLinks } = listing;
    // `rescaled` replaces the folder's own files when it holds any; `TIFs` is where MIBI's software puts them.
    for (const sub of ['rescaled', 'TIFs', '']) {
      if (sub && !listing.folders.includes(sub)) continue;
      const place = path.join(folder, sub);
      const found = sub ? await listFolder(place, 'a FOV folder') : listing;
      noteLinks(place, found, warnings);
      const clashes: Problem[] = [];
      const sources = toSources(found.files, place, name, clashes);
      warnings.push(...clashes);
      const masks = sources.filter((source) => source.name === maskInFolder);
      const channels = sources.filter((source) => source.name !== maskInFolder);
      if (channels.length > 0) {
        const links = found === listing ? deadLinks : [...deadLinks, ...found.deadLinks];
        warnings.push(...deadLinkProblems({ deadLinks: links }));
        return { name, path: folder, channels, masks };
      }
      if (clashes.length > 0) return unreadable(clashes.map(({ message }) => message).join(' '));
      const [problem] = deadLinkProblems({ deadLinks: found.deadLinks.filter((link) => tiffPattern.test(link.name)) });
      if (problem)
        return unreadable(`Expected channels of FOV ${name} in ${folder}, but found none. ${problem.message}`);
    }
    return undefined;
  } catch (error) {
    return unreadable(messageOf(error));
  }
}

/**
 * One source per TIFF, named by its stem, of which the `.ome` of `DNA.ome.tif` is no part. Two files of one stem are both
 * left out, for either would be a guess.
 */
function toSources(files: readonly string[], folder: string, fov: string, warnings: Problem[]): ImageSource[] {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const stem = tiffPattern.test(file) ? stackName(file).trim() : '';
    if (stem !== '') byName.set(stem, [...(byName.get(stem) ?? []), file]);
  }
  const sources: ImageSource[] = [];
  for (const [name, [file, ...others]] of byName) {
    if (others.length === 0) sources.push({ name, file: path.join(folder, file) });
    else {
      warnings.push({
        code: 'ChannelNotFound',
        message: `Expected one file for channel ${name} of FOV ${fov}, but found ${listNames([file, ...others], { between: ' and ' })}; the channel is left out.`,
      });
    }
  }
  return sources;
}

async function noFovsMessage(
  folder: string,
  { folders, files }: Listing,
  warnings: readonly Problem[],
): Promise<string> {
  const expected = `Expected FOVs in ${folder} (a sub-folder for each with one TIFF per channel, TIFF files of many channels, or OME-Zarr), but found`;
  const tiffs = files.filter((file) => tiffPattern.test(file)).length;
  if (folders.length === 0 && files.length === 0) return `${expected} an empty folder.`;
  if (tiffs > 0) {
    const trouble = warnings.find(({ code }) => code !== 'DatasetInvalid');
    return `${expected} ${tiffs} TIFF ${tiffs === 1 ? 'file' : 'files'} of one channel directly in it; if it is itself a FOV, choose the folder above.${trouble ? ` ${trouble.message}` : ''}`;
  }
  const below = await findFovsBelow(
    folder,
    folders.filter((name) => !notFovs.has(name.toLowerCase())),
  );
  if (below.length > 0) {
    const places = listNames(below.map(({ folder: place, fovs }) => `${place} (${fovs})`));
    return `${expected} them one folder below; choose ${below.length === 1 ? 'that one' : 'one of these'}: ${places}.`;
  }
  const dead = warnings.find(({ code }) => code === 'ImageUnreadable');
  return `${expected} ${folders.length} sub-folders without TIFF files and ${files.length} other files.${dead ? ` ${dead.message}` : ''}`;
}
