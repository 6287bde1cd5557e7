import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, ImageSource, Problem } from '../model/dataset';
import type { CellRole, CentroidUnit } from '../model/datasetParts';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { RoiAnchor } from '../model/roi';
import { readSavedMarkerSets } from '../store/readSavedMarkerSets';
import { readSavedPalettes } from '../store/readSavedPalettes';
import { findFileFovs, findFovs } from './findFovs';
import type { FoundFov } from './foundFov';
import { findOverlays } from './findOverlays';
import { isAtOrIn, linkWarnings } from './linksOut';
import { isFolder, listFolder, Warnings } from './listFolder';
import { readSlides } from './readSlides';
import { readSavedRois } from './rois/readSavedRois';
import { describeCellTable } from './table/describeCellTable';
import type { ColumnValues } from './table/findFovColumn';
import { readTableSummary } from './table/readTableSummary';
import { isZarr } from './zarr/findZarrImages';

const masksFolderNames = ['masks', 'segmentation'];
const annotationsFolderNames = ['annotations'];
/** Folders in which we and UELer keep what was saved with a dataset. */
const stateFolders = ['.batch-export', '.UELer'];

/** Of the folders in a dataset's in which masks and annotations are looked for. */
export const overlayFolderNames: readonly string[] = [...masksFolderNames, ...annotationsFolderNames];

/** What the user says instead of what is found without asking. All absolute paths. */
export interface DatasetOptions {
  readonly masksFolder?: string;
  readonly annotationsFolder?: string;
  readonly cellTableFile?: string;
  /** The cell table's columns by what they say; guessed from their names unless given. */
  readonly columns?: Readonly<Partial<Record<CellRole, string>>>;
  /** The unit of the table's centroids; pixels unless columns of their names have others. */
  readonly centroidUnit?: CentroidUnit;
  /** The mask that the cell table's labels belong to; `whole_cell`, else the only one, unless given. */
  readonly cellMask?: string;
  /** A file, or a folder of them. */
  readonly roisFile?: string;
  /** What `x` and `y` are in tables of ROIs that are not UELer's. */
  readonly roiAnchor?: RoiAnchor;
  /** Names of the channels of stacks. */
  readonly panelFile?: string;
  readonly markerSetFile?: string;
}

/**
 * Opens a dataset: its FOVs with their channels, masks and annotations, and what was saved beside them. Reads no pixels.
 * A single image (an OME-TIFF or other stack, or an OME-Zarr folder) is the dataset of its folder with that image only.
 * Fails with `DatasetInvalid` when the folder cannot be read or holds no FOV, or when a file that the user named is not
 * as it must be.
 */
