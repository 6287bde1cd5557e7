import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem, SavedRois } from '../../model/dataset';
import { isExportError } from '../../model/exportError';
import type { Roi } from '../../model/roi';
import { readRois } from './readRois';

const ownPlace = ['.batch-export', 'rois.json'];
const uelerPlace = ['.UELer', 'roi_manager.csv'];

/**
 * The ROIs of the given file; else those saved with the dataset: ours, or, if we have none, UELer's. A file that was
 * saved and is broken is a warning.
 */
export async function readSavedRois(
  folder: string,
  given: string | undefined,
  warnings: Problem[],
): Promise<SavedRois | undefined> {
  if (given !== undefined) return { file: given, rois: await readRois(given, warnings) };
  for (const place of [ownPlace, uelerPlace]) {
    const file = path.join(folder, ...place);
    if (!(await isThere(file))) continue;
    const rois = await tryRead(file, warnings);
    return rois && { file, rois };
  }
  return undefined;
}

/** The ROIs that UELer saved, if it did; a broken file is a warning. */
export async function readUelerRois(folder: string, warnings: Problem[]): Promise<readonly Roi[]> {
  const file = path.join(folder, ...uelerPlace);
  return (await isThere(file)) ? ((await tryRead(file, warnings)) ?? []) : [];
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function tryRead(file: string, warnings: Problem[]): Promise<readonly Roi[] | undefined> {
  try {
    return await readRois(file, warnings);
  } catch (error) {
    if (!isExportError(error)) throw error;
    warnings.push({ code: error.code, message: error.message });
    return undefined;
  }
}
