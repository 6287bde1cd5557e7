import path from 'node:path';
import type { Problem } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { requireNoLinkOut } from '../read/linksOut';
import { isFolder } from '../read/listFolder';
import { readSavedUelerRois } from '../read/rois/readSavedRois';
import { type ImportEntry, ImportLedger } from './importLedger';
import { mergeMarkerSets } from './mergeMarkerSets';
import { mergePalettes } from './mergePalettes';
import { mergePixelSize } from './mergePixelSize';
import { mergeRecipes } from './mergeRecipes';
import { mergeRois } from './mergeRois';
import { readExportConfigs } from './readExportConfigs';
import { readSavedMarkerSets } from '../store/readSavedMarkerSets';
import { distinct, readOwnPalettes, readUelerPalettes } from '../store/readSavedPalettes';
import { readUelerState } from '../store/readUelerState';
import { saveOwnFile } from '../write/saveOwnFile';

export interface ImportOptions {
  /** Whether UELer's replaces what we have of the same name; otherwise ours is kept. */
  readonly overwrite?: boolean;
  /** Only say what would be done. */
  readonly dryRun?: boolean;
  /** Called with what writes the files, and runs it. */
  readonly whileWriting?: (write: () => Promise<void>) => Promise<void>;
}

/** What an import did, or would do. */
export interface ImportReport {
  /** The dataset's folder, absolute. */
  readonly folder: string;
  readonly imported: number;
  readonly replaced: number;
  readonly kept: number;
  readonly leftOut: number;
  readonly entries: readonly ImportEntry[];
  /** Sentences on what could not be read, or not be taken over whole. */
  readonly notes: readonly string[];
  /** The files that were written, or would be, relative to the folder. */
  readonly files: readonly string[];
}

/**
 * Takes what UELer saved with a dataset over into files of our own in `.batch-export`: marker sets, palettes, the pixel
 * size, ROIs, and export configs as recipes. UELer's folder is only read. Of ours nothing is lost: files are added to, and
 * what is there of the same name is kept unless told otherwise.
 * Fails with `DatasetInvalid` when there is no `.UELer`, or when a file of ours that would be written cannot be read;
 * then nothing is written.
 * @param folder absolute path of the dataset
 */
export async function importUeler(folder: string, options: ImportOptions = {}): Promise<ImportReport> {
  if (!(await isFolder(path.join(folder, '.UELer')))) {
    throw new ExportError('DatasetInvalid', `Expected a folder .UELer in ${folder}, but there is none.`);
  }
  const warnings: Problem[] = [];
  const ledger = new ImportLedger(options.overwrite ?? false);
  const state = await readUelerState(folder, warnings);
  const palettes = await readUelerPalettes(folder, warnings);
  // What an export config names is UELer's, or was imported before.
  const saved = await readSavedMarkerSets(folder);
  const known = {
    markerSets: [...(state?.markerSets ?? []), ...saved.markerSets],
    palettes: distinct([...palettes, ...(await readOwnPalettes(folder, []))]),
  };
  const configs = await readExportConfigs(folder, known, warnings);
  const rois = await readSavedUelerRois(folder, warnings);
  ledger.warn(warnings);
  // A file of ours that is broken ends this here, before anything is written.
  const files = [
    ...(await mergeMarkerSets(folder, state?.markerSets ?? [], ledger)),
    ...(await mergePalettes(folder, palettes, ledger)),
    ...(await mergePixelSize(folder, state?.pixelSizeUm, ledger)),
    ...(await mergeRois(folder, rois, ledger)),
    ...(await mergeRecipes(folder, configs, ledger)),
  ];
  if (options.dryRun !== true) {
    for (const file of files) {
      const place = path.join(folder, path.dirname(file.path));
      await requireNoLinkOut(place, folder, 'put a folder in the place of the link');
    }
    const write = async (): Promise<void> => {
      for (const file of files) await saveOwnFile(path.join(folder, file.path), file.content, file.replaces);
    };
    await (options.whileWriting?.(write) ?? write());
  }
  const count = (outcome: ImportEntry['outcome']): number =>
    ledger.entries.filter((entry) => entry.outcome === outcome).length;
  return {
    folder,
    imported: count('imported'),
    replaced: count('replaced'),
    kept: count('kept'),
    leftOut: count('left out'),
    entries: ledger.entries,
    notes: ledger.notes,
    files: files.map((file) => file.path),
  };
}
