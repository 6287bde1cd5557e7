import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  type Dataset,
  type DatasetOptions,
  datasetParts,
  describeWritten,
  type FovHeader,
  type JobStatus,
  pixelSizeOriginText,
} from '../core/index';
import type { CellTableView, DatasetView, FovDetails, JobView, PartView } from '../webview/protocol';

const markerSetOrigins = {
  project: 'saved here',
  ueler: 'saved by UELer',
  file: 'from a file',
  omero: 'from the image',
} as const;

/** So many remarks on a plan can be read. */
export const maxRemarks = 50;

/** A path as a person reads it: relative to the workspace where possible. */
export function displayPath(folder: string): string {
  return vscode.workspace.asRelativePath(folder, (vscode.workspace.workspaceFolders?.length ?? 0) > 1);
}

/**
 * What the panel shows of a dataset: names and counts, and where its parts are.
 * @param chosen what the user named in place of what is found
 */
export function toDatasetView(dataset: Dataset, chosen: DatasetOptions): DatasetView {
  return {
    name: dataset.folder.split(/[\\/]/).at(-1) ?? dataset.folder,
    folder: dataset.folder,
    fovs: dataset.fovs.map((fov) => ({
      name: fov.name,
      channels: fov.channels.map((channel) => channel.name),
      masks: fov.masks.map((mask) => mask.name),
      annotations: fov.annotations.map((annotation) => annotation.name),
    })),
    markerSets: dataset.markerSets.map(({ name, origin, channels }) => ({
      name,
      from: markerSetOrigins[origin],
      channels,
    })),
    palettes: dataset.palettes,
    cellColumns: colorColumns(dataset),
    ...(dataset.cellTable && { cells: dataset.cellTable.rows }),
    parts: toPartViews(dataset, chosen),
    ...(dataset.cellTable && { cellTable: toCellTableView(dataset, dataset.cellTable, chosen) }),
    ...(dataset.rois && { rois: dataset.rois.rois.length }),
    ...(chosen.roiAnchor && { roiAnchor: chosen.roiAnchor }),
    slides: dataset.slides.map(({ id }) => id),
    hasUelerState: existsSync(path.join(dataset.folder, '.UELer')),
    warnings: dataset.warnings.map((warning) => warning.message),
  };
}

/** Where the parts of a dataset are: what was chosen, and the files that were found; folders are beside the images. */
function toPartViews(dataset: Dataset, chosen: DatasetOptions): PartView[] {
  const found: DatasetOptions = {
    ...(dataset.cellTable && { cellTableFile: dataset.cellTable.file }),
    ...(dataset.rois && { roisFile: dataset.rois.file }),
  };
  return datasetParts.map(({ part, label }) => {
    const place = chosen[part] ?? found[part];
    return {
      part,
      label,
      ...(place !== undefined && { place: shownFrom(dataset.folder, place) }),
      isChosen: chosen[part] !== undefined,
    };
  });
}

/** A path as it is seen from the dataset; one that is elsewhere is shown whole. */
function shownFrom(folder: string, place: string): string {
  const relative = path.relative(folder, place);
  return relative.startsWith('..') || path.isAbsolute(relative) ? displayPath(place) : relative;
}

function toCellTableView(
  { fovs }: Dataset,
  { columns, roles, centroids, maskName }: NonNullable<Dataset['cellTable']>,
  chosen: DatasetOptions,
): CellTableView {
  // A usual name stands in for a column that was not found.
  const found = Object.entries(roles).filter(([, column]) => columns.includes(String(column)));
  return {
    columns: columns.filter((column) => column !== ''),
    roles: Object.fromEntries(found),
    chosen: chosen.columns ?? {},
    ...(centroids && { unit: centroids.unit }),
    isUnitChosen: chosen.centroidUnit !== undefined,
    masks: [...new Set(fovs.flatMap((fov) => fov.masks.map(({ name }) => name)))],
    ...(maskName !== undefined && { mask: maskName }),
    isMaskChosen: chosen.cellMask !== undefined,
  };
}

/** The columns that say which cell a row is about colour nothing. */
function colorColumns({ cellTable }: Dataset): string[] {
  if (!cellTable || cellTable.labelProblem) return [];
  const { fov, label } = cellTable.roles;
  return cellTable.columns.filter((column) => column !== '' && column !== fov && column !== label);
}

/** What the panel shows of a FOV's headers. */
export function toFovDetails(header: FovHeader): FovDetails {
  const { widthPx, heightPx, sampleTypes, pixelSize, printResolution, errors } = header;
  return {
    widthPx,
    heightPx,
    sampleTypes,
    ...(pixelSize && { pixelSize: { um: pixelSize.um, from: pixelSizeOriginText[pixelSize.origin] } }),
    ...(printResolution !== undefined && { printResolution }),
    problems: errors.map((error) => error.message),
  };
}

/** What the panel shows of a job. */
export function toJobView(
  status: JobStatus,
  { outputFolder, pace, remarks }: { outputFolder: string; pace: JobView['pace']; remarks: readonly string[] },
): JobView {
  const { state, planned, written, unchanged, skipped, failed, cancelled, remaining, retryable } = status;
  return {
    ...{ state, planned, written, unchanged, skipped, failed, cancelled, remaining, retryable },
    ...(pace && { pace }),
    ...(status.gallery && { gallery: status.gallery }),
    ...(status.error && { error: status.error.message }),
    remarks,
    outputFolder: displayPath(outputFolder),
  };
}

/** One sentence on how a job ended. */
export function describeOutcome(status: JobStatus): string {
  const { failed, cancelled, gallery, error } = status;
  const rest = [
    failed > 0 ? `${failed} failed` : '',
    cancelled > 0 ? `${cancelled} cancelled` : '',
    gallery === 'missing' ? 'no gallery' : '',
  ].filter(Boolean);
  return `${[describeWritten(status), ...rest].join(', ')}.${error ? ` The export stopped: ${error.message}` : ''}`;
}
