import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { csvLine } from '../sample/csvLine';
import { Random } from '../sample/random';
import { type TiffOptions, writeTiff } from '../sample/writeTiff';
import { type Field, makeField, stainField } from './makeField';

/** How the images are stored; the compressed ones with differences between neighbours, which makes them smaller. */
export const storages = ['none', 'lzw', 'deflate'] as const;
export type Storage = (typeof storages)[number];

export interface DataOptions {
  readonly fovs: number;
  readonly sidePx: number;
  readonly cellsPerFov: number;
  readonly rois: number;
  readonly storage: Storage;
}

export const markerSetName = 'bench';

/** Every other channel is stored as floats, a thousandth of the counts, as normalised data are. */
const channels = [
  { name: 'DAPI', color: '#0000ff', nuclear: true },
  { name: 'CD3', color: '#ff0000', nuclear: false },
  { name: 'CD8', color: '#00ff00', nuclear: false },
  { name: 'CD20', color: '#ffff00', nuclear: false },
  { name: 'CD68', color: '#00ffff', nuclear: false },
  { name: 'PanCK', color: '#ff00ff', nuclear: false },
] as const;

const cellTypes = ['T cell', 'B cell', 'Macrophage', 'Tumour', 'Stroma'];

/** More FOVs than this are the same ones again under other names: the work is the same, and the disk stays free. */
const distinctFovs = 10;

const seed = 20261123;

/**
 * Makes the data of the benchmarks in `folder`, unless they are there: FOVs of three uint16 and three float32 channels,
 * int32 masks, a cell table, ROIs and a marker set. Equal options give equal files.
 */
export function makeData(folder: string, options: DataOptions): void {
  if (existsSync(folder)) return;
  const aside = `${folder}.part`;
  rmSync(aside, { recursive: true, force: true });
  const names = Array.from({ length: options.fovs }, (_, i) => `FOV_${String(i).padStart(3, '0')}`);
  const table = [csvLine(['fov', 'label', 'centroid-0', 'centroid-1', 'area', 'cell_type'])];
  for (const [i, name] of names.entries()) {
    const twin = i < distinctFovs ? undefined : names[i % distinctFovs];
    const field = makeField(options.sidePx, options.cellsPerFov, seed, `field ${i % distinctFovs}`);
    if (twin === undefined) writeFov(aside, name, field, options.storage);
    else linkFov(aside, name, twin);
    for (const [n, { x, y, areaPx }] of field.cells.entries()) {
      table.push(csvLine([name, n + 1, y.toFixed(3), x.toFixed(3), areaPx, cellTypes[n % cellTypes.length]]));
    }
  }
  write(aside, 'cell_table.csv', table.join(''));
  write(aside, '.UELer/roi_manager.csv', roisCsv(names, options));
  write(aside, '.batch-export/marker-sets.json', markerSetsJson());
  renameSync(aside, folder); // A run that was stopped leaves nothing that looks whole.
}

function writeFov(folder: string, name: string, field: Field, storage: Storage): void {
  const { sidePx, wholeCell, nuclear } = field;
  const tiff = (file: string, data: Uint16Array | Float32Array | Int32Array): void => {
    write(folder, file, writeTiff({ widthPx: sidePx, heightPx: sidePx, data }, tiffOptions(storage)));
  };
  for (const [i, channel] of channels.entries()) {
    const counts = stainField(field, channel.nuclear ? nuclear : wholeCell, seed, `${name} ${channel.name}`);
    const file = `${name}/${channel.name}.tiff`;
    tiff(file, i % 2 === 0 ? Uint16Array.from(counts) : counts.map((count) => count / 1000));
  }
  tiff(`masks/${name}_whole_cell.tiff`, wholeCell);
  tiff(`masks/${name}_nuclear.tiff`, nuclear);
}

function linkFov(folder: string, name: string, twin: string): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  for (const channel of channels) {
    linkSync(path.join(folder, twin, `${channel.name}.tiff`), path.join(folder, name, `${channel.name}.tiff`));
  }
  for (const mask of ['whole_cell', 'nuclear']) {
    linkSync(path.join(folder, 'masks', `${twin}_${mask}.tiff`), path.join(folder, 'masks', `${name}_${mask}.tiff`));
  }
}

function tiffOptions(storage: Storage): TiffOptions {
  return storage === 'none' ? {} : { compression: storage, predictor: 2, rowsPerStrip: 32 };
}

function write(folder: string, file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

function markerSetsJson(): string {
  const settings = channels.map(({ name, color }, i) => ({
    channel: name,
    color,
    contrastLimits: i % 2 === 0 ? [5, 500] : [0, 0.5],
  }));
  return JSON.stringify({ version: 1, markerSets: [{ name: markerSetName, channels: settings }] }, undefined, 2);
}

/** Boxes of a tenth to a third of the side; some reach over the border, as hand-drawn ones do. In UELer's columns. */
function roisCsv(fovs: readonly string[], { rois, sidePx }: DataOptions): string {
  const random = new Random(seed, 'rois');
  const columns = [
    'roi_id',
    'name',
    'fov',
    'x',
    'y',
    'width',
    'height',
    'x_min',
    'x_max',
    'y_min',
    'y_max',
    'marker_set',
  ];
  const lines = Array.from({ length: rois }, (_, i) => {
    const [width, height] = [random.between(0.1, 0.3) * sidePx, random.between(0.1, 0.3) * sidePx];
    const [left, top] = [random.between(-0.02, 0.85) * sidePx, random.between(-0.02, 0.85) * sidePx];
    const id = `5b0c3f6e-6f0e-4d0a-9a3e-${String(i).padStart(12, '0')}`;
    const box = [left + width / 2, top + height / 2, width, height, left, left + width, top, top + height];
    return csvLine([id, `roi_${i}`, fovs[i % fovs.length], ...box.map((value) => value.toFixed(2)), markerSetName]);
  });
  return csvLine(columns) + lines.join('');
}
