import path from 'node:path';
import {
  cellTableText,
  type Dataset,
  ExportError,
  type FovHeader,
  listLines,
  listNames,
  openDataset,
  parseTags,
  pixelSizeOriginText,
  pixelSizeText,
  pixelSizeWarnings,
  printText,
  readFovHeader,
  type Roi,
  type RoiAnchor,
  roiRegion,
} from '../core/index';
import { type Flag, parseFlags, requireOnePositional } from './flags';
import { datasetFlags, readDatasetOptions } from './datasetFlags';
import { inspectPicture } from './inspectPicture';
import { say, sayJson } from './say';

/** As many as a line, or a list of problems, can be read of; JSON has all of them. */
const mostNames = 100;
const mostProblems = 50;

export const inspectFlags: readonly Flag[] = [
  ...datasetFlags,
  {
    name: 'dataset',
    value: 'DATASET',
    group: 'Dataset',
    help: 'of a picture: say whether the files that it was made of are there, and as large',
  },
  { name: 'tags', value: 'EXPR', group: 'What', help: 'only ROIs with these tags: (good & figure1) & !excluded' },
  { name: 'json', group: 'How it runs', help: 'one JSON document on stdout' },
];

/**
 * `batch-export inspect DATASET|PICTURE`: what is there, read from folders and file headers; of a picture that we made, how.
 * An OME-TIFF of ours is both.
 */
export async function inspect(args: readonly string[]): Promise<number> {
  const flags = parseFlags('inspect', inspectFlags, args);
  const place = requireOnePositional(flags, 'inspect', 'DATASET or PICTURE');
  const picture = await inspectPicture(place, flags);
  if (picture?.isAll) {
    if (flags.on('json')) sayJson(picture.json, 1);
    else say(picture.lines);
    return 0;
  }
  if (!picture && flags.text('dataset') !== undefined) {
    throw new ExportError(
      'Usage',
      `Expected a picture for --dataset to be compared with, but ${place} is none of ours.`,
    );
  }
  const tags = flags.text('tags');
  const isMeant = tags === undefined ? undefined : parseTags(tags);
  const opened = await openDataset(path.resolve(place), readDatasetOptions(flags));
  const rois = opened.rois && isMeant ? opened.rois.rois.filter((roi) => isMeant(roi.tags)) : opened.rois?.rois;
  const dataset: Dataset = { ...opened, ...(opened.rois && rois && { rois: { ...opened.rois, rois } }) };
  const headers: FovHeader[] = [];
  for (const fov of dataset.fovs) headers.push(await readFovHeader(dataset, fov));
  if (flags.on('json')) sayJson({ ...toJson(dataset, headers), ...(picture && { picture: picture.json }) }, 1);
  else say([...toLines(dataset, headers), ...(picture ? ['', ...picture.lines] : [])]);
  return 0;
}

function toJson(dataset: Dataset, headers: readonly FovHeader[]): object {
  const relative = (file: string): string => path.relative(dataset.folder, file).split(path.sep).join('/');
  const summary = (table: Dataset['cellTable']): object | undefined => {
    if (!table) return undefined;
    const { file, rows, columns, roles, fov, centroids, maskName, guessed } = table;
    return { file: relative(file), rows, columns, roles, fov, centroids, maskName, guessed };
  };
  return {
    dataset: dataset.folder,
    fovs: dataset.fovs.map((fov, i) => {
      const { widthPx, heightPx, sampleTypes, pixelSize, printResolution } = headers[i];
      return {
        name: fov.name,
        widthPx,
        heightPx,
        sampleTypes,
        ...(pixelSize && { pixelSizeUm: pixelSize.um, pixelSizeFrom: pixelSize.origin }),
        ...(printResolution !== undefined && { printResolution }),
        channels: fov.channels.map((channel) => channel.name),
        masks: fov.masks.map((mask) => mask.name),
        annotations: fov.annotations.map((annotation) => annotation.name),
      };
    }),
    markerSets: dataset.markerSets,
    palettes: dataset.palettes,
    cellTable: summary(dataset.cellTable),
    rois: dataset.rois && {
      file: relative(dataset.rois.file),
      anchor: dataset.rois.anchor,
      rois: dataset.rois.rois.map(roiToJson),
    },
    slides: dataset.slides,
    problems: problemsOf(dataset, headers),
  };
}

