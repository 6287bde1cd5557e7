import path from 'node:path';
import {
  type CellRole,
  cellRoles,
  type CentroidUnit,
  centroidUnits,
  type DatasetOptions,
  ExportError,
  roiAnchors,
} from '../core/index';
import { type Flag, type ParsedFlags, requireChoice } from './flags';

const group = 'Dataset';

/** The flags that say where the parts of a dataset are. */
export const datasetFlags: readonly Flag[] = [
  { name: 'masks', value: 'DIR', group, help: 'folder of label masks', default: 'DATASET/masks, DATASET/segmentation' },
  { name: 'annotations', value: 'DIR', group, help: 'folder of annotations', default: 'DATASET/annotations' },
  {
    name: 'panel',
    value: 'FILE',
    group,
    help: "names of a stack's channels, before those in the file",
    default: 'panel.csv, markers.csv beside it',
  },
  { name: 'cell-table', value: 'FILE', group, help: 'one row per cell', default: 'DATASET/cell_table.csv' },
  {
    name: 'columns',
    value: 'fov=…,label=…,x=…,y=…,unit=um|px',
    group,
    help: "the cell table's columns by what they say, and the unit of x and y",
    default: 'by their usual names: fov, label, centroid-1, centroid-0 …; px unless they say µm',
  },
  {
    name: 'cell-mask',
    value: 'NAME',
    group,
    help: "the mask of the table's labels",
    default: 'whole_cell, else the only one',
  },
  {
    name: 'rois',
    value: 'FILE',
    group,
    help: 'regions of interest: UELer, QuPath GeoJSON, ImageJ, OME, or our own',
    default: "DATASET/.batch-export/rois.json, else the files in DATASET/rois, else UELer's",
  },
  {
    name: 'roi-anchor',
    value: 'center|corner',
    group,
    help: "what x and y are in a table of ROIs with x, y, width and height that is not UELer's: the middle of a box, or its top left corner",
    default: "center in UELer's tables; others are refused without it",
  },
  {
    name: 'marker-sets',
    value: 'FILE',
    group,
    help: 'saved marker sets',
    default: "DATASET/.batch-export/marker-sets.json, then UELer's",
  },
];

/** Where the user says that the dataset's parts are, as absolute paths. */
export function readDatasetOptions(flags: ParsedFlags): DatasetOptions {
  const file = (name: string): string | undefined => {
    const given = flags.text(name);
    return given === undefined ? undefined : path.resolve(given);
  };
  const given = {
    masksFolder: file('masks'),
    annotationsFolder: file('annotations'),
    panelFile: file('panel'),
    cellTableFile: file('cell-table'),
    cellMask: flags.text('cell-mask'),
    roisFile: file('rois'),
    roiAnchor: parseAnchor(flags.text('roi-anchor')),
    markerSetFile: file('marker-sets'),
    ...parseColumns(flags.text('columns')),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function parseAnchor(text: string | undefined): DatasetOptions['roiAnchor'] {
  return text === undefined ? undefined : requireChoice(text, '--roi-anchor', roiAnchors);
}

function parseColumns(text: string | undefined): Pick<DatasetOptions, 'columns' | 'centroidUnit'> {
  if (text === undefined) return {};
  const columns: Partial<Record<CellRole, string>> = {};
  let unit: CentroidUnit | undefined;
  for (const part of text.split(',')) {
    const [, key, value] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    const role = cellRoles.find((candidate) => candidate === key);
    // Names of columns are known without blanks around them.
    if (role && value.trim() !== '') columns[role] = value.trim();
    else if (key === 'unit') unit = unitOf(value);
    else {
      throw new ExportError(
        'Usage',
        `Expected --columns with fov=, label=, x= or y=COLUMN, or unit=um or px, but found "${part}".`,
      );
    }
  }
  return { ...(Object.keys(columns).length > 0 && { columns }), ...(unit && { centroidUnit: unit }) };
}

function unitOf(text: string): CentroidUnit {
  const unit = centroidUnits.find((candidate) => candidate === text.trim());
  if (unit) return unit;
  throw new ExportError('Usage', `Expected unit=um or unit=px in --columns, but found "unit=${text}".`);
}
