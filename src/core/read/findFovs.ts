import path from 'node:path';
import type { ImageSource, Problem } from '../model/dataset';
import { ExportError, messageOf } from '../model/exportError';
import { listNames } from '../model/listNames';
import { jobsFolderName } from '../model/plan';
import { uniqueNames } from '../model/uniqueNames';
import type { FoundFov, FoundFovs } from './foundFov';
import { isFolder, type Listing, listFolder, nameOrder, tiffPattern } from './listFolder';
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
  warnings: Problem[],
): Promise<FoundFovs> {
  const entries = await listFolder(folder, 'a dataset folder');
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
  const stacks = await findStacks(folder, entries, folders, zarr.length > 0, panelFile, warnings);
  const found = stacks ?? [...folders, ...zarr.flatMap(({ fovs }) => fovs)];
  if (found.length === 0) throw new ExportError('DatasetInvalid', noFovsMessage(folder, entries, warnings));
  const names = uniqueNames(found.map((fov) => fov.name));
  const fovs = found.map((fov, i) => ({ ...fov, name: names[i] }));
  fovs.sort((a, b) => nameOrder.compare(a.name, b.name));
  return { fovs, markerSets: zarr.flatMap(({ markerSets }) => markerSets) };
}

/** The FOVs of stacks, if the dataset is one of stacks: files in its only folders, or files directly in it. */
async function findStacks(
  folder: string,
  entries: Listing,
  folders: readonly FoundFov[],
  hasOthers: boolean,
  panelFile: string | undefined,
  warnings: Problem[],
): Promise<readonly FoundFov[] | undefined> {
  const tiffs = entries.files.filter((file) => tiffPattern.test(file)).map((file) => path.join(folder, file));
  const inFolder = folders.length === 0 && !hasOthers;
  if (!inFolder && tiffs.length > 0) {
    warnings.push({
      code: 'DatasetInvalid',
      message: `${folder} holds FOVs in folders and ${tiffs.length} TIFF ${tiffs.length === 1 ? 'file' : 'files'} beside them; the files are left out.`,
    });
  }
  if (inFolder) return toFovs(tiffs, await readPanel(folder, panelFile), warnings);
  if (folders.length === 0 || folders.length > maxStackFolders || hasOthers) return undefined;
  const all: FoundFov[] = [];
  for (const { channels } of folders) {
    // A folder is one of stacks if its first file is one; opening every file of every folder would take long.
    const [first] = await readStackFovs([channels[0].file], undefined, []);
    if (!first) return undefined;
    const panel = (await readPanel(path.dirname(channels[0].file), panelFile)) ?? (await readPanel(folder));
    all.push(
      ...(await toFovs(
        channels.map(({ file }) => file),
        panel,
        warnings,
      )),
    );
  }
  return all;
}

/** Masks beside stacks are no FOVs: `E34_mask.tiff` belongs to `E34_imc.tiff`, or to `E34.tiff`. */
const maskBeside = /^(.+)_(masks?)$/i;

async function toFovs(
  files: readonly string[],
  panel: Awaited<ReturnType<typeof readPanel>>,
  warnings: Problem[],
): Promise<FoundFov[]> {
  const stem = (file: string): string => tiffPattern.exec(path.basename(file))?.[1] ?? '';
  const beside = files.filter((file) => maskBeside.test(stem(file)));
  const candidates = files.filter((file) => !beside.includes(file));
  const stacks = await readStackFovs(candidates, panel, warnings);
  const used = new Set(stacks.flatMap((fov) => [fov.path, ...fov.channels.map(({ file }) => file)]));
  const unused = candidates.filter((file) => !used.has(file));
  if (stacks.length > 0 && unused.length > 0) {
    warnings.push({
      code: 'DatasetInvalid',
      message: `Left out, because they hold one channel each or belong to no FOV: ${listNames(unused.map((file) => path.basename(file)))}.`,
    });
  }
  const fovs = stacks.map((fov) => ({ ...fov, masks: [] as ImageSource[] }));
  for (const file of beside) {
    const [, owner, name] = maskBeside.exec(stem(file))!;
    const exact = fovs.filter((fov) => fov.name === owner);
    const owners = exact.length > 0 ? exact : fovs.filter((fov) => fov.name.startsWith(`${owner}_`));
    if (owners.length === 1) owners[0].masks.push({ name, file });
    else {
      warnings.push({
        code: 'MaskNotFound',
        message: `${path.basename(file)} looks like a mask, but ${owners.length === 0 ? 'no FOV' : 'more than one FOV'} has a name that begins with ${owner}; it is left out.`,
      });
    }
  }
  return fovs;
}

/** The FOV in a folder, or `undefined` if it holds no TIFF where channels are kept. */
async function readFovFolder(folder: string, name: string, warnings: Problem[]): Promise<FoundFov | undefined> {
  let listing: Listing;
  try {
    listing = await listFolder(folder, 'a FOV folder');
    if (await isFolder(path.join(folder, jobsFolderName))) return undefined;
  } catch (error) {
    warnings.push({ code: 'DatasetInvalid', message: messageOf(error) });
    return undefined;
  }
  // `rescaled` replaces the folder's own files when it holds any; `TIFs` is where MIBI's software puts them.
  for (const sub of ['rescaled', 'TIFs', '']) {
    if (sub && !listing.folders.includes(sub)) continue;
    const files = sub ? (await listFolder(path.join(folder, sub), 'a FOV folder')).files : listing.files;
    const channels = toSources(files, path.join(folder, sub), name, warnings);
    if (channels.length > 0) return { name, path: folder, channels, masks: [] };
  }
  return undefined;
}

/** One source per TIFF, named by its stem. Two files of one stem are both left out, for either would be a guess. */
function toSources(files: readonly string[], folder: string, fov: string, warnings: Problem[]): ImageSource[] {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const stem = tiffPattern.exec(file)?.[1];
    if (stem) byName.set(stem, [...(byName.get(stem) ?? []), file]);
  }
  const sources: ImageSource[] = [];
  for (const [name, [file, ...others]] of byName) {
    if (others.length === 0) sources.push({ name, file: path.join(folder, file) });
    else {
      warnings.push({
        code: 'ChannelNotFound',
        message: `Expected one file for channel ${name} of FOV ${fov}, but found ${[file, ...others].join(' and ')}; the channel is left out.`,
      });
    }
  }
  return sources;
}

function noFovsMessage(folder: string, { folders, files }: Listing, warnings: readonly Problem[]): string {
  const expected = `Expected FOVs in ${folder} (a sub-folder for each with one TIFF per channel, TIFF files of many channels, or OME-Zarr), but found`;
  const tiffs = files.filter((file) => tiffPattern.test(file)).length;
  if (folders.length === 0 && files.length === 0) return `${expected} an empty folder.`;
  if (tiffs > 0) {
    const trouble = warnings.find(({ code }) => code !== 'DatasetInvalid');
    return `${expected} ${tiffs} TIFF ${tiffs === 1 ? 'file' : 'files'} of one channel directly in it; if it is itself a FOV, choose the folder above.${trouble ? ` ${trouble.message}` : ''}`;
  }
  return `${expected} ${folders.length} sub-folders without TIFF files and ${files.length} other files.`;
}
