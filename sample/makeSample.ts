import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { growCells } from './cells';
import { cellTableHeader, cellTableLines } from './cellTable';
import { tumorCore, tumorMargin } from './layouts';
import { savedMapJson } from './savedMap';
import { savedMarkerSetsJson } from './savedMarkerSets';
import { cellTypePaletteJson, regionPaletteJson } from './savedPalettes';
import { savedRoisCsv } from './savedRois';
import { channelNames, stainChannel, type ChannelName } from './stain';
import { makeTissue, type Layout } from './tissue';
import { writeTiff, type Plane, type TiffOptions } from './writeTiff';

const pixelSizeUm = 0.5;

/** How one FOV is stored; the two differ in all that a reader could get wrong. */
interface Storage {
  readonly layout: Layout;
  readonly stored: (counts: Float32Array, layout: Layout) => Float32Array | Uint16Array;
  readonly channelOptions: (layout: Layout, channel: ChannelName) => TiffOptions;
  readonly labels: (labels: Int32Array) => Int32Array | Uint16Array;
  readonly labelOptions: TiffOptions;
}

const fovs: readonly Storage[] = [
  {
    layout: tumorCore,
    stored: (counts) => new Uint16Array(counts),
    channelOptions: () => ({
      littleEndian: false, // as ImageJ writes
      imageDescription: 'ImageJ=1.54f\nunit=micron\nmin=0.0\nmax=255.0\n',
      resolution: { x: 1 / pixelSizeUm, y: 1 / pixelSizeUm, unit: 'none' },
    }),
    labels: (labels) => new Uint16Array(labels),
    labelOptions: { littleEndian: false },
  },
  {
    layout: tumorMargin,
    stored: correctFlatField,
    channelOptions: (layout, channel) => ({
      compression: 'deflate',
      rowsPerStrip: 16,
      imageDescription: omeXml(layout, channel),
    }),
    labels: (labels) => labels,
    labelOptions: { compression: 'deflate', rowsPerStrip: 16 },
  },
];

/**
 * Writes the sample dataset into `folder` itself (it is made if missing; files of the same names are replaced): two
 * FOVs of generated tissue with masks, annotations, a cell table, ROIs, a map of the slide, marker sets
 * and palettes. Equal seeds give equal bytes.
 */
export async function makeSample(folder: string, { seed = 1 }: { readonly seed?: number } = {}): Promise<void> {
  let cellTable = cellTableHeader;
  for (const fov of fovs) cellTable += await writeFov(folder, fov, seed);
  await write(folder, ['cell_table.csv'], cellTable);
  await write(folder, ['.UELer', 'roi_manager.csv'], savedRoisCsv());
  await write(folder, ['.UELer', 'maps', 'slide-7.json'], savedMapJson(pixelSizeUm));
  await write(folder, ['.batch-export', 'marker-sets.json'], savedMarkerSetsJson());
  await write(folder, ['.batch-export', 'palettes', 'regions.annotation.json'], regionPaletteJson());
  await write(folder, ['.batch-export', 'palettes', 'cell-types.mask.json'], cellTypePaletteJson());
}

/** Writes one FOV's images; gives its lines of the cell table. */
async function writeFov(folder: string, storage: Storage, seed: number): Promise<string> {
  const { layout, stored, channelOptions, labels, labelOptions } = storage;
  const { name, widthPx, heightPx } = layout;
  const tissue = makeTissue(layout, seed);
  const cells = growCells(tissue, seed);
  const tiff = (path: string[], data: Plane['data'], options: TiffOptions) =>
    write(folder, path, writeTiff({ widthPx, heightPx, data }, options));

  const channels = new Map<ChannelName, Float32Array | Uint16Array>();
  for (const channel of channelNames) {
    const data = stored(stainChannel(tissue, cells, channel, seed), layout);
    channels.set(channel, data);
    await tiff([name, `${channel}.tiff`], data, channelOptions(layout, channel));
  }
  await tiff(['masks', `${name}_whole_cell.tiff`], labels(cells.wholeCell), labelOptions);
  await tiff(['masks', `${name}_nuclear.tiff`], labels(cells.nuclear), labelOptions);
  await tiff(['annotations', `${name}_region.tiff`], tissue.region, labelOptions);
  return cellTableLines(layout, cells, channels);
}

async function write(folder: string, path: readonly string[], content: string | Buffer): Promise<void> {
  await mkdir(join(folder, ...path.slice(0, -1)), { recursive: true });
  await writeFile(join(folder, ...path), content);
}

/** Divides by a lamp's profile, brightest in the middle: still in counts, no longer whole numbers. */
function correctFlatField(counts: Float32Array, { widthPx, heightPx }: Layout): Float32Array {
  return counts.map((count, p) => {
    const x = ((p % widthPx) + 0.5) / widthPx - 0.5;
    const y = (Math.floor(p / widthPx) + 0.5) / heightPx - 0.5;
    return count / (1.04 - 0.24 * (x * x + y * y));
  });
}

function omeXml({ name, widthPx, heightPx }: Layout, channel: ChannelName): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"',
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    ' xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06',
    ' http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd">',
    `<Image ID="Image:0" Name="${name}">`,
    `<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="float" BigEndian="false"`,
    ` SizeX="${widthPx}" SizeY="${heightPx}" SizeZ="1" SizeC="1" SizeT="1"`,
    ` PhysicalSizeX="${pixelSizeUm}" PhysicalSizeXUnit="µm" PhysicalSizeY="${pixelSizeUm}" PhysicalSizeYUnit="µm">`,
    `<Channel ID="Channel:0:0" Name="${channel}" SamplesPerPixel="1"/>`,
    '<TiffData IFD="0" PlaneCount="1"/>',
    '</Pixels></Image></OME>',
  ].join('');
}
