import path from 'node:path';
import type { Dataset, Fov, ImageSource, Problem } from '../model/dataset';
import { ExportError, messageOf } from '../model/exportError';
import { jobsFolderName } from '../model/plan';
import { readSavedMarkerSets } from '../store/readSavedMarkerSets';
import { findOverlays } from './findOverlays';
import { isFolder, type Listing, listFolder, nameOrder, tiffPattern } from './listFolder';
import { readTableSummary } from './readTableSummary';

/** What the user says instead of what is found without asking. All absolute paths. */
export interface DatasetOptions {
  readonly masksFolder?: string;
  readonly markerSetFile?: string;
}

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

/**
 * Finds the FOVs of a dataset, with their channels, masks and annotations, and what was saved beside them. Lists
 * folders and reads small settings files; opens no image.
 * Fails with `DatasetInvalid` when the folder cannot be read or holds no FOV.
 */
export async function openDataset(folder: string, options: DatasetOptions = {}): Promise<Dataset> {
  const warnings: Problem[] = [];
  const entries = await listFolder(folder, 'a dataset folder');
  const folders: FovFolder[] = [];
  for (const name of entries.folders) {
    if (notFovs.has(name.toLowerCase()) || path.join(folder, name) === options.masksFolder) continue;
    const fov = await readFovFolder(path.join(folder, name), name, warnings);
    if (fov) folders.push(fov);
  }
  if (folders.length === 0) throw new ExportError('DatasetInvalid', noFovsMessage(folder, entries));
  folders.sort((a, b) => nameOrder.compare(a.name, b.name));

  const names = folders.map((fov) => fov.name);
  const masksFolders = options.masksFolder ? [options.masksFolder] : await existing(folder, ['masks', 'segmentation']);
  const masks = await findOverlays(masksFolders, names, warnings);
  const annotations = await findOverlays(await existing(folder, ['annotations']), names, warnings);
  const saved = await readSavedMarkerSets(folder, options.markerSetFile);
  const cellTable = await readTableSummary(path.join(folder, 'cell_table.csv'), warnings);
  const rois = await readTableSummary(path.join(folder, '.UELer', 'roi_manager.csv'), warnings);
  return {
    folder,
    fovs: folders.map((fov) => ({
      ...fov,
      masks: masks.get(fov.name) ?? [],
      annotations: annotations.get(fov.name) ?? [],
    })),
    markerSets: saved.markerSets,
    ...(saved.pixelSize && { fallbackPixelSize: saved.pixelSize }),
    ...(cellTable && { cellTable }),
    ...(rois && { rois }),
    warnings: [...warnings, ...saved.warnings],
  };
}

/** The folders of these names that are there. */
async function existing(folder: string, names: readonly string[]): Promise<string[]> {
  const candidates = names.map((name) => path.join(folder, name));
  const there = await Promise.all(candidates.map(isFolder));
  return candidates.filter((_, i) => there[i]);
}

type FovFolder = Omit<Fov, 'masks' | 'annotations'>;

/** The FOV in a folder, or `undefined` if it holds no TIFF where channels are kept. */
async function readFovFolder(folder: string, name: string, warnings: Problem[]): Promise<FovFolder | undefined> {
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
    if (channels.length > 0) return { name, folder, channels };
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

function noFovsMessage(folder: string, { folders, files }: Listing): string {
  const expected = `Expected one sub-folder per FOV with one TIFF per channel in ${folder}, but found`;
  const tiffs = files.filter((file) => tiffPattern.test(file)).length;
  if (folders.length === 0 && files.length === 0) return `${expected} an empty folder.`;
  if (tiffs > 0) {
    return `${expected} ${tiffs} TIFF ${tiffs === 1 ? 'file' : 'files'} directly in it; if it is itself a FOV, choose the folder above.`;
  }
  return `${expected} ${folders.length} sub-folders without TIFF files and ${files.length} other files.`;
}
