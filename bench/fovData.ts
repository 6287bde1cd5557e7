import { linkSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type TiffOptions, writeTiff } from '../sample/writeTiff';
import {
  type Data,
  dataSeed,
  drawRois,
  type Stain,
  stains,
  writeAt,
  writeCellTable,
  writeMarkerSet,
  writeRois,
} from './data';
import { type Field, makeField, stainField } from './makeField';

/** How the images are stored; the compressed ones with differences between neighbours, which makes them smaller. */
export const storages = ['none', 'lzw', 'deflate'] as const;

export interface FovOptions {
  readonly fovs: number;
  readonly sidePx: number;
  readonly cellsPerFov: number;
  readonly rois: number;
  readonly storage: (typeof storages)[number];
}

/** Every other channel is stored as floats, a thousandth of the counts, as normalised data are. */
const channels: readonly (Stain & { readonly unit: number })[] = stains.map((stain, i) => ({
  ...stain,
  unit: i % 2 === 0 ? 1 : 1000,
}));

/** More FOVs than this are the same ones again under other names: the work is the same, and the disk stays free. */
const distinctFovs = 10;

/** FOVs of three uint16 and three float32 channels in a file each, int32 masks, a cell table, ROIs and a marker set. */
export function fovData(options: FovOptions): Data {
  return {
    name: Object.values(options).join('-'),
    write: (folder) => {
      writeFovs(folder, options);
    },
  };
}

function writeFovs(folder: string, { fovs, sidePx, cellsPerFov, rois, storage }: FovOptions): void {
  const names = Array.from({ length: fovs }, (_, i) => `FOV_${String(i).padStart(3, '0')}`);
  const distinct: Field['cells'][] = [];
  for (const [i, name] of names.entries()) {
    if (i >= distinctFovs) {
      linkFov(folder, name, names[i % distinctFovs]);
      continue;
    }
    const field = makeField(sidePx, cellsPerFov, dataSeed, `field ${i}`);
    writeFov(folder, name, field, tiffOptions[storage]);
    distinct.push(field.cells);
  }
  writeCellTable(
    folder,
    names.map((name, i) => ({ name, cells: distinct[i % distinctFovs] })),
  );
  writeRois(folder, drawRois(names, rois, sidePx));
  writeMarkerSet(
    folder,
    channels.map((channel) => ({ ...channel, contrastLimits: channel.unit === 1 ? [5, 500] : [0, 0.5] })),
  );
}

const tiffOptions: Record<FovOptions['storage'], TiffOptions> = {
  none: {},
  lzw: { compression: 'lzw', predictor: 2, rowsPerStrip: 32 },
  deflate: { compression: 'deflate', predictor: 2, rowsPerStrip: 32 },
};

function filesOf(fov: string): string[] {
  const masks = ['whole_cell', 'nuclear'].map((mask) => `masks/${fov}_${mask}.tiff`);
  return [...channels.map(({ name }) => `${fov}/${name}.tiff`), ...masks];
}

function writeFov(folder: string, fov: string, field: Field, options: TiffOptions): void {
  const { sidePx, wholeCell, nuclear } = field;
  const planes = channels.map(({ name, unit, nuclear: isNuclear }) => {
    const counts = stainField(field, isNuclear ? nuclear : wholeCell, dataSeed, `${fov} ${name}`);
    return unit === 1 ? Uint16Array.from(counts) : counts.map((count) => count / unit);
  });
  const all = [...planes, wholeCell, nuclear];
  for (const [i, file] of filesOf(fov).entries()) {
    writeAt(folder, file, writeTiff({ widthPx: sidePx, heightPx: sidePx, data: all[i] }, options));
  }
}

function linkFov(folder: string, fov: string, twin: string): void {
  mkdirSync(path.join(folder, fov), { recursive: true });
  const targets = filesOf(twin);
  for (const [i, file] of filesOf(fov).entries()) linkSync(path.join(folder, targets[i]), path.join(folder, file));
}
