import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem, SavedRois } from '../../model/dataset';
import { ExportError, isExportError } from '../../model/exportError';
import { fovOfFileName } from '../../model/fovOfFileName';
import { fovOfRow } from '../../model/fovOfRow';
import type { Roi, RoiAnchor } from '../../model/roi';
import { uniqueNames } from '../../model/uniqueNames';
import { readRois } from './readRois';
import type { RoiOptions } from './roiCollector';

const ownPlace = ['.batch-export', 'rois.json'];
const uelerPlace = ['.UELer', 'roi_manager.csv'];

/** The folder in a dataset's that may hold ROI files, one for each image say. */
export const roisFolderName = 'rois';

/** The endings of ROI files, in a folder of them. */
const endings = /\.(?:geojson|json|roi|zip|csv|tsv|xml)$/i;

const tableEndings = /\.(?:csv|tsv)$/i;

/** The ROIs of a dataset, or why there are none although a file of them is there. */
export interface FoundRois {
  readonly rois?: SavedRois;
  readonly problem?: string;
}

/** What the user says of the ROIs of a dataset. */
export interface GivenRois {
  /** Absolute path, of a file or of a folder of them. */
  readonly file?: string | undefined;
  /** What `x` and `y` are in tables that do not say it. */
  readonly anchor?: RoiAnchor | undefined;
}

/**
 * The ROIs of the given file or folder of files; else those saved with the dataset: ours, or, if we have none, those in its
 * folder `rois`, or UELer's. A file that was saved and is broken is a warning.
 * @param fovs all FOVs of the dataset: of files in a folder, each may be named for one
 */
export async function readSavedRois(
  folder: string,
  given: GivenRois,
  fovs: readonly string[],
  warnings: Problem[],
): Promise<FoundRois> {
  const found = await findRois(folder, given, fovs, warnings);
  if (!found.rois) return found;
  const known = new Set(fovs);
  const rois = found.rois.rois.map((roi) => (roi.fov === undefined ? roi : { ...roi, fov: fovOfRow(roi.fov, known) }));
  return { rois: { ...found.rois, rois, ...(given.anchor && { anchor: given.anchor }) } };
}

async function findRois(
  folder: string,
  { file: given, anchor }: GivenRois,
  fovs: readonly string[],
  warnings: Problem[],
): Promise<FoundRois> {
  const options: RoiOptions = anchor ? { anchor } : {};
  if (given !== undefined) {
    const rois = (await isFolderOf(given))
      ? await readRoisFolder(given, fovs, warnings, options)
      : await readRois(given, warnings, undefined, options);
    return { rois: { file: given, rois } };
  }
  const saved = path.join(folder, ...ownPlace);
  if (await isThere(saved)) return ofFile(saved, warnings);
  const several = path.join(folder, roisFolderName);
  const inFolder =
    (await listRoiFiles(several)).length > 0 && (await orProblem(readRoisFolder(several, fovs, warnings, options)));
  if (typeof inFolder === 'object') return { rois: { file: several, rois: inFolder } };
  const uelers = path.join(folder, ...uelerPlace);
  if (await isThere(uelers)) return ofFile(uelers, warnings, { ...options, isUelers: true });
  return inFolder === false ? {} : { problem: inFolder };
}

async function ofFile(file: string, warnings: Problem[], options?: RoiOptions): Promise<FoundRois> {
  const rois = await orProblem(readRois(file, warnings, undefined, options));
  if (typeof rois !== 'string') return { rois: { file, rois } };
  warnings.push({ code: 'DatasetInvalid', message: rois });
  return { problem: rois };
}

/** The ROIs that UELer saved, if it did; a broken file is a warning. */
export async function readSavedUelerRois(folder: string, warnings: Problem[]): Promise<readonly Roi[]> {
  const file = path.join(folder, ...uelerPlace);
  return (await isThere(file)) ? ((await ofFile(file, warnings, { isUelers: true })).rois?.rois ?? []) : [];
}

/**
 * The ROIs of all files in a folder, by the files' names; where a file does not say in which FOV they are, in the one that it
 * is named for. Ids that repeat in another file are numbered. A broken file is a warning, if another one is not.
 */
async function readRoisFolder(
  folder: string,
  fovs: readonly string[],
  warnings: Problem[],
  options: RoiOptions,
): Promise<readonly Roi[]> {
  const names = await listRoiFiles(folder);
  const all: Roi[] = [];
  let problem: string | undefined;
  for (const name of names) {
    const rois = await orProblem(
      // Of files of several kinds, only tables need to be told.
      readRois(path.join(folder, name), warnings, undefined, tableEndings.test(name) ? options : {}),
    );
    if (typeof rois === 'string') {
      problem ??= rois;
      warnings.push({ code: 'DatasetInvalid', message: rois });
      continue;
    }
    const home = fovOfFileName(name, fovs);
    for (const roi of rois) {
      const isPlaced = roi.fov !== undefined || roi.mapId !== undefined;
      all.push(isPlaced || home === undefined ? roi : { ...roi, fov: home });
    }
  }
  if (all.length === 0) {
    const found =
      problem ??
      `Expected files of regions of interest in ${folder}, but found ${names.length === 0 ? 'none' : 'no region in any'}.`;
    throw new ExportError('DatasetInvalid', found);
  }
  const ids = uniqueNames(all.map(({ id }) => id));
  return all.map((roi, i) => (roi.id === ids[i] ? roi : { ...roi, id: ids[i] }));
}

async function listRoiFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && endings.test(entry.name));
  return files.map(({ name }) => name).sort();
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function isFolderOf(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isDirectory() === true;
}

/** What a broken file is refused with, as a sentence. */
async function orProblem(read: Promise<readonly Roi[]>): Promise<readonly Roi[] | string> {
  try {
    return await read;
  } catch (error) {
    if (!isExportError(error)) throw error;
    return error.message;
  }
}