export async function openDataset(location: string, options: DatasetOptions = {}): Promise<Dataset> {
  const single = await singleImage(location);
  const folder = single ? path.dirname(location) : location;
  const warnings = new Warnings();
  const skip = [options.masksFolder, options.annotationsFolder].filter((given) => given !== undefined);
  const found =
    single === 'file'
      ? await findFileFovs(folder, options.panelFile, warnings)
      : await findFovs(folder, skip, options.panelFile, warnings);
  const fovs = single ? found.fovs.filter((fov) => isOf(fov, location)) : found.fovs;
  if (fovs.length === 0) {
    const trouble = warnings.find(({ code, message }) => code !== 'DatasetInvalid' && message.includes(location));
    throw new ExportError(
      'DatasetInvalid',
      `Expected an image of many channels in ${location}, but found none.${trouble ? ` ${trouble.message}` : ''}`,
    );
  }
  const isStack = (fov: FoundFov): boolean => fov.error !== undefined || fov.channels.some(({ plane }) => plane);
  if (options.panelFile !== undefined && !fovs.some(isStack)) {
    throw new ExportError(
      'DatasetInvalid',
      `Expected TIFF files of many channels for the panel ${options.panelFile}, but the FOVs of ${folder} are folders, whose files name their channels.`,
    );
  }
  // All names, so that the longest one that fits a mask's name is known.
  const names = found.fovs.map((fov) => fov.name);
  for (const named of skip) await listFolder(named, 'a folder of masks or annotations');
  const masksFolders = options.masksFolder ? [options.masksFolder] : await existing(folder, masksFolderNames);
  const masks = await findOverlays(masksFolders, names, warnings);
  const annotationsFolders = options.annotationsFolder
    ? [options.annotationsFolder]
    : await existing(folder, annotationsFolderNames);
  const annotations = await findOverlays(annotationsFolders, names, warnings);
  const saved = await readSavedMarkerSets(folder, options.markerSetFile);
  const palettes = await readSavedPalettes(folder, warnings);
  const tableWarnings: Problem[] = [];
  const cellTableFile = options.cellTableFile ?? (await findCellTable(folder));
  const fovValues = new Map<string, ColumnValues>();
  const tableSummary = await readTableSummary(cellTableFile, tableWarnings, fovValues, options.columns?.fov);
  const cellTableProblem = tableSummary ? undefined : tableWarnings[0]?.message;
  warnings.push(...tableWarnings);
  if (options.cellTableFile && !tableSummary) {
    throw new ExportError(
      'DatasetInvalid',
      cellTableProblem ?? `Expected a cell table at ${options.cellTableFile}, but there is no such file.`,
    );
  }
  const maskName =
    options.cellMask ?? cellMaskName([...found.fovs.flatMap((fov) => fov.masks), ...[...masks.values()].flat()]);
  const surroundings = {
    ...(options.columns && { given: options.columns }),
    ...(options.centroidUnit && { unit: options.centroidUnit }),
    fovs: names,
    fovValues,
    ...(maskName !== undefined && { maskName }),
    isMaskGiven: options.cellMask !== undefined,
  };
  requireMask(options.cellMask, folder, [...found.fovs.flatMap((fov) => fov.masks), ...[...masks.values()].flat()]);
  const cellTable = tableSummary && (await describeCellTable(tableSummary, surroundings, warnings));
  const slides = await readSlides(folder, warnings);
  const { rois, problem: roisProblem } = await readSavedRois(
    folder,
    { file: options.roisFile, anchor: options.roiAnchor },
    names,
    warnings,
  );
  const complete = fovs.map((fov) => ({
    ...fov,
    masks: [...fov.masks, ...(masks.get(fov.name) ?? [])],
    annotations: annotations.get(fov.name) ?? [],
  }));
  const beside = [
    ...(cellTable ? [cellTable.file] : []),
    ...(rois ? [rois.file] : []),
    ...stateFolders.map((name) => path.join(folder, name)),
  ];
  for (const place of beside) {
    if ((await lstat(place).catch(() => undefined))?.isSymbolicLink()) warnings.links.add(place);
  }
  const used = complete.flatMap(({ path: place, channels, masks: ofFov, annotations: drawn }) => {
    return [place, ...[...channels, ...ofFov, ...drawn].map(({ file }) => file)];
  });
  const linked = await linkWarnings(folder, warnings.links, [...used, ...beside]);
  return {
    folder,
    ...(single && { image: location }),
    fovs: complete,
    markerSets: [...saved.markerSets, ...found.markerSets],
    palettes,
    overlayFolders: [...masksFolders, ...annotationsFolders],
    ...(saved.pixelSize && { fallbackPixelSize: saved.pixelSize }),
    ...(cellTable && { cellTable }),
    ...(cellTableProblem !== undefined && { cellTableProblem }),
    ...(saved.viewer && { viewer: saved.viewer }),
    ...(rois && { rois }),
    ...(roisProblem !== undefined && { roisProblem }),
    slides,
    warnings: [...warnings, ...saved.warnings, ...linked],
  };
}

/** The first of the tables that are looked for; the likeliest if none is there. */
async function findCellTable(folder: string): Promise<string> {
  const candidates = ['csv', 'tsv', 'h5ad', 'csv.gz', 'tsv.gz'].map((ending) =>
    path.join(folder, `cell_table.${ending}`),
  );
  for (const file of candidates) if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  return candidates[0];
}

/** The folder of the dataset at a location, which may be a single image. */
export async function datasetFolderOf(location: string): Promise<string> {
  return (await singleImage(location)) ? path.dirname(location) : location;
}

/** A mask that no FOV has is a slip of the pen. */
function requireMask(name: string | undefined, folder: string, masks: readonly ImageSource[]): void {
  if (name === undefined || masks.some((mask) => mask.name === name)) return;
  const names = [...new Set(masks.map((mask) => mask.name))];
  throw new ExportError(
    'DatasetInvalid',
    `Expected a mask called ${name} in ${folder}, to which the labels of the cell table belong, but found ${names.length > 0 ? listNames(names) : 'no mask at all'}.`,
  );
}

function cellMaskName(masks: readonly ImageSource[]): string | undefined {
  const names = new Set(masks.map(({ name }) => name));
  if (names.has('whole_cell')) return 'whole_cell';
  return names.size === 1 ? [...names][0] : undefined;
}

async function singleImage(location: string): Promise<'file' | 'zarr' | undefined> {
  if ((await stat(location).catch(() => undefined))?.isFile()) return 'file';
  return (await isZarr(location)) ? 'zarr' : undefined;
}

/** Whether a FOV is in an image, which may be one part of a set of files. */
function isOf(fov: FoundFov, location: string): boolean {
  const places = [fov.path, ...fov.channels.map(({ file }) => file)];
  return places.some((place) => isAtOrIn(place, location));
}

/** The folders of these names that are there. */
async function existing(folder: string, names: readonly string[]): Promise<string[]> {
  const candidates = names.map((name) => path.join(folder, name));
  const there = await Promise.all(candidates.map(isFolder));
  return candidates.filter((_, i) => there[i]);
}
