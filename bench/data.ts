import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { csvLine } from '../sample/csvLine';
import { Random } from '../sample/random';
import type { Field } from './makeField';

/** A dataset; equal names mean equal files. */
export interface Data {
  readonly name: string;
  /** Writes it into a folder that is not there yet. */
  readonly write: (folder: string) => void;
}

/** Where a dataset is, inside the folder of them all; made first if it is not there. */
export function makeData({ name, write }: Data, folder: string): string {
  const made = path.join(folder, name);
  if (existsSync(made)) return made;
  const aside = `${made}.part`;
  rmSync(aside, { recursive: true, force: true });
  write(aside);
  renameSync(aside, made); // A run that was stopped leaves nothing that looks whole.
  return made;
}

export const dataSeed = 20261123;

/** The marker set that every dataset has. */
export const markerSetName = 'bench';

export interface Stain {
  readonly name: string;
  readonly color: string;
  /** Whether it is in nuclei alone. */
  readonly nuclear: boolean;
}

export const stains: readonly Stain[] = [
  { name: 'DAPI', color: '#0000ff', nuclear: true },
  { name: 'CD3', color: '#ff0000', nuclear: false },
  { name: 'CD8', color: '#00ff00', nuclear: false },
  { name: 'CD20', color: '#ffff00', nuclear: false },
  { name: 'CD68', color: '#00ffff', nuclear: false },
  { name: 'PanCK', color: '#ff00ff', nuclear: false },
];

export function writeAt(folder: string, file: string, content: string | Uint8Array): void {
  const full = path.join(folder, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, content);
}

export function writeMarkerSet(
  folder: string,
  channels: readonly (Stain & { readonly contrastLimits: readonly [number, number] })[],
): void {
  const settings = channels.map(({ name, color, contrastLimits }) => ({ channel: name, color, contrastLimits }));
  const file = { version: 1, markerSets: [{ name: markerSetName, channels: settings }] };
  writeAt(folder, '.batch-export/marker-sets.json', JSON.stringify(file, undefined, 2));
}

const cellTypes = ['T cell', 'B cell', 'Macrophage', 'Tumour', 'Stroma'];

/** The cells of each FOV, labels from 1 on. */
export function writeCellTable(
  folder: string,
  fovs: Iterable<{ readonly name: string; readonly cells: Field['cells'] }>,
): void {
  const lines = [csvLine(['fov', 'label', 'centroid-0', 'centroid-1', 'area', 'cell_type'])];
  for (const { name, cells } of fovs) {
    for (const [i, { x, y, areaPx }] of cells.entries()) {
      lines.push(csvLine([name, i + 1, y.toFixed(3), x.toFixed(3), areaPx, cellTypes[i % cellTypes.length]]));
    }
  }
  writeAt(folder, 'cell_table.csv', lines.join(''));
}

export interface Roi {
  readonly fov: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Boxes of a tenth to a third of the side; some reach over the border, as hand-drawn ones do. */
export function drawRois(fovs: readonly string[], count: number, sidePx: number): Roi[] {
  const random = new Random(dataSeed, 'rois');
  return Array.from({ length: count }, (_, i) => {
    const [width, height] = [random.between(0.1, 0.3) * sidePx, random.between(0.1, 0.3) * sidePx];
    const [left, top] = [random.between(-0.02, 0.85) * sidePx, random.between(-0.02, 0.85) * sidePx];
    return { fov: fovs[i % fovs.length], left, top, width, height };
  });
}

const roiColumns = 'roi_id,name,fov,x,y,width,height,x_min,x_max,y_min,y_max,marker_set\n';

/** In UELer's columns. */
export function writeRois(folder: string, rois: readonly Roi[]): void {
  const lines = rois.map(({ fov, left, top, width, height }, i) => {
    const id = `5b0c3f6e-6f0e-4d0a-9a3e-${String(i).padStart(12, '0')}`;
    const box = [left + width / 2, top + height / 2, width, height, left, left + width, top, top + height];
    return csvLine([id, `roi_${i}`, fov, ...box.map((value) => value.toFixed(2)), markerSetName]);
  });
  writeAt(folder, '.UELer/roi_manager.csv', roiColumns + lines.join(''));
}