function roiToJson(roi: Roi): object {
  const { box, ...rest } = roi;
  return { ...rest, box, region: roiRegion({ box }) };
}

function listed(names: readonly string[]): string {
  return listNames(names, { most: mostNames });
}

function anchorText(anchor: RoiAnchor | undefined): string {
  if (anchor === undefined) return '';
  const what = { center: 'middles', corner: 'top left corners' }[anchor];
  return `, x and y of tables being ${what} of boxes (--roi-anchor ${anchor})`;
}

function describeRoi(roi: Roi): string {
  const { x, y, widthPx, heightPx } = roiRegion(roi);
  const where = roi.fov ?? (roi.mapId === undefined ? 'no FOV' : `map ${roi.mapId}`);
  const parts = [`${roi.name || roi.id}  ${where}, ${widthPx} × ${heightPx} px at ${x}, ${y}`];
  if (roi.shape) parts.push(roi.shape.kind);
  if (roi.tags.length > 0) parts.push(`tags ${listed(roi.tags)}`);
  return parts.join('; ');
}

function problemsOf(dataset: Dataset, headers: readonly FovHeader[]): { code: string; message: string }[] {
  const doubtful = pixelSizeWarnings(headers.map((header) => ({ ...header, name: header.fov })));
  return [...dataset.warnings, ...doubtful, ...headers.flatMap((header) => header.errors)].map(({ code, message }) => ({
    code,
    message,
  }));
}

function toLines(dataset: Dataset, headers: readonly FovHeader[]): string[] {
  const lines = [`${dataset.folder}: ${dataset.fovs.length} FOV${dataset.fovs.length === 1 ? '' : 's'}`, ''];
  for (const [i, fov] of dataset.fovs.entries()) {
    const { widthPx, heightPx, sampleTypes, pixelSize, printResolution } = headers[i];
    const unknown = `unknown${printResolution === undefined ? '' : ` (${printText(printResolution)})`}`;
    lines.push(`${fov.name}  ${widthPx} × ${heightPx} px, ${sampleTypes.join(' and ') || 'unreadable'}`);
    lines.push(
      `  pixel size   ${pixelSize ? `${pixelSizeText(pixelSize.um)} (${pixelSizeOriginText[pixelSize.origin]})` : `${unknown}: give --pixel-size for a scale bar`}`,
    );
    lines.push(`  channels     ${listed(fov.channels.map((channel) => channel.name))}`);
    lines.push(`  masks        ${listed(fov.masks.map((mask) => mask.name)) || 'none'}`);
    lines.push(`  annotations  ${listed(fov.annotations.map((annotation) => annotation.name)) || 'none'}`);
  }
  lines.push('');
  const origins = {
    project: 'saved here',
    ueler: 'saved by UELer',
    file: 'from the given file',
    omero: 'from the image',
  };
  if (dataset.markerSets.length === 0) lines.push('marker sets  none');
  for (const set of dataset.markerSets) {
    lines.push(`marker set   ${set.name} (${origins[set.origin]}): ${listed(set.channels.map((c) => c.channel))}`);
  }
  const { cellTable, rois } = dataset;
  lines.push(`cell table   ${cellTable ? `${cellTable.rows} rows: ${listed(cellTable.columns)}` : 'none'}`);
  if (cellTable) lines.push(`  ${cellTableText(cellTable)}`);
  lines.push(`ROIs         ${rois ? `${rois.rois.length}${anchorText(rois.anchor)}` : 'none'}`);
  for (const roi of rois?.rois ?? []) lines.push(`  ${describeRoi(roi)}`);
  for (const { id, tiles, widthPx, heightPx, pixelSizeUm } of dataset.slides) {
    lines.push(`slide        ${id}: ${tiles.length} tiles, ${widthPx} × ${heightPx} px, ${pixelSizeUm} µm per pixel`);
  }
  const problems = problemsOf(dataset, headers).map(({ code, message }) => `${code}: ${message}`);
  lines.push(...listLines(problems, mostProblems).map((problem) => `problem      ${problem}`));
  return lines;
}
